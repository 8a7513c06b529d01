"""Receipts as they came, those included that arrived before the send they are about was settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, Table, bindparam, insert, select, update

from connectors_core.store.deliveries import SENT, deliveries
from connectors_core.store.events import message_refs
from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Time, Words, metadata

receipts = Table(
    "receipts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("event_id", Id, nullable=False, index=True),
    Column("endpoint", Words, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("at", Time, nullable=False),
    Column("delivery_id", Id),
    Column("waiting_until", Time),
)
"""`waiting_until`: until when the send that it is about may still turn up; None when it did, or never will. A watermark
waits with the `delivery_id` of a send that began before it and is not settled."""
_WAITING = receipts.c.waiting_until.is_not(None)
Index("ix_receipts_waiting", receipts.c.external_id, sqlite_where=_WAITING, postgresql_where=_WAITING)
Index("ix_receipts_delivery", receipts.c.delivery_id)


def add(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write receipts; those whose send is not settled yet have a `waiting_until`."""
    if rows:
        db.execute(insert(receipts), rows)


_EARLY = select(receipts).where(one_of(receipts.c.external_id, "names"), _WAITING).order_by(receipts.c.id)


def waiting_for(db: Connection, keys: Iterable[tuple[str, str]]) -> Sequence[Row[Any]]:
    """Return receipts that came before anybody knew the message: by (endpoint, external id), in their order."""
    wanted = set(keys)
    if not wanted:
        return []
    rows = db.execute(_EARLY, {"names": {name for _, name in wanted}})
    return [row for row in rows if (row.endpoint, row.external_id) in wanted]


_JOIN = (
    update(receipts)
    .where(receipts.c.id == bindparam("receipt"))
    .values(delivery_id=bindparam("delivery"), waiting_until=None)
)


def join(db: Connection, rows: Iterable[tuple[int, int]]) -> None:
    """Tie waiting receipts to the delivery that they are about."""
    params = [{"receipt": receipt, "delivery": delivery} for receipt, delivery in rows]
    if params:
        db.execute(_JOIN, params)


def found_late(db: Connection, most: int = 200) -> Sequence[Row[Any]]:
    """Return waiting receipts whose message is known by now: receipt and send were stored at the same moment."""
    pair = (receipts.c.endpoint == message_refs.c.endpoint) & (receipts.c.external_id == message_refs.c.external_id)
    return db.execute(
        select(receipts).join(message_refs, pair).where(_WAITING).order_by(receipts.c.id).limit(most)
    ).all()


def sent_late(db: Connection, most: int = 200) -> Sequence[Row[Any]]:
    """Return waiting watermarks with the `message_id` of their delivery, which is settled by now and was sent."""
    tied = receipts.c.delivery_id == deliveries.c.id
    return db.execute(
        select(receipts, deliveries.c.event_id.label("message_id"))
        .join(deliveries, tied)
        .where(_WAITING, deliveries.c.state == SENT)
        .order_by(receipts.c.id)
        .limit(most)
    ).all()


def give_up(db: Connection, now: float) -> None:
    """End the waiting of receipts about messages that were never ours."""
    db.execute(update(receipts).where(_WAITING, receipts.c.waiting_until < now).values(waiting_until=None))


def of_delivery(db: Connection, delivery_id: int) -> Sequence[Row[Any]]:
    """Return the receipts of a delivery in the order in which they came."""
    return db.execute(select(receipts).where(receipts.c.delivery_id == delivery_id).order_by(receipts.c.id)).all()
