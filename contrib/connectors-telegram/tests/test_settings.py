"""The settings of a bot."""

from __future__ import annotations

import pytest
from connectors_telegram.settings import API_URL, TelegramSettingsSchema
from double import BOT, TOKEN
from marshmallow import ValidationError

from connectors_core.settings.fields import reading

ENVIRON = {"TOKEN": TOKEN, "OLD": "the-old-secret_of-the-tests", "NEW": "the-new-secret_of-the-tests"}


def load(environ=(), **table):
    """Load a table, with a token that is good."""
    with reading({**ENVIRON, **dict(environ)}):
        return TelegramSettingsSchema().load({"token": {"env": "TOKEN"}, **table})


def test_a_token_is_all_that_is_needed():
    """The account is its first half."""
    settings = load()
    assert (settings.bot_id, settings.api_url, settings.webhook_secret) == (BOT, API_URL, ())


def test_two_secrets_may_be_given():
    """The first is the one to register."""
    settings = load(webhook_secret=[{"env": "NEW"}, {"env": "OLD"}])
    assert [one.reveal() for one in settings.webhook_secret] == [ENVIRON["NEW"], ENVIRON["OLD"]]


@pytest.mark.parametrize("value", ["123", "abc:def", "123456789:short", f"{TOKEN} x", "bot" + TOKEN])
def test_what_is_no_token_is_refused_without_being_told(value):
    """The reason names the variable, not its value."""
    with pytest.raises(ValidationError) as caught:
        load({"TOKEN": value})
    assert "env TOKEN" in str(caught.value)
    assert value not in str(caught.value)


@pytest.mark.parametrize("value", ["short", "with blanks in the middle", "ümlauts-are-not-allowed", "x" * 257])
def test_a_secret_is_what_telegram_takes(value):
    """Letters, digits, underscore and hyphen; and long enough that nobody guesses it."""
    with pytest.raises(ValidationError):
        load({"NEW": value}, webhook_secret={"env": "NEW"})


def test_addresses_are_put_together():
    """With and without a slash at the end of the server's address."""
    for url in ("http://127.0.0.1:8081", "http://127.0.0.1:8081/"):
        settings = load(api_url=url)
        assert settings.address("getMe") == f"http://127.0.0.1:8081/bot{TOKEN}/getMe"
        assert settings.file_address("photos/a.jpg") == f"http://127.0.0.1:8081/file/bot{TOKEN}/photos/a.jpg"
