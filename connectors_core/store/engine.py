"""The gateway's own store: a database with the numbers and facts that all programs on it share."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from time import time

from sqlalchemy import Column, Connection, Sequence, Table, insert, select, text

from connectors_core.store.database import Database, StoreUnavailable
from connectors_core.store.schema import Id, Words, metadata

PROGRAM = 1
"""The version of the tables that this program writes. A store whose `min_program` is above it is refused."""

store_info = Table(
    "store_info", metadata, Column("key", Words, primary_key=True), Column("value", Words, nullable=False)
)
Sequence("connectors_ids", metadata=metadata, cache=1)
counters = Table("counters", metadata, Column("name", Words, primary_key=True), Column("value", Id, nullable=False))


class Store(Database):
    """The store of a gateway."""

    def __init__(self, url: str, *, pool: int = 5) -> None:
        """Prepare for `url` without connecting; `pool` connections are kept."""
        super().__init__(url, pool=pool)
        self._installation: str | None = None

    def ids(self, db: Connection, count: int) -> Iterator[int]:
        """Take `count` numbers that grow with every call, in the order of commits of one lane's writers."""
        if count <= 0:
            return iter(())
        if self.is_sqlite:
            last = db.execute(_NEXT_IDS, {"count": count}).scalar_one()
            return iter(range(last - count + 1, last + 1))
        return iter(db.execute(_NEXT_VALUES, {"count": count}).scalars().all())

    @property
    def installation(self) -> str:
        """Eight characters that are this store's own, so that keys of two installations never meet."""
        if self._installation is None:
            with self.read() as db:
                self._installation = str(db.execute(_INFO, {"key": "installation"}).scalar_one())
        return self._installation


_NEXT_IDS = text("UPDATE counters SET value = value + :count WHERE name = 'ids' RETURNING value")
_NEXT_VALUES = text("SELECT nextval('connectors_ids') FROM generate_series(1, :count)")
_TOUCH = text(
    "INSERT INTO store_info (key, value) VALUES ('written_at', :now) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
_INFO = text("SELECT value FROM store_info WHERE key = :key")


def prepare(db: Connection) -> None:
    """Write what a new store needs before its first use."""
    if db.execute(select(store_info)).first() is not None:
        return
    # Base 32 without letters that are mistaken for digits.
    name = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8))
    db.execute(
        insert(store_info), [{"key": "installation", "value": name}, {"key": "min_program", "value": str(PROGRAM)}]
    )
    if db.dialect.name == "sqlite":
        db.execute(insert(counters), {"name": "ids", "value": 0})


def touch(db: Connection) -> None:
    """Write something that matters to nobody: it fails where the store cannot be written.

    It has to be new each time: SQLite writes nothing for a value that is there already.
    """
    db.execute(_TOUCH, {"now": str(time())})


def refuse_newer(db: Connection) -> None:
    """Raise StoreUnavailable when this program is too old for the store."""
    needed = int(db.execute(_INFO, {"key": "min_program"}).scalar() or 0)
    if needed > PROGRAM:
        raise StoreUnavailable(
            f"the store needs a program of version {needed}, this is {PROGRAM}: install a newer release"
        )
