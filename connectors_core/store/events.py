"""Events as they were read, each once, and what their messages are called at other endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Row,
    Table,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)

from connectors_core.store.inserting import keep
from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Small, Time, Words, metadata

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("journal_id", Id, nullable=False, index=True),
    Column("position", Small, nullable=False),
    Column("endpoint", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("noun", Words, nullable=False),
    Column("once", Words, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("at", Time, nullable=False),
    Column("stored_at", Time, nullable=False),
    Column("conversation_id", Id, index=True),
    Column("contact_id", Id),
    Column("origin", Words, nullable=False),
    Column("standby", Boolean, nullable=False),
    Column("held_until", Time),
    Column("status", Words),
    Column("document", Words, nullable=False),
    UniqueConstraint("once", "endpoint"),
)
Index(
    "ix_events_held",
    events.c.held_until,
    sqlite_where=events.c.held_until.is_not(None),
    postgresql_where=events.c.held_until.is_not(None),
)

message_refs = Table(
    "message_refs",
    metadata,
    Column("external_id", Words, primary_key=True),
    Column("endpoint", Words, primary_key=True),
    Column("account", Words, primary_key=True),
    Column("event_id", Id, nullable=False, index=True),
    Column("delivery_id", Id, nullable=False),
)


def add(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write events. A pair (endpoint, once) that is there already is an IntegrityError: ask `known` before."""
    if rows:
        db.execute(insert(events), rows)


_KNOWN = select(events.c.id, events.c.endpoint, events.c.once).where(one_of(events.c.once, "onces"))
_BY_ID = select(events).where(one_of(events.c.id, "ids"))


def known(db: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the ids of those events (endpoint, once) that are stored already."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = db.execute(_KNOWN, {"onces": {once for _, once in wanted}})
    found = {(endpoint, once): id_ for id_, endpoint, once in rows}
    return {key: found[key] for key in wanted & found.keys()}


def made_here(db: Connection, onces: Iterable[str]) -> Sequence[Row[Any]]:
    """Return those events of these keys that this program made itself: no journal row brought them."""
    wanted = list(onces)
    found = select(events).where(one_of(events.c.once, "onces"), events.c.journal_id == 0)
    return db.execute(found, {"onces": wanted}).all() if wanted else []


def by_id(db: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Return event rows."""
    wanted = list(ids)
    return {row.id: row for row in db.execute(_BY_ID, {"ids": wanted})} if wanted else {}


def last_messages(db: Connection, conversation_id: int, before: int, most: int) -> Sequence[Row[Any]]:
    """Return the last messages of a conversation before an event, the newest first."""
    found = select(events).where(
        events.c.conversation_id == conversation_id, events.c.noun == "message", events.c.id < before
    )
    return db.execute(found.order_by(events.c.id.desc()).limit(most)).all()


def of_journal(db: Connection, journal_id: int) -> Sequence[Row[Any]]:
    """Return the events that were read from a journal row, in their order."""
    return db.execute(select(events).where(events.c.journal_id == journal_id).order_by(events.c.position)).all()


def revise(db: Connection, event_id: int, values: Mapping[str, Any]) -> None:
    """Store what a newer connector reads in the same bytes."""
    db.execute(update(events).where(events.c.id == event_id).values(dict(values)))


def add_refs(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Remember what pieces of messages are called where they went."""
    if rows:
        db.execute(keep(db, message_refs), rows)


_REFS = select(message_refs).where(one_of(message_refs.c.external_id, "names"))
_NAMES = select(message_refs).where(one_of(message_refs.c.event_id, "ids")).order_by(message_refs.c.delivery_id.desc())


def find_refs(db: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Row[Any]]:
    """Return what was delivered to an endpoint under an external id: (endpoint, external id) -> row."""
    wanted = set(keys)
    if not wanted:
        return {}
    found = {(row.endpoint, row.external_id): row for row in db.execute(_REFS, {"names": {name for _, name in wanted}})}
    return {key: found[key] for key in wanted & found.keys()}


def named(db: Connection, ids: Iterable[int]) -> set[int]:
    """Return those deliveries of events whose name at their target is known: they arrived there."""
    wanted = list(ids)
    if not wanted:
        return set()
    return set(db.execute(select(message_refs.c.delivery_id).where(message_refs.c.event_id.in_(wanted))).scalars())


def names_at(db: Connection, pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, str]]:
    """Return (account, external id) of messages at endpoints where they were delivered: the first piece's."""
    wanted = set(pairs)
    if not wanted:
        return {}
    rows = db.execute(_NAMES, {"ids": {event for event, _ in wanted}})
    found = {(row.event_id, row.endpoint): (row.account, row.external_id) for row in rows}
    return {pair: found[pair] for pair in wanted & found.keys()}


_STATUS = update(events).where(events.c.id == bindparam("event")).values(status=bindparam("merged"))


def set_status(db: Connection, rows: Iterable[tuple[int, str | None]]) -> None:
    """Store the merged receipt of messages."""
    params = [{"event": event, "merged": status} for event, status in rows]
    if params:
        db.execute(_STATUS, params)


def held(db: Connection, most: int = 200) -> Sequence[Row[Any]]:
    """Return echoes that wait for an open attempt of their conversation, the oldest first."""
    return db.execute(select(events).where(events.c.held_until.is_not(None)).order_by(events.c.id).limit(most)).all()


def let_go(db: Connection, ids: Sequence[int]) -> None:
    """End the waiting of echoes."""
    if ids:
        db.execute(update(events).where(one_of(events.c.id, "ids")).values(held_until=None), {"ids": ids})
