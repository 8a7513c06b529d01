"""What the bot remembers of a conversation."""

from __future__ import annotations

import json

import attrs

from connectors_core import Malformed
from connectors_core.model import codec, parse_json


@attrs.frozen(kw_only=True)
class Memory:
    """One conversation; times in seconds since 1970, None for never.

    `name` is what the channel calls the person, `language` what they are answered in; `chosen`: by what they wrote.
    `human`: somebody else had the conversation since the bot heard of it. `away`: the closed period that was told.
    `asked`: what the next message is expected to be: a field to collect, "score" or "comment"; `again`: asked twice;
    `then`: what follows. `known`: fields that the channel told. `offered`: the payloads of the last options.
    `wishes`: what the person wrote, for whoever takes over.
    """

    name: str = ""
    language: str = ""
    chosen: bool = False
    seen_at: float | None = None
    passed_at: float | None = None
    human: bool = False
    away: str = ""
    misses: int = 0
    told_unknown: bool = False
    asked: str = ""
    again: bool = False
    then: str = ""
    known: tuple[str, ...] = ()
    given: dict[str, str] = attrs.field(factory=dict)
    skipped: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    survey: str = ""
    surveyed_at: float | None = None
    rated: bool = True


def dumps(memory: Memory) -> str:
    """Return a memory as JSON text in ASCII, so that every database keeps every character."""
    return json.dumps(attrs.asdict(memory))


def loads(text: str) -> Memory:
    """Return the memory that `dumps` wrote; an empty one for anything else, as a bot that forgot still answers."""
    try:
        return codec.structure(parse_json(text), Memory)
    except Malformed:
        return Memory()
