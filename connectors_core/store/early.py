"""What an end wrote in a conversation before it told what it calls it: kept until the call that tells it has ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, UniqueConstraint, delete, exists, func, insert, select

from connectors_core.store.deliveries import deliveries
from connectors_core.store.events import events
from connectors_core.store.many import one_of
from connectors_core.store.people import links
from connectors_core.store.schema import Id, Small, Words, metadata

early = Table(
    "early",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("endpoint", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("once", Words, nullable=False),
    Column("journal_id", Id, nullable=False),
    Column("position", Small, nullable=False),
    Column("kind", Words, nullable=False),
    Column("document", Words, nullable=False),
    UniqueConstraint("once", "endpoint"),
)
"""`name`: what the end calls the conversation. `once`, `journal_id`, `position` and `document` as in `events`, which
these become; `kind` as in `journal`."""


def add(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep events."""
    if rows:
        db.execute(insert(early), rows)


_KEYS = select(early.c.endpoint, early.c.account, early.c.name, early.c.once)
_ALL = select(early).order_by(early.c.id).with_for_update()
_ANY = select(early.c.id).limit(1)


def keys(db: Connection) -> Sequence[Any]:
    """Return endpoint, account, name and once of all that waits; usually nothing does."""
    return db.execute(_KEYS).all()


def every(db: Connection) -> Sequence[Row[Any]]:
    """Return all that waits, in its order, and keep others from letting it go."""
    return db.execute(_ALL).all() if db.execute(_ANY).first() is not None else ()


def remove(db: Connection, ids: Iterable[int]) -> None:
    """End the waiting."""
    db.execute(delete(early).where(one_of(early.c.id, "ids")), {"ids": list(ids)})


def oldest_call(db: Connection, endpoint: str) -> int | None:
    """Return the first open delivery that was begun at an endpoint and may still tell what a conversation is called."""
    named = exists().where(links.c.local_id == events.c.conversation_id, links.c.endpoint == endpoint)
    begun = (deliveries.c.settled_at.is_(None), deliveries.c.target == endpoint, deliveries.c.attempts > 0)
    found = select(func.min(deliveries.c.id)).join(events, events.c.id == deliveries.c.event_id)
    return db.execute(found.where(*begun, events.c.conversation_id.is_not(None), ~named)).scalar()
