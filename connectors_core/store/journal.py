"""The journal: every webhook, page and API call as the bytes that came, and what could not be read of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import time
from typing import Any

import attrs
from sqlalchemy import Column, ColumnElement, Connection, Index, Row, Table, bindparam, func, insert, select, update

from connectors_core.store.many import one_of
from connectors_core.store.schema import Bytes, Id, Small, Time, Words, metadata

NEW, READ, PARKED = 0, 1, 2

WEBHOOK, API, POLL, DONE = "webhook", "api", "poll", "done"
"""How a row came: pushed by a provider, by our HTTP API, polled, or as the consequence of a delivery."""

journal = Table(
    "journal",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("endpoint", Words, nullable=False),
    Column("received_at", Time, nullable=False),
    Column("program", Words, nullable=False),
    Column("body", Bytes, nullable=False),
    Column("state", Small, nullable=False),
    Column("read_at", Time),
    Column("problem", Words, nullable=False),
    sqlite_autoincrement=True,
)
Index(
    "ix_journal_new",
    journal.c.source,
    journal.c.id,
    sqlite_where=journal.c.state == NEW,
    postgresql_where=journal.c.state == NEW,
)

parked = Table(
    "parked",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("journal_id", Id, nullable=False, index=True),
    Column("position", Small, nullable=False),
    Column("endpoint", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("parked_at", Time, nullable=False),
    Column("settled_at", Time),
)
Index(
    "ix_parked_open",
    parked.c.id,
    sqlite_where=parked.c.settled_at.is_(None),
    postgresql_where=parked.c.settled_at.is_(None),
)


@attrs.frozen(kw_only=True)
class Arrival:
    """Something to journal: `source` is the app or endpoint that it came in at."""

    source: str
    body: bytes
    kind: str = WEBHOOK
    endpoint: str = ""


_ADD = insert(journal)
_ADD_ONE = insert(journal).returning(journal.c.id)
_NEXT = (
    select(journal.c.id, journal.c.kind, journal.c.endpoint, journal.c.received_at, journal.c.body)
    .where(journal.c.source == bindparam("of"), journal.c.state == NEW)
    .order_by(journal.c.id)
    .limit(bindparam("most"))
)
_FIRST_AFTER = select(func.min(journal.c.source)).where(journal.c.source > bindparam("last"), journal.c.state == NEW)
_ALL_READ = update(journal).where(one_of(journal.c.id, "ids")).values(state=READ, read_at=bindparam("at"), problem="")
_SETTLE = (
    update(journal)
    .where(journal.c.id == bindparam("row_id"))
    .values(state=bindparam("new_state"), read_at=bindparam("at"), problem=bindparam("why"))
)


def append(db: Connection, arrivals: Iterable[Arrival], program: str) -> None:
    """Write arrivals in their order."""
    rows = [_row(arrival, program) for arrival in arrivals]
    if rows:
        db.execute(_ADD, rows)


def append_one(db: Connection, arrival: Arrival, program: str) -> int:
    """Write one arrival and return its number."""
    return int(db.execute(_ADD_ONE, _row(arrival, program)).scalar_one())


def _row(arrival: Arrival, program: str) -> dict[str, Any]:
    return {
        "source": arrival.source,
        "kind": arrival.kind,
        "endpoint": arrival.endpoint,
        "received_at": time(),
        "program": program,
        "body": arrival.body,
        "state": NEW,
        "problem": "",
    }


def unread(db: Connection, source: str, most: int) -> Sequence[Any]:
    """Return the next unread rows of a source, in journal order: by state, never by a remembered id."""
    return db.execute(_NEXT, {"of": source, "most": most}).all()


def waiting_sources(db: Connection) -> dict[str, int]:
    """Return how many rows each source has that no reader has taken yet."""
    found = select(journal.c.source, func.count()).where(journal.c.state == NEW).group_by(journal.c.source)
    return {row[0]: row[1] for row in db.execute(found)}


def news(db: Connection) -> list[str]:
    """Return the sources that have unread rows, by one index seek for each."""
    found: list[str] = []
    last = ""
    while (source := db.execute(_FIRST_AFTER, {"last": last}).scalar()) is not None:
        found.append(source)
        last = source
    return found


def mark(db: Connection, rows: Iterable[tuple[int, int, str]]) -> None:
    """Settle journal rows: (id, READ or PARKED, why)."""
    at = time()
    plain: list[int] = []
    others: list[dict[str, Any]] = []
    for row, state, why in rows:
        if state == READ and not why:
            plain.append(row)
        else:
            others.append({"row_id": row, "new_state": state, "at": at, "why": why})
    if plain:
        db.execute(_ALL_READ, {"ids": plain, "at": at})
    if others:
        db.execute(_SETTLE, others)


@attrs.frozen(kw_only=True)
class Choice:
    """Which rows to read again: `ids`, else those from `first` to `last`; of one `source`; only those with `parked`."""

    ids: tuple[int, ...] = ()
    first: int = 0
    last: int | None = None
    source: str = ""
    parked: bool = False

    def condition(self, after: int) -> ColumnElement[bool]:
        """Return what holds for the chosen rows behind `after`."""
        found = (journal.c.id > after) & (journal.c.id >= self.first)
        if self.ids:
            found &= journal.c.id.in_(self.ids)
        if self.last is not None:
            found &= journal.c.id <= self.last
        if self.source:
            found &= journal.c.source == self.source
        if self.parked:
            waiting = select(parked.c.journal_id).where(parked.c.settled_at.is_(None))
            found &= (journal.c.state == PARKED) | journal.c.id.in_(waiting)
        return found


def chosen(db: Connection, choice: Choice, after: int, most: int) -> Sequence[Row[Any]]:
    """Return the first rows of a choice behind the row `after`, in journal order."""
    return db.execute(select(journal).where(choice.condition(after)).order_by(journal.c.id).limit(most)).all()


def count_chosen(db: Connection, choice: Choice, after: int = 0) -> int:
    """Return how many rows of a choice are behind the row `after`."""
    return int(db.execute(select(func.count()).select_from(journal).where(choice.condition(after))).scalar_one())


def park(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep items that could not become events: visible, and replayable."""
    if rows:
        db.execute(insert(parked), [{"parked_at": time(), "settled_at": None, **row} for row in rows])


def settle_parked(db: Connection, ids: Sequence[int]) -> None:
    """Take items from the list: a replay has read them."""
    if ids:
        db.execute(update(parked).where(parked.c.id.in_(ids)).values(settled_at=time()))


def parked_of(db: Connection, journal_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return the items of these journal rows that wait."""
    return db.execute(select(parked).where(parked.c.journal_id.in_(journal_ids), parked.c.settled_at.is_(None))).all()


def still_parked(db: Connection, most: int = 100) -> Sequence[Row[Any]]:
    """Return items that wait for a human or for a newer connector, the newest first."""
    return db.execute(
        select(parked).where(parked.c.settled_at.is_(None)).order_by(parked.c.id.desc()).limit(most)
    ).all()


def unreadable(db: Connection, most: int = 100) -> Sequence[Any]:
    """Return rows that could not even be taken apart, the newest first, without their bodies."""
    columns = (journal.c.id, journal.c.source, journal.c.kind, journal.c.received_at, journal.c.problem)
    return db.execute(select(*columns).where(journal.c.state == PARKED).order_by(journal.c.id.desc()).limit(most)).all()
