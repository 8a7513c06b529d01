"""What the bot says and understands without being told, a module for each language."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from connectors.responder.words import ar, de, en, es, fr


@attrs.frozen
class Words:
    """One language: the texts by their keys, and the words by which people say what needs no question of its own.

    `human`: a person is wanted; `skip`: a question is not to be answered; `hello`, `thanks`: no question at all;
    `named`: what stands before a name; `called`: what the language itself is called.
    """

    texts: Mapping[str, str]
    human: tuple[str, ...]
    skip: tuple[str, ...]
    hello: tuple[str, ...]
    thanks: tuple[str, ...]
    named: tuple[str, ...]
    called: tuple[str, ...]


BUILT_IN: Mapping[str, Words] = {
    code: Words(one.TEXTS, one.HUMAN, one.SKIP, one.HELLO, one.THANKS, one.NAMED, one.CALLED)
    for code, one in (("en", en), ("de", de), ("es", es), ("fr", fr), ("ar", ar))
}
"""The languages that the bot speaks by itself."""

KEYS = tuple(en.TEXTS)
"""What can be said otherwise in the settings."""

BUTTONS = tuple(key for key in KEYS if key.endswith("_button") or key.startswith("csat_"))
"""The texts that stand on something to tap."""

PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    "greeting": ("name",),
    "again": ("name",),
    "goodbye": ("name",),
    "away": ("opens",),
    "handing_closed": ("opens",),
    "handing_open": ("wait",),
    "opens_today": ("time",),
    "opens_tomorrow": ("time",),
    "opens_on": ("day", "time"),
    "reason_topic": ("topic",),
}
"""What may stand in braces in each text."""
