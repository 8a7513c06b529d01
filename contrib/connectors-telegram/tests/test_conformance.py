"""Every promise of a connector, by the conformance kit."""

from __future__ import annotations

from connectors_telegram.connector import Telegram

from connectors_core.testing import Conformance, shared_secret


class TestTelegram(Conformance):
    """A bot whose updates are pushed."""

    connector = Telegram
    settings = {
        "token": {"env": "TELEGRAM_TOKEN"},
        "webhook_secret": {"env": "TELEGRAM_WEBHOOK_SECRET"},
        "api_url": "{platform}",
    }
    environ = {"TELEGRAM_TOKEN": "123456789:AAkit-Placeholder_Token-0123456789x"}
    signing = shared_secret("x-telegram-bot-api-secret-token", "webhook_secret")
