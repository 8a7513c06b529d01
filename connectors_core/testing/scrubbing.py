"""Taking people out of a payload: every name, number, id and text is replaced by another, always the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from connectors_core.errors import Malformed
from connectors_core.model import Contact, Event, Media, Message, Text, codec, parse_json

NAMES = ("Sheena Nelson", "Pablo Morales")
"""The placeholders of Meta's documentation; the third person is "Person 3"."""

KINDS = frozenset(
    (
        *("type", "object", "field", "status", "event", "kind", "origin", "action", "messaging_product", "mime_type"),
        *("category", "pricing_model", "source_type", "currency", "language", "locale", "code", "product", "state"),
    )
)
"""Keys whose values are words of the platform, not of people."""

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./+-]{0,60}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-]\d\d:?\d\d)?")
_PREFIX = re.compile(r"[A-Za-z]{1,12}[._:$|-]")
_SHORTEST = 5
"""Digits. Shorter numbers count or measure something."""
_KEPT = ("event", "part", "kind", "origin", "action", "status", "topic", "severity", "code", "standby")
"""What of an event must stay as it was."""


@attrs.define
class Scrubber:
    """What was replaced by what; one for all payloads of a recording."""

    known: dict[str, str] = attrs.field(factory=dict)
    _counts: dict[str, int] = attrs.field(factory=dict)

    def meet(self, events: Iterable[Event]) -> None:
        """Learn from what was read which values are names and texts: by themselves they might look like other words."""
        for event in events:
            for text in _texts(event):
                if text and text not in self.known:
                    self.known[text] = f"text {self._next('text')}"
            for person in _people(event):
                for name in (person.name, person.username):
                    if name and name not in self.known:
                        self.known[name] = self._name() if name == person.name else f"user{self._next('user')}"

    def scrub(self, body: Any, events: list[Event], read: Callable[[Any], list[Event]]) -> Any:
        """Return a parsed payload without anything of a person that reads as the same kind of events.

        A word that only might be somebody's is kept where the payload would be read as something else without it.
        """
        self.meet(events)
        times = {str(int(event.at.timestamp() * factor)) for event in events for factor in (1, 1000)}
        words = list(dict.fromkeys(_words(body)))
        shape = _shape(events)
        hidden = {word for word in words if word not in self.known}
        if _shape(_reading(read, self._replace(body, "", times, hidden))) == shape:
            return self._replace(body, "", times, hidden)
        hidden = set()
        for word in words:
            tried = self._replace(body, "", times, hidden | {word})
            if _shape(_reading(read, tried)) == shape:
                hidden.add(word)
        return self._replace(body, "", times, hidden)

    def value(self, text: str) -> str:
        """Return what stands for a text: by its form an address, a number, an id, or words."""
        if text not in self.known:
            self.known[text] = self._made(text)
        return self.known[text]

    def _replace(self, value: Any, key: str, times: set[str], hidden: set[str]) -> Any:
        match value:
            case dict():
                return {name: self._replace(inner, name, times, hidden) for name, inner in value.items()}
            case list():
                return [self._replace(inner, key, times, hidden) for inner in value]
            case str():
                return self._text(value, key, times, hidden)
            case int() if not isinstance(value, bool) and str(value) not in times and len(str(abs(value))) >= 7:
                return int(self.value(str(abs(value)))) * (1 if value > 0 else -1)
        return value

    def _text(self, value: str, key: str, times: set[str], hidden: set[str]) -> str:
        if value in self.known:
            return self.known[value]
        if not value or value in times or _TIME.fullmatch(value) or (value.isdigit() and len(value) < _SHORTEST):
            return value
        if value[0] in "{[" and (inner := _parsed(value)) is not None:
            return json.dumps(self._replace(inner, key, times, hidden))
        if _WORD.fullmatch(value) and not any(char.isdigit() for char in value):
            return value if key in KINDS or value not in hidden else self.value(value)
        if key in KINDS and _WORD.fullmatch(value):
            return value
        return self.value(value)

    def _made(self, text: str) -> str:
        if "@" in text and " " not in text:
            return f"person{self._next('mail')}@example.com"
        if text.startswith(("http://", "https://")):
            return f"https://example.com/{self._next('link')}"
        if text.startswith("+") and text[1:].isdigit():
            return f"+{self.value(text[1:])}"
        if text.isdigit():
            return self._digits(len(text))
        prefix = _PREFIX.match(text)
        if " " not in text and prefix is not None:
            rest = text[prefix.end() :]
            return prefix[0] + (self.value(rest) if rest.isdigit() else f"KIT{self._next('id'):04}")
        if _WORD.fullmatch(text) and not any(char.isdigit() for char in text):
            return f"word{self._next('word')}"
        return f"KIT{self._next('id'):04}" if text.isascii() and " " not in text else f"text {self._next('text')}"

    def _digits(self, length: int) -> str:
        number = str(self._next(f"digits{length}"))
        return f"1555{number.zfill(length - 4)}" if length >= 10 else str(10 ** (length - 1) + int(number))

    def _name(self) -> str:
        number = self._next("name")
        return NAMES[number - 1] if number <= len(NAMES) else f"Person {number}"

    def _next(self, kind: str) -> int:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]


def _texts(event: Event) -> Iterator[str]:
    """Yield what people wrote."""
    for part in event.parts if isinstance(event, Message) else ():
        if isinstance(part, Text):
            yield part.body
        elif isinstance(part, Media):
            yield from (part.caption, part.name)


def _people(event: Event) -> Iterator[Contact]:
    if event.profile is not None:
        yield event.profile
    for part in event.parts if isinstance(event, Message) else ():
        yield from getattr(part, "contacts", ())


def _words(value: Any) -> Iterator[str]:
    """Yield every string in a payload that is one plain word."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (key in KINDS and isinstance(inner, str)):
                yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, str) and _WORD.fullmatch(value) and not any(char.isdigit() for char in value):
        yield value


def _parsed(text: str) -> Any:
    try:
        return parse_json(text)
    except Malformed:
        return None


def _reading(read: Callable[[Any], list[Event]], body: Any) -> list[Event]:
    try:
        return read(body)
    except Malformed:
        return []


def _shape(events: list[Event]) -> list[Any]:
    """Return what must stay of events: their kinds, and where something stands."""
    return [_outline(codec.to_dict(event), "") for event in events]


def _outline(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: _outline(inner, name) for name, inner in value.items() if name not in ("extra", "raw", "text")}
    if isinstance(value, list):
        return [_outline(inner, key) for inner in value]
    return value if key in _KEPT else type(value).__name__
