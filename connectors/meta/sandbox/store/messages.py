"""Messages of the chats, in the order in which they were written."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Connection, Select, func, insert, select, update

from connectors.meta.sandbox.store.tables import messages

PAGE = 200
"""How many messages a chat shows."""


@attrs.frozen(kw_only=True)
class Entry:
    """One message. `incoming`: the customer wrote it, to the business. `content` is what stands under its type.

    `status` of an outgoing message: sent, delivered, read, played or failed; of an incoming one: sent, then delivered
    when the webhook was taken, then read. `marks`: the reaction of the "customer" and of the "business". `chosen`: a
    button of it was tapped. `silent`: no status of it is ever told.
    """

    seq: int = 0
    id: str
    customer: str
    incoming: bool
    at: float
    type: str
    content: Any
    context: str = ""
    status: str = "sent"
    tracker: str = ""
    category: str = ""
    failure: Any = None
    marks: dict[str, str] = attrs.field(factory=dict)
    chosen: bool = False
    deleted: bool = False
    silent: bool = False


def add(db: Connection, entry: Entry) -> None:
    """Add a message at the end of its chat."""
    values = attrs.asdict(entry)
    del values["seq"]
    db.execute(insert(messages).values(**values))


def change(db: Connection, message_id: str, **values: Any) -> None:
    """Change a message."""
    db.execute(update(messages).where(messages.c.id == message_id).values(**values))


def get(db: Connection, message_id: str) -> Entry | None:
    """Return a message, None when there is none of this id."""
    return next(iter(_read(db, select(messages).where(messages.c.id == message_id))), None)


def chat(db: Connection, customer_id: str, most: int = PAGE) -> list[Entry]:
    """Return the last messages of a chat, the oldest of them first."""
    newest = select(messages).where(messages.c.customer == customer_id).order_by(messages.c.seq.desc()).limit(most)
    return _read(db, newest)[::-1]


def waiting(db: Connection, customer_id: str, statuses: tuple[str, ...], *, incoming: bool) -> list[Entry]:
    """Return the messages of one side that have one of these statuses."""
    statement = (
        select(messages)
        .where(messages.c.customer == customer_id, messages.c.incoming == incoming, messages.c.status.in_(statuses))
        .order_by(messages.c.seq)
    )
    return _read(db, statement)


def unread(db: Connection) -> dict[str, int]:
    """Return how many messages of the business each customer has not read."""
    statement = (
        select(messages.c.customer, func.count())
        .where(messages.c.incoming.is_(False), messages.c.status.in_(("sent", "delivered")))
        .group_by(messages.c.customer)
    )
    return {str(customer): int(count) for customer, count in db.execute(statement)}


def last(db: Connection) -> dict[str, Entry]:
    """Return the newest message of each chat."""
    newest = select(func.max(messages.c.seq)).group_by(messages.c.customer)
    return {entry.customer: entry for entry in _read(db, select(messages).where(messages.c.seq.in_(newest)))}


def _read(db: Connection, statement: Select[Any]) -> list[Entry]:
    return [Entry(**row) for row in db.execute(statement).mappings()]
