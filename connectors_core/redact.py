"""Taking secrets and numbers of people out of texts that go to logs and errors."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

HIDDEN = "***"

_LONG_NUMBER = re.compile(r"(?<!\w)(?<!\d\.)\+?\d[\d ().-]{6,}\d(?!\w|\.\d)")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
# "OAuth access token" is ordinary speech: behind these words only what has a digit in it is taken for a credential.
_TOKEN = re.compile(r"(?i)\b(token|oauth)\s+(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}")
_NAMED = re.compile(
    r"(?i)\b(\w*(?:token|secret|proof|signature|password|api_?key)|key|sha256)(=|[\"']\s*:\s*[\"'])([^&\s\"',;]+)"
)


@attrs.frozen
class Secret:
    """A value from outside the settings file. Its text never shows in a repr, a log or an error."""

    _value: str = attrs.field(repr=False)
    source: str = ""

    def reveal(self) -> str:
        """Return the value; for the one place that needs it."""
        return self._value

    def __str__(self) -> str:
        return HIDDEN


class Redactor:
    """Removes known secrets, credentials in any form, and whatever looks like a phone number."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        """Know `secrets`; values of fewer than four characters would blank out ordinary words."""
        values = {secret.reveal() for secret in secrets}
        self._secrets = sorted((value for value in values if len(value) >= 4), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return `text` without anything that must not be read by others."""
        if not text:
            return text
        for value in self._secrets:
            text = text.replace(value, HIDDEN)
        text = _BEARER.sub(r"\1 " + HIDDEN, text)
        text = _TOKEN.sub(r"\1 " + HIDDEN, text)
        text = _NAMED.sub(r"\1\2" + HIDDEN, text)
        return _LONG_NUMBER.sub(_hide_number, text)


def _hide_number(match: re.Match[str]) -> str:
    digits = sum(char.isdigit() for char in match[0])
    return "(number)" if digits >= 8 else match[0]
