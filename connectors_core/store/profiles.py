"""People whose name has to be asked of their platform, and the picture that came with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, Table, bindparam, func, select, update

from connectors_core.store.inserting import keep
from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Small, Time, Words, metadata

profiles = Table(
    "profiles",
    metadata,
    Column("contact_id", Id, primary_key=True, autoincrement=False),
    Column("endpoint", Words, primary_key=True),
    Column("account", Words, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("picture", Words, nullable=False),
    Column("attempts", Small, nullable=False),
    Column("due", Time),
    Column("holder", Id),
    Column("asked_at", Time),
    Column("reason", Words, nullable=False),
    Column("event_id", Id),
)
"""`picture`: the gateway's own id of the kept picture. `due`: when to ask, None when that is done. `holder`: who asks
now. `reason`: why the platform did not say it. `event_id`: the message that brought the person, which may wait for the
answer."""
_DUE = profiles.c.due.is_not(None)
Index("ix_profiles_due", profiles.c.due, sqlite_where=_DUE, postgresql_where=_DUE)


def want(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """See to it that people will be asked about: rows of contact_id, endpoint, account, external_id, due, event_id."""
    empty = {"picture": "", "attempts": 0, "holder": None, "asked_at": None, "reason": ""}
    if rows:
        db.execute(keep(db, profiles), [{**empty, **row} for row in rows])


_NEXT = (
    select(profiles.c.contact_id, profiles.c.endpoint)
    .where(_DUE, profiles.c.due <= bindparam("now"), profiles.c.holder.is_(None))
    .order_by(profiles.c.due)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_THIS = (profiles.c.contact_id == bindparam("contact"), profiles.c.endpoint == bindparam("at"))
_TAKE = (
    update(profiles)
    .where(*_THIS)
    .values(holder=bindparam("worker"), attempts=profiles.c.attempts + 1)
    .returning(*profiles.c)
)
_NEXT_DUE = select(func.min(profiles.c.due)).where(_DUE, profiles.c.holder.is_(None))


def claim(db: Connection, worker: int, now: float, most: int) -> list[Row[Any]]:
    """Take up to `most` people that are to be asked about now."""
    keys = db.execute(_NEXT, {"now": now, "most": most}).all()
    return [db.execute(_TAKE, {"contact": key.contact_id, "at": key.endpoint, "worker": worker}).one() for key in keys]


def next_due(db: Connection) -> float | None:
    """Return when the next person is to be asked about."""
    return db.execute(_NEXT_DUE).scalar()


def settle(db: Connection, contact: int, endpoint: str, values: Mapping[str, Any]) -> None:
    """Store how asking ended, and let the person go."""
    this = (profiles.c.contact_id == contact, profiles.c.endpoint == endpoint)
    db.execute(update(profiles).where(*this).values(holder=None, **values))


def free(db: Connection, worker: int) -> None:
    """Let others ask where a worker that is gone was asking."""
    db.execute(update(profiles).where(profiles.c.holder == worker).values(holder=None))


_OF = select(profiles).where(one_of(profiles.c.contact_id, "ids"))


def of_contacts(db: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return what is known of people's profiles."""
    return db.execute(_OF, {"ids": ids}).all() if ids else ()
