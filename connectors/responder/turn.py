"""One turn of the bot: what it knows, what it decides to say and to do, in order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs

from connectors.responder import phrases
from connectors.responder.matching import words_of
from connectors.responder.memory import Memory
from connectors.responder.reading import Said
from connectors.responder.values import HUMAN, ResponderSettings
from connectors_core.model import MessageRef

QUESTION, SCORE, SKIP, LANGUAGE, PERSON = "question", "score", "skip", "language", HUMAN
"""What the bot's own payloads begin with."""
_PREFIX = "responder:"
_WISHES = 5
_LONGEST_WISH = 200


def payload(verb: str, about: str = "") -> str:
    """Return what comes back when an option is tapped."""
    return f"{_PREFIX}{verb}:{about}" if about else f"{_PREFIX}{verb}"


def meaning(text: str) -> tuple[str, str]:
    """Return the verb and the object of one of the bot's own payloads, two times "" for any other."""
    if not text.startswith(_PREFIX):
        return "", ""
    verb, _, about = text.removeprefix(_PREFIX).partition(":")
    return verb, about


@attrs.frozen
class Tap:
    """Something to tap: its `title`, and the `payload` that comes back."""

    title: str
    payload: str


@attrs.frozen
class Say:
    """Paragraphs for the person, with what can be tapped under them.

    `login`: the title of the button that logs in. `opener`: that of the button which opens a list of many options.
    `short`: what stands over the options where the words are too long for that. `about`: the message that it answers.
    """

    paragraphs: tuple[str, ...]
    taps: tuple[Tap, ...] = ()
    login: str = ""
    opener: str = ""
    short: str = ""
    about: MessageRef | None = None


@attrs.frozen
class Tell:
    """What the person said of themselves: nobody vouches for it."""

    given: dict[str, str]


@attrs.frozen
class Rate:
    """An answer to the survey: the score, or the words after it."""

    kind: str
    score: int | None = None
    text: str = ""


@attrs.frozen
class Pass:
    """Somebody else is to answer from here on."""

    summary: str


Answer = Say | Tell | Rate | Pass


@attrs.define
class Turn:
    """Collects what is said; changes of the memory replace it, so that whoever has the old one keeps it.

    `opened`: it began with a greeting.
    """

    settings: ResponderSettings
    memory: Memory
    now: datetime
    said: Said = attrs.field(factory=Said)
    opened: bool = False
    words: tuple[str, ...] = attrs.field(init=False)
    paragraphs: list[str] = attrs.field(factory=list)
    taps: tuple[Tap, ...] = ()
    login: str = ""
    deeds: list[Answer] = attrs.field(factory=list)

    @words.default
    def _words(self) -> tuple[str, ...]:
        return words_of(self.said.words)

    @property
    def language(self) -> str:
        """The language that is spoken."""
        return phrases.language(self.settings, self.memory.language)

    def text(self, key: str, **values: str) -> str:
        """Return one of the texts in the language that is spoken."""
        return phrases.text(self.settings, self.language, key, **values)

    def remember(self, **changes: Any) -> None:
        """Change what is remembered."""
        self.memory = attrs.evolve(self.memory, **changes)

    def wish(self) -> None:
        """Keep what the person wrote, for whoever takes over."""
        if wish := " ".join(self.said.words.split())[:_LONGEST_WISH]:
            self.remember(wishes=(*self.memory.wishes, wish)[-_WISHES:])

    def say(self, *paragraphs: str, taps: Iterable[Tap] = ()) -> None:
        """Add paragraphs to the message, and replace what can be tapped under it where `taps` are given."""
        self.paragraphs += [one for one in paragraphs if one]
        self.taps = tuple(taps) or self.taps

    def answers(self) -> list[Answer]:
        """Return what is said, and then what is done."""
        said: list[Answer] = []
        if self.paragraphs:
            taps = () if self.login else self.taps
            said = [Say(tuple(self.paragraphs), taps, self.login, self.text("choose_button"), self.text("more"))]
            self.remember(offered=tuple(tap.payload for tap in taps))
        return [*said, *self.deeds]
