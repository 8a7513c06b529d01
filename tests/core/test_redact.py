"""Redaction: what must not be read by others does not reach a text."""

import pytest

from connectors_core.redact import HIDDEN, Redactor, Secret


def test_a_secret_shows_in_no_text_form():
    """Neither str nor repr nor formatting gives the value; only asking for it does."""
    secret = Secret("s3cr3t-value", source="env X")
    assert str(secret) == f"{secret}" == HIDDEN
    assert "s3cr3t" not in repr(secret)
    assert "env X" in repr(secret)
    assert secret.reveal() == "s3cr3t-value"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer {0}",
        "basic {0}",
        "access token {0} is invalid",
        "https://example.com/a?access_token={0}&x=1",
        '{{"access_token": "{0}"}}',
        "{{'app_secret': '{0}'}}",
        "X-Hub-Signature-256: sha256={0}",
        "client_secret={0}",
        "appsecret_proof={0}",
    ],
)
def test_credentials_are_hidden_in_every_form_without_being_known(text):
    """A provider may repeat a credential that no setting names."""
    found = Redactor()(text.format("EAAGm0PX4ZCpsBA"))
    assert "EAAGm0PX4ZCpsBA" not in found
    assert HIDDEN in found


@pytest.mark.parametrize("text", ["Error validating access token: Session has expired", "the OAuth signature is wrong"])
def test_ordinary_words_about_credentials_stay(text):
    """An error that is blanked out helps nobody."""
    assert Redactor()(text) == text


def test_known_secrets_are_hidden_wherever_they_stand_longest_first():
    """A secret that contains another leaves no rest."""
    redact = Redactor([Secret("abcd"), Secret("abcd-efgh"), Secret("xy")])
    assert redact("1abcd-efgh2 abcd xy") == f"1{HIDDEN}2 {HIDDEN} xy"


@pytest.mark.parametrize(
    "text",
    [
        "to +49 151 1234 5678 now",
        "to 4915112345678",
        "to 4915112345678.",
        "to (4915112345678), or",
        "to:4915112345678@example",
        "+1 (555) 010-9999",
    ],
)
def test_numbers_of_people_are_hidden(text):
    """Also at the end of a sentence."""
    found = Redactor()(text)
    assert "(number)" in found
    assert "5678" not in found
    assert "9999" not in found


@pytest.mark.parametrize("text", ["code 131047", "in 20 s", "version 1.2.3", "error (#100) subcode 2018001"])
def test_short_numbers_stay(text):
    """Error codes are what a reader needs."""
    assert Redactor()(text) == text
