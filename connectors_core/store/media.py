"""Files of messages: what has to be fetched, what is kept, and what could not be had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, Table, bindparam, func, insert, select, update

from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Small, Time, Words, metadata

WANTED, KEPT, FAILED = "wanted", "kept", "failed"

media = Table(
    "media",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False, unique=True),
    Column("endpoint", Words, nullable=False),
    Column("event_id", Id, index=True),
    Column("state", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("source_id", Words, nullable=False),
    Column("source_url", Words, nullable=False),
    Column("mime", Words, nullable=False),
    Column("size", Id),
    Column("sha256", Words, nullable=False),
    Column("filename", Words, nullable=False),
    Column("attempts", Small, nullable=False),
    Column("due", Time),
    Column("holder", Id),
    Column("reason", Words, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("kept_at", Time),
)
"""`name`: the gateway's own id of the file, which nobody can guess. `source_id` and `source_url`: what it is called
where it came from. `due`: when it may be fetched, None when there is nothing to fetch. `holder`: who fetches it now."""
_DUE = media.c.due.is_not(None)
Index("ix_media_due", media.c.due, sqlite_where=_DUE, postgresql_where=_DUE)


def add(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write files that are wanted, or kept already."""
    empty = {"event_id": None, "source_id": "", "source_url": "", "attempts": 0, "due": None, "holder": None}
    empty |= {"mime": "", "size": None, "sha256": "", "filename": "", "reason": "", "kept_at": None}
    if rows:
        db.execute(insert(media), [{**empty, **row} for row in rows])


_NEXT = (
    select(media.c.id)
    .where(_DUE, media.c.due <= bindparam("now"), media.c.holder.is_(None))
    .order_by(media.c.due)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(media)
    .where(one_of(media.c.id, "ids"))
    .values(holder=bindparam("worker"), attempts=media.c.attempts + 1)
    .returning(*media.c)
)
_NEXT_DUE = select(func.min(media.c.due)).where(_DUE, media.c.holder.is_(None))


def claim(db: Connection, worker: int, now: float, most: int) -> Sequence[Row[Any]]:
    """Take up to `most` files that are to be fetched now."""
    ids = db.execute(_NEXT, {"now": now, "most": most}).scalars().all()
    return db.execute(_TAKE, {"ids": ids, "worker": worker}).all() if ids else []


def next_due(db: Connection) -> float | None:
    """Return when the next file may be fetched."""
    return db.execute(_NEXT_DUE).scalar()


def settle(db: Connection, file: int, values: Mapping[str, Any]) -> None:
    """Store how the fetching of a file ended, and let it go."""
    db.execute(update(media).where(media.c.id == file).values(holder=None, **values))


def free(db: Connection, worker: int) -> None:
    """Let others fetch what a worker that is gone was fetching."""
    db.execute(update(media).where(_DUE, media.c.holder == worker).values(holder=None))


def of_event(db: Connection, event_id: int) -> Sequence[Row[Any]]:
    """Return the files of a message."""
    return db.execute(select(media).where(media.c.event_id == event_id).order_by(media.c.id)).all()


def is_wanted(db: Connection, event_id: int | None) -> bool:
    """Whether a file of a message is still to be fetched."""
    own = select(media.c.id).where(media.c.event_id == event_id, media.c.state == WANTED).limit(1)
    return db.execute(own).first() is not None


def find(db: Connection, name: str) -> Row[Any] | None:
    """Return a file by the gateway's own id."""
    return db.execute(select(media).where(media.c.name == name)).one_or_none()


_STATES = select(media.c.name).where(one_of(media.c.name, "names"))


def known(db: Connection, names: Iterable[str]) -> set[str]:
    """Return those ids that are the gateway's own."""
    wanted = list(names)
    return set(db.execute(_STATES, {"names": wanted}).scalars()) if wanted else set()
