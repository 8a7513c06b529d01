"""What the tests share: a Bot API of their own, a bot that talks to it, and a whole installation."""

from __future__ import annotations

import pytest
from connectors_telegram.connector import Telegram
from connectors_telegram.settings import TelegramSettings
from double import TOKEN, BotApi, running
from gateway import SECRET, Crm, Gateway

from connectors_core import Http, Redactor, Secret


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """Stay on this machine."""
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def telegram():
    """Run a Bot API."""
    with running(BotApi()) as server:
        yield server


@pytest.fixture
def make_bot(telegram):
    """Return a function that makes a bot, pushed to or polled."""

    def make(*secrets, token=TOKEN, files=None):
        settings = TelegramSettings(
            token=Secret(token), webhook_secret=tuple(map(Secret, secrets)), api_url=telegram.url
        )
        known = Redactor([settings.token, *settings.webhook_secret])
        return Telegram(settings=settings, http=Http("shop", redact=known, files=files))

    return make


@pytest.fixture
def bot(make_bot):
    """Return a bot that is pushed to."""
    return make_bot(SECRET)


@pytest.fixture
def crm():
    """Run a CRM."""
    with running(Crm()) as server:
        yield server


@pytest.fixture
def install(tmp_path, telegram, crm):
    """Return a function that starts a gateway between the two; it ends with the test."""
    started = []

    def start(*, pushed):
        gateway = Gateway(tmp_path, telegram, crm, pushed=pushed)
        started.append(gateway)
        gateway.start()
        return gateway

    yield start
    for gateway in started:
        gateway.kill()
