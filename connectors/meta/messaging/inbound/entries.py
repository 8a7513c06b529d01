"""From an entry to its elements, and from an element to the reader of what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import attrs

from connectors.meta.messaging.inbound import messages, moves, notices, receipts
from connectors.meta.messaging.inbound.piece import Piece
from connectors_core import Malformed
from connectors_core.model import Event, Item, wire

Read = Callable[[Piece, str], Sequence[Event]]
"""What reads one thing of an element, by the name under which it stands there."""

_LISTS = ("messaging", "standby")
_HEAD = frozenset(("sender", "recipient", "timestamp"))
_HEADER = frozenset(("id", "time", "uid"))


def _fixed(readers: Mapping[str, Read]) -> Mapping[str, Read]:
    return MappingProxyType(dict(readers))


@attrs.frozen(kw_only=True)
class Dialect:
    """What one product says in its own way.

    `scheme`: what the ids of its people are called. `events`: readers of what stands in its elements, besides the
    common ones. `changes`: readers by the field of a change. `entries`: readers of lists of the entry itself.
    """

    scheme: str
    events: Mapping[str, Read] = attrs.field(factory=dict, converter=_fixed)
    changes: Mapping[str, Read] = attrs.field(factory=dict, converter=_fixed)
    entries: Mapping[str, Read] = attrs.field(factory=dict, converter=_fixed)


COMMON: Mapping[str, Read] = MappingProxyType(
    {
        "message": messages.message,
        "message_edit": messages.edit,
        "reaction": messages.reaction,
        "postback": messages.postback,
        "referral": messages.referral,
        "delivery": receipts.delivery,
        "read": receipts.read,
        "pass_thread_control": moves.moved,
        "take_thread_control": moves.moved,
        "request_thread_control": moves.moved,
        "app_roles": moves.roles,
        "policy_enforcement": notices.policy,
    }
)
"""The readers of what both products have."""


def receive(item: Item, dialect: Dialect) -> list[Event]:
    """Read one Item of the product that speaks `dialect`; raise Malformed when it is not what is documented."""
    entry = item.json()
    if not isinstance(entry, dict) or not wire.text(entry, "id"):
        raise Malformed("the entry does not say which account it is about")
    found: list[Event] = []
    for name in _LISTS:
        for data in wire.items(entry, name):
            piece = Piece(item=item, data=data, entry=entry, scheme=dialect.scheme, standby=name == "standby")
            found += _element(piece, dialect)
    for data in wire.items(entry, "changes"):
        found += _change(Piece(item=item, data=data, entry=entry, scheme=dialect.scheme), dialect)
    for name in [name for name in dialect.entries if name in entry]:
        for data in wire.items(entry, name):
            found += dialect.entries[name](Piece(item=item, data=data, entry=entry, scheme=dialect.scheme), name)
    known = any(name in entry for name in (*_LISTS, "changes", *dialect.entries))
    return found if known else _unknown(item, entry, dialect)


def _element(piece: Piece, dialect: Dialect) -> Iterator[Event]:
    """Read everything that stands in an element; one that says nothing gives nothing."""
    readers = {**COMMON, **dialect.events}
    names = [name for name in readers if piece.data.get(name) is not None]
    for name in names:
        yield from readers[name](piece, name)
    strange = [name for name, value in piece.data.items() if name not in _HEAD and value is not None]
    if not names and strange:
        yield piece.notice(strange[0])


def _change(piece: Piece, dialect: Dialect) -> Iterator[Event]:
    """Read a change; the dashboard's test puts what stands in `messaging` elsewhere into one (seen in 2026)."""
    field = wire.text(piece.data, "field")
    if not field:
        raise Malformed("the change does not say which field it is about")
    value = piece.data.get("value")
    if isinstance(value, dict) and ("sender" in value or "recipient" in value):
        yield from _element(attrs.evolve(piece, data=value), dialect)
        return
    if not isinstance(value, dict):
        raise Malformed("the value of the change is missing or no object")
    inner = attrs.evolve(piece, data=value)
    yield from dialect.changes[field](inner, field) if field in dialect.changes else [notices.change(inner, field)]


def _unknown(item: Item, entry: wire.Json, dialect: Dialect) -> list[Event]:
    """Return an entry with a list of tomorrow as news of the account; one that holds nothing gives nothing."""
    strange = [name for name in entry if name not in _HEADER]
    if not strange:
        return []
    told = {name: entry[name] for name in strange}
    return [Piece(item=item, data=told, entry=entry, scheme=dialect.scheme).notice(strange[0])]
