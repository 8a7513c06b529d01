"""The words for people who log in: English stands where they are used, and is the key; see `languages`."""

from __future__ import annotations

import attrs

from connectors_core.linking.languages import ORDER, TEXTS

LANGUAGES = ("en", *ORDER)
_RIGHT_TO_LEFT = frozenset(("ar",))


@attrs.frozen
class Words:
    """One language. Call it with the English words; `values` replace what stands in braces."""

    language: str

    @classmethod
    def of(cls, language: str) -> Words:
        """Return the language of a tag like "de", "de-AT" or "de_AT", English where there is no other."""
        name = language.strip().lower().replace("_", "-").partition("-")[0]
        return cls(name if name in LANGUAGES else "en")

    @classmethod
    def choose(cls, own: str, accepted: str) -> Words:
        """Return the person's own language where it is here, else the first that their browser accepts."""
        offers = []
        for place, offer in enumerate(accepted.split(",")[:20]):
            name, _, rest = offer.partition(";")
            offers.append((-_weight(rest), place, name.strip().lower().partition("-")[0]))
        own = own.strip().lower().replace("_", "-").partition("-")[0]
        return cls(next((name for name in (own, *(name for *_, name in sorted(offers))) if name in LANGUAGES), "en"))

    def __call__(self, text: str, **values: object) -> str:
        """Return words in this language."""
        found = text if self.language == "en" else TEXTS[text][ORDER.index(self.language)]
        return found.format(**values) if values else found

    @property
    def direction(self) -> str:
        """The way the text runs: rtl or ltr."""
        return "rtl" if self.language in _RIGHT_TO_LEFT else "ltr"


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q="))
    except ValueError:
        return 1.0
