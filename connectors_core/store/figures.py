"""Cases: from a person's first word to the end of the matter, with each answer and what the person thinks of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Index, Row, Table, bindparam, insert, select, update

from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Time, Words, metadata

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("conversation_id", Id, nullable=False, index=True),
    Column("channel", Words, nullable=False),
    Column("opened_at", Time, nullable=False, index=True),
    Column("asked_at", Time),
    Column("first_at", Time),
    Column("human_at", Time),
    Column("responder", Words, nullable=False),
    Column("agent", Words, nullable=False),
    Column("last_at", Time, nullable=False),
    Column("ended_at", Time),
    Column("resolved", Boolean, nullable=False),
)
"""`asked_at`: since when the person waits, None when nobody does. `first_at` and `human_at`: the first answer, and the
first of a human. `responder` and `agent`: who answered last. `last_at`: the last question or answer. `ended_at`: None
while it is open. `resolved`: somebody said that it is settled; others end by silence."""
_OPEN = cases.c.ended_at.is_(None)
Index("ix_cases_open", cases.c.conversation_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)

answers = Table(
    "answers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", Id, nullable=False),
    Column("channel", Words, nullable=False),
    Column("responder", Words, nullable=False),
    Column("agent", Words, nullable=False),
    Column("origin", Words, nullable=False),
    Column("asked_at", Time, nullable=False, index=True),
    Column("answered_at", Time, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", Id, nullable=False, index=True),
    Column("channel", Words, nullable=False),
    Column("responder", Words, nullable=False),
    Column("agent", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("score", Time, nullable=False),
    Column("at", Time, nullable=False, index=True),
)

_OF = select(cases).where(one_of(cases.c.conversation_id, "ids"), _OPEN)


def open_cases(db: Connection, conversations: Iterable[int]) -> dict[int, Row[Any]]:
    """Return the open case of each conversation that has one, and hold it."""
    wanted = sorted(set(conversations))
    found = _OF.order_by(cases.c.conversation_id).with_for_update()
    return {row.conversation_id: row for row in db.execute(found, {"ids": wanted})} if wanted else {}


def last_case(db: Connection, conversation: int) -> Row[Any] | None:
    """Return the youngest case of a conversation."""
    found = select(cases).where(cases.c.conversation_id == conversation)
    return db.execute(found.order_by(cases.c.id.desc()).limit(1)).first()


def last_rating(db: Connection, case: int) -> Row[Any] | None:
    """Return what the person thought of a case last."""
    found = select(ratings).where(ratings.c.case_id == case)
    return db.execute(found.order_by(ratings.c.id.desc()).limit(1)).first()


def open_new(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Open cases."""
    if rows:
        db.execute(insert(cases), list(rows))


_CHANGE = update(cases).where(cases.c.id == bindparam("case"))
_CHANGED = ("asked_at", "first_at", "human_at", "responder", "agent", "last_at", "ended_at", "resolved")


def change(db: Connection, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Store what cases became: all that can change of each."""
    params = [{"case": id_, **{f"new_{name}": values[name] for name in _CHANGED}} for id_, values in rows]
    if params:
        db.execute(_CHANGE.values({name: bindparam(f"new_{name}") for name in _CHANGED}), params)


def add_answers(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write answers."""
    if rows:
        db.execute(insert(answers), list(rows))


def add_ratings(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what people think."""
    if rows:
        db.execute(insert(ratings), list(rows))


def opened_between(db: Connection, since: float, until: float) -> Sequence[Row[Any]]:
    """Return the cases that began in a period."""
    return db.execute(select(cases).where(cases.c.opened_at >= since, cases.c.opened_at < until)).all()


def asked_between(db: Connection, since: float, until: float) -> Sequence[Row[Any]]:
    """Return the answers to what was asked in a period."""
    return db.execute(select(answers).where(answers.c.asked_at >= since, answers.c.asked_at < until)).all()


def rated_between(db: Connection, since: float, until: float) -> Sequence[Row[Any]]:
    """Return what people thought in a period."""
    return db.execute(select(ratings).where(ratings.c.at >= since, ratings.c.at < until)).all()
