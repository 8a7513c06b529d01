"""What people did that opens a messaging window, besides writing, which stands with the conversation itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Row, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Time, Words, metadata

openings = Table(
    "openings",
    metadata,
    Column("conversation_id", Id, primary_key=True, autoincrement=False),
    Column("opener", Words, primary_key=True),
    Column("at", Time, nullable=False),
    Column("message", Words, nullable=False),
    Column("used", Boolean, nullable=False),
)
"""`at`: when, by the platform's clock. `message`: what the platform calls it. `used`: its one answer is out."""


def opened(db: Connection, rows: Iterable[tuple[int, str, float, str]]) -> None:
    """Remember what people did last: (conversation, opener, Unix seconds, id of the message); never back."""
    params = [
        {"conversation_id": conversation, "opener": opener, "at": at, "message": message, "used": False}
        for conversation, opener, at, message in rows
    ]
    if not params:
        return
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    new = dialect.insert(openings)
    later = {name: new.excluded[name] for name in ("at", "message", "used")}
    key = [openings.c.conversation_id, openings.c.opener]
    db.execute(new.on_conflict_do_update(index_elements=key, set_=later, where=openings.c.at < new.excluded.at), params)


_OF = select(openings).where(one_of(openings.c.conversation_id, "ids"))


def of_conversations(db: Connection, ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Return what opened windows of conversations."""
    found: dict[int, list[Row[Any]]] = {}
    wanted = list(ids)
    for row in db.execute(_OF, {"ids": wanted}) if wanted else ():
        found.setdefault(row.conversation_id, []).append(row)
    return found


_USE = (
    update(openings)
    .where(openings.c.conversation_id == bindparam("conversation"), openings.c.message == bindparam("answered"))
    .values(used=True)
)


def use(db: Connection, rows: Sequence[tuple[int, str]]) -> None:
    """Remember that the one answer to a message is out: (conversation, id of the message)."""
    if rows:
        db.execute(_USE, [{"conversation": conversation, "answered": message} for conversation, message in rows])
