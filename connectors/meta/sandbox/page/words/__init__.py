"""What the pages say, in each of their languages."""

from __future__ import annotations

from types import MappingProxyType

from connectors.meta.sandbox.page.words.arabic import ARABIC
from connectors.meta.sandbox.page.words.english import ENGLISH

LANGUAGES = MappingProxyType({"en": "ltr", "ar": "rtl"})
"""The languages, and the direction in which each is written."""

WORDS = MappingProxyType({"en": ENGLISH, "ar": ARABIC})


def choose(wanted: str, accepted: str) -> str:
    """Return the language of a page: the one that was asked for, else the first that the browser accepts."""
    for word in (wanted, *accepted.split(",")):
        language = word.split(";")[0].strip().lower().split("-")[0]
        if language in LANGUAGES:
            return language
    return "en"
