"""Match keys: the one form of a number or a mail address in which two spellings of it are equal.

A key only ever proposes that two people are one; what is sent to a person goes to the address as it came.
"""

from __future__ import annotations

import re
import unicodedata

from connectors_core.model.refs import Identity, Scheme

_SEPARATORS = str.maketrans("", "", " \u00a0\u202f-\u2010\u2011\u2013./()")
_DIGITS = re.compile(r"[1-9][0-9]{6,14}")
"""E.164: a country code and at most 15 digits in all (ITU-T E.164, 2010-11)."""

_BRAZIL = re.compile(r"55([1-9][1-9])9([6-9][0-9]{7})")
"""Mobile numbers got a ninth digit in front; what had eight began with 6 to 9 (Anatel, resolution 553, 2010-12)."""
_ARGENTINA = re.compile(r"549?([0-9]{10}|[0-9]{12})")
"""Written from abroad with 9 before the area, at home with 15 after it, and often with neither."""
_ARGENTINA_HOME = re.compile(r"(11|[23][0-9]{2}|[23][0-9]{3})15([0-9]+)")
"""An area has two digits (Buenos Aires), three or four; area and number together ten."""
_MEXICO = re.compile(r"521([0-9]{10})")
"""The 1 of mobile numbers fell in 2019-08; WhatsApp keeps it (Facebook's wa_id of older accounts)."""
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")


def key_of(identity: Identity) -> str:
    """Return the match key of an address, "" for one that proposes nobody: only numbers and mail addresses do."""
    if identity.scheme == Scheme.EMAIL:
        return _mail(identity.value)
    if identity.scheme == Scheme.PHONE:
        return _phone(identity.value)
    return _number(identity.value) if identity.scheme == Scheme.WA_ID else ""


def _phone(words: str) -> str:
    """Return the key of a number as people write it; without its country it could be anybody's."""
    plain = words.translate(_SEPARATORS)
    if plain.startswith("+"):
        return _number(plain[1:])
    return _number(plain[2:]) if plain.startswith("00") else ""


def _number(digits: str) -> str:
    if not _DIGITS.fullmatch(digits):
        return ""
    if found := _BRAZIL.fullmatch(digits):
        digits = f"55{found[1]}{found[2]}"
    elif found := _MEXICO.fullmatch(digits):
        digits = f"52{found[1]}"
    elif found := _ARGENTINA.fullmatch(digits):
        digits = f"54{_at_home(found[1])}"
    return f"phone:{digits}"


def _at_home(number: str) -> str:
    """Return area and number of an Argentine number without the 15 between them."""
    for found in _ARGENTINA_HOME.finditer(number) if len(number) == 12 else ():
        return f"{found[1]}{found[2]}"
    return number


def _mail(words: str) -> str:
    """Return an address in one case. Dots and what follows a plus sign count: not every host overlooks them."""
    plain = unicodedata.normalize("NFC", words.strip()).casefold()
    return f"email:{plain}" if _MAIL.fullmatch(plain) else ""
