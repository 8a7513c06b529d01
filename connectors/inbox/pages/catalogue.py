"""The words of the pages in each language: English stands in the pages themselves, and is the key."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from connectors.inbox.pages.arabic import ARABIC

LANGUAGES = {"en": "English", "ar": "العربية"}
_RIGHT_TO_LEFT = frozenset(("ar",))
_ENGLISH = {
    "bsuid": "WhatsApp user id",
    "external": "External",
    "igsid": "Instagram id",
    "native_app": "app of the channel",
    "phone": "Phone",
    "psid": "Messenger id",
    "email": "E-mail",
    "username": "User name",
    "wa_id": "WhatsApp",
    "admin": "Administrator",
    "agent": "Agent",
    "open": "Open now",
    "pending": "Waiting",
    "snoozed": "Later",
    "resolved": "Resolved",
    "csat": "Satisfied",
    "nps": "Net promoter score",
    "ces": "Found it easy",
}
"""What stands in the database has names of its own."""
_WORDS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "ar": ARABIC}


@attrs.frozen
class Catalogue:
    """One language. Call it with the English words; `values` replace what stands in braces."""

    language: str

    def __call__(self, words: str, **values: object) -> str:
        """Return words in this language, or as they are where there are none."""
        found = _WORDS[self.language].get(words, words)
        return found.format(**values) if values else found

    @property
    def direction(self) -> str:
        """The way the text runs: rtl or ltr."""
        return "rtl" if self.language in _RIGHT_TO_LEFT else "ltr"


def choose(own: str, accepted: str) -> Catalogue:
    """Return the language that a user has chosen, or the first that the browser accepts and that is here."""
    if own in LANGUAGES:
        return Catalogue(own)
    offers = []
    for place, offer in enumerate(accepted.split(",")[:20]):
        name, _, rest = offer.partition(";")
        offers.append((-_weight(rest), place, name.strip().lower().partition("-")[0]))
    return Catalogue(next((name for _, _, name in sorted(offers) if name in LANGUAGES), "en"))


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q="))
    except ValueError:
        return 1.0
