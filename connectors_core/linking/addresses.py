"""What a person types: a phone number or a mail address, and codes in whatever digits their keyboard has."""

from __future__ import annotations

import re
import unicodedata

from connectors_core.model import Identity, Scheme

LONGEST = 254
"""Characters of a mail address (RFC 5321, 4.5.3.1.3)."""

_BETWEEN = re.compile(r"[\s().\-\u2010-\u2015/]+")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_MAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]+@[^\s@<>\"',;:()\[\]\\]+\.[^\s@<>\"',;:()\[\]\\.]+")


def identity_of(typed: str) -> Identity | None:
    """Return the address that somebody typed; None for what is neither a number with its country nor a mail address."""
    words = typed.strip()
    if not 3 <= len(words) <= LONGEST or not words.isprintable():
        return None
    if "@" in words:
        return Identity(scheme=Scheme.EMAIL, value=words.casefold()) if _MAIL.fullmatch(words) else None
    number = plain_digits(_BETWEEN.sub("", words))
    number = f"+{number[2:]}" if number.startswith("00") else number
    return Identity(scheme=Scheme.PHONE, value=number) if _PHONE.fullmatch(number) else None


def code_of(typed: str, digits: int) -> str:
    """Return the code of so many digits that a text is and nothing else, "" for any other text."""
    if len(typed) > 3 * digits:
        return ""
    found = plain_digits(_BETWEEN.sub("", typed.strip()))
    return found if len(found) == digits and found.isascii() and found.isdecimal() else ""


def plain_digits(words: str) -> str:
    """Return a text with the digits of every script as 0 to 9."""
    return "".join(str(unicodedata.decimal(char, char)) for char in words)
