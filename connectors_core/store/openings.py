"""What people did that opens a messaging window, besides writing, which stands with the conversation itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, bindparam, select, update

from connectors_core.store.inserting import insert_into
from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Time, Words, metadata

openings = Table(
    "openings",
    metadata,
    Column("conversation_id", Id, primary_key=True, autoincrement=False),
    Column("opener", Words, primary_key=True),
    Column("message", Words, primary_key=True),
    Column("at", Time, nullable=False),
    Column("used_by", Id),
)
"""`at`: when, by the platform's clock. `message`: what the platform calls it, "" where only the last one counts.
`used_by`: the delivery of its one answer."""


def opened(db: Connection, rows: Iterable[tuple[int, str, float, str]]) -> None:
    """Remember what people did: (conversation, opener, Unix seconds, id of the message or ""); never back."""
    params = [
        {"conversation_id": conversation, "opener": opener, "at": at, "message": message, "used_by": None}
        for conversation, opener, at, message in rows
    ]
    if not params:
        return
    new = insert_into(db, openings)
    key = [openings.c.conversation_id, openings.c.opener, openings.c.message]
    later = {"at": new.excluded.at}
    db.execute(new.on_conflict_do_update(index_elements=key, set_=later, where=openings.c.at < new.excluded.at), params)


_OF = select(openings).where(one_of(openings.c.conversation_id, "ids")).order_by(openings.c.at.desc())


def of_conversations(db: Connection, ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Return what opened windows of conversations, the last first."""
    found: dict[int, list[Row[Any]]] = {}
    wanted = list(ids)
    for row in db.execute(_OF, {"ids": wanted}) if wanted else ():
        found.setdefault(row.conversation_id, []).append(row)
    return found


_USE = (
    update(openings)
    .where(
        openings.c.conversation_id == bindparam("conversation"),
        openings.c.message == bindparam("answered"),
        openings.c.used_by.is_(None),
    )
    .values(used_by=bindparam("delivery"))
)


def use(db: Connection, rows: Sequence[tuple[int, str, int]]) -> None:
    """Remember that the one answer to a message is out: (conversation, id of the message, delivery)."""
    names = ("conversation", "answered", "delivery")
    if rows:
        db.execute(_USE, [dict(zip(names, row, strict=True)) for row in rows])


_GIVE_BACK = update(openings).where(one_of(openings.c.used_by, "deliveries")).values(used_by=None)


def give_back(db: Connection, deliveries: Sequence[int]) -> None:
    """Forget answers that were thought to be out, and were not."""
    if deliveries:
        db.execute(_GIVE_BACK, {"deliveries": deliveries})
