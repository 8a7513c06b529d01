"""Deliveries and their attempts: one row for each call that an event needs at an endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import time
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Index, Row, Table, bindparam, false, func, insert, select, update

from connectors_core.store.events import events
from connectors_core.store.lanes import lane_id, lanes
from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Small, Time, Words, metadata

WAITING, STARTED, UNCERTAIN = "waiting", "started", "uncertain"
SENT, REFUSED, DEAD, UNKNOWN, REDELIVERED = "sent", "refused", "dead", "unknown", "redelivered"

OPEN_STATES = (WAITING, STARTED, UNCERTAIN)
"""Not settled: the lane stands behind them. `uncertain` waits for `reconcile`, an echo or a receipt."""
STATES = (*OPEN_STATES, SENT, REFUSED, DEAD, UNKNOWN, REDELIVERED)
"""`refused` never works as asked; `dead` was given up after its age; `unknown` wants `connectors resolve`; in
place of a `redelivered` one another delivery goes on."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("event_id", Id, nullable=False, index=True),
    Column("source", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("lane_id", Id, nullable=False),
    Column("verb", Words, nullable=False),
    Column("piece", Small, nullable=False),
    Column("pieces", Small, nullable=False),
    Column("generation", Small, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempts", Small, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("started_at", Time),
    Column("settled_at", Time),
    Column("code", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("status", Words),
    Column("about_id", Id),
    Column("waits", Time),
    Column("standby", Boolean, nullable=False, server_default=false()),
)
"""`standby`: a copy for one who may not answer. `waits`: until when it waits for the files of its message, or
for the name of its person, None when it does not. `status`: for a sent message the receipt of this piece, for
`acknowledge` the status to tell about the message whose event is `about_id`."""
_OPEN = deliveries.c.settled_at.is_(None)
_FAULTY = deliveries.c.state.in_((REFUSED, DEAD, UNKNOWN))
Index("ix_deliveries_open", deliveries.c.lane_id, deliveries.c.id, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("ix_deliveries_faulty", deliveries.c.state, deliveries.c.id, sqlite_where=_FAULTY, postgresql_where=_FAULTY)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("delivery_id", Id, nullable=False, index=True),
    Column("number", Small, nullable=False),
    Column("started_at", Time, nullable=False),
    Column("ended_at", Time, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("error", Words, nullable=False),
    Column("code", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("worker", Words, nullable=False),
)


def add(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write deliveries; the caller has put their lanes on in the same transaction."""
    if rows:
        db.execute(insert(deliveries), rows)


def row(**values: Any) -> dict[str, Any]:
    """Return the row of a new delivery with its defaults."""
    return {
        "piece": 1,
        "pieces": 1,
        "generation": 0,
        "state": WAITING,
        "attempts": 0,
        "created_at": time(),
        "started_at": None,
        "settled_at": None,
        "code": "",
        "reason": "",
        "status": None,
        "about_id": None,
        "waits": None,
        "standby": False,
        **values,
    }


_FIRST = (
    select(func.min(deliveries.c.id))
    .where(deliveries.c.lane_id == lanes.c.id, deliveries.c.settled_at.is_(None))
    .scalar_subquery()
)
_HEAD_IDS = select(lanes.c.id, _FIRST).where(one_of(lanes.c.id, "lanes"))
_FULL = select(
    deliveries,
    events.c.noun,
    events.c.conversation_id,
    events.c.contact_id,
    events.c.document,
).join(events, events.c.id == deliveries.c.event_id)
_HEADS = _FULL.where(one_of(deliveries.c.id, "ids"))


def heads(db: Connection, lanes: Iterable[int]) -> dict[int, int]:
    """Return the first open delivery of each lane that has one."""
    wanted = list(lanes)
    if not wanted:
        return {}
    return {lane: first for lane, first in db.execute(_HEAD_IDS, {"lanes": wanted}) if first is not None}


def with_events(db: Connection, ids: Iterable[int]) -> Sequence[Row[Any]]:
    """Return deliveries together with what they deliver."""
    wanted = list(ids)
    return db.execute(_HEADS, {"ids": wanted}).all() if wanted else []


_START = (
    update(deliveries)
    .where(one_of(deliveries.c.id, "ids"))
    .values(state=STARTED, started_at=bindparam("at"), attempts=deliveries.c.attempts + 1)
)


def start(db: Connection, ids: Iterable[int], at: float) -> None:
    """Mark attempts as started: from here on only they can be unknown."""
    wanted = list(ids)
    if wanted:
        db.execute(_START, {"ids": wanted, "at": at})


_END = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"))
    .values(
        state=bindparam("new_state"),
        settled_at=bindparam("settled"),
        code=bindparam("new_code"),
        reason=bindparam("new_reason"),
    )
)


_SENT = (
    update(deliveries)
    .where(one_of(deliveries.c.id, "ids"))
    .values(state=SENT, settled_at=bindparam("at"), code="", reason="")
)


def end_sent(db: Connection, ids: Iterable[int], at: float) -> None:
    """Store that attempts worked: one statement for all, as most of them do."""
    wanted = list(ids)
    if wanted:
        db.execute(_SENT, {"ids": wanted, "at": at})


def end(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store how attempts ended: rows of delivery, new_state, settled (None while open), new_code, new_reason."""
    if rows:
        db.execute(_END, rows)


def add_attempts(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write finished attempts."""
    if rows:
        db.execute(insert(attempts), rows)


_STATUS = update(deliveries).where(deliveries.c.id == bindparam("delivery")).values(status=bindparam("new_status"))


def set_status(db: Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Store the receipt of pieces."""
    params = [{"delivery": delivery, "new_status": status} for delivery, status in rows]
    if params:
        db.execute(_STATUS, params)


_OF_EVENTS = select(deliveries).where(one_of(deliveries.c.event_id, "ids")).order_by(deliveries.c.id)


def of_events(db: Connection, ids: Iterable[int], *, lock: bool = False) -> Sequence[Row[Any]]:
    """Return all deliveries of events, in order; `lock` them when what is read decides what is written."""
    wanted = list(ids)
    if not wanted:
        return []
    return db.execute(_OF_EVENTS.with_for_update() if lock else _OF_EVENTS, {"ids": wanted}).all()


_BY_ID = select(deliveries).where(one_of(deliveries.c.id, "ids")).order_by(deliveries.c.id)


def by_id(db: Connection, ids: Iterable[int], *, lock: bool = False) -> dict[int, Row[Any]]:
    """Return delivery rows; `lock` them when what is read decides what is written."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {row.id: row for row in db.execute(_BY_ID.with_for_update() if lock else _BY_ID, {"ids": wanted})}


def begun_before(db: Connection, conversation_id: int, target: str, until: float) -> Sequence[Row[Any]]:
    """Return what was sent, or may have been, into a conversation up to a time: what a watermark is about."""
    found = (
        select(deliveries)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(
            events.c.conversation_id == conversation_id,
            deliveries.c.target == target,
            deliveries.c.verb == "send",
            deliveries.c.state.in_((SENT, STARTED, UNCERTAIN, UNKNOWN)),
            deliveries.c.started_at <= until,
        )
        .order_by(deliveries.c.id)
    )
    return db.execute(found).all()


_OPEN_SENDS = select(deliveries.c.lane_id).where(
    one_of(deliveries.c.lane_id, "lanes"),
    deliveries.c.settled_at.is_(None),
    deliveries.c.state.in_((STARTED, UNCERTAIN)),
    deliveries.c.verb == "send",
)


def open_sends(db: Connection, pairs: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return those (conversation, endpoint) in which an attempt to send is open."""
    wanted = {lane_id(target, f"c{conversation}"): (conversation, target) for conversation, target in pairs}
    if not wanted:
        return set()
    return {wanted[lane] for lane in db.execute(_OPEN_SENDS, {"lanes": wanted}).scalars()}


def listing(db: Connection, state: str | None, target: str | None, most: int) -> Sequence[Row[Any]]:
    """Return deliveries with their events for people to read, the newest first."""
    found = _FULL.order_by(deliveries.c.id.desc()).limit(most)
    if state:
        found = found.where(deliveries.c.state == state)
        if state in OPEN_STATES:
            found = found.where(deliveries.c.settled_at.is_(None))
    if target:
        found = found.where(deliveries.c.target == target)
    return db.execute(found).all()


def in_state(db: Connection, state: str, target: str) -> list[int]:
    """Return the ids of all deliveries to a target in a state, the oldest first."""
    found = select(deliveries.c.id).where(deliveries.c.state == state, deliveries.c.target == target)
    return list(db.execute(found.order_by(deliveries.c.id)).scalars())


def reopen(db: Connection, delivery_id: int) -> None:
    """Let a delivery wait for its next attempt, under the key that it had."""
    values = {"state": WAITING, "settled_at": None, "code": "", "reason": ""}
    db.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))


def stop_waiting(db: Connection, event_id: int) -> list[int]:
    """Let the deliveries of a message go that wait no longer; return their lanes, which have to be woken."""
    waiting = update(deliveries).where(deliveries.c.event_id == event_id, deliveries.c.waits.is_not(None))
    return list(db.execute(waiting.values(waits=None).returning(deliveries.c.lane_id)).scalars())


def counts(db: Connection) -> dict[tuple[str, str], int]:
    """Return how many deliveries each (target, state) has."""
    found = select(deliveries.c.target, deliveries.c.state, func.count()).group_by(
        deliveries.c.target, deliveries.c.state
    )
    return {(target, state): count for target, state, count in db.execute(found)}


def attempts_of(db: Connection, delivery_id: int) -> Sequence[Row[Any]]:
    """Return the finished attempts of a delivery."""
    return db.execute(select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.id)).all()


def count_open(db: Connection) -> int:
    """Return how many deliveries are not settled."""
    return int(db.execute(select(func.count()).select_from(deliveries).where(_OPEN)).scalar_one())
