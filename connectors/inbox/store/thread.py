"""The messages of one conversation, in pages from the newest back, and what is known of its person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from sqlalchemy import Connection, Row, select

from connectors.inbox.store.schema import contacts, identities, messages
from connectors_core.store.many import one_of

MOST = 50
"""Messages in one page of a thread."""


@attrs.frozen(kw_only=True)
class Thread:
    """One page, the oldest first. `quoted`: the messages that are answered; `before`: where older ones end, or None."""

    rows: list[Row[Any]]
    quoted: dict[int, Row[Any]]
    before: int | None


def page(db: Connection, conversation: int, before: int | None = None, most: int = MOST) -> Thread:
    """Return the newest messages of a conversation, or those before a message."""
    found = select(messages).where(messages.c.conversation_id == conversation)
    if before is not None:
        found = found.where(messages.c.id < before)
    rows = list(db.execute(found.order_by(messages.c.id.desc()).limit(most + 1)))
    more, rows = len(rows) > most, rows[:most][::-1]
    wanted = [row.reply_to_id for row in rows if row.reply_to_id is not None]
    quoted = list(db.execute(select(messages).where(one_of(messages.c.id, "ids")), {"ids": wanted})) if wanted else []
    return Thread(rows=rows, quoted={row.id: row for row in quoted}, before=rows[0].id if more else None)


def contact(db: Connection, id_: int) -> Row[Any] | None:
    """Return a contact row, None for one that there is not."""
    return db.execute(select(contacts).where(contacts.c.id == id_)).one_or_none()


def contacts_by_id(db: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Return contact rows."""
    found = select(contacts).where(one_of(contacts.c.id, "ids"))
    return {row.id: row for row in db.execute(found, {"ids": list(ids)})}


def identities_of(db: Connection, *people: int) -> list[Row[Any]]:
    """Return the addresses of contacts."""
    found = select(identities).where(one_of(identities.c.contact_id, "ids"))
    return list(db.execute(found.order_by(identities.c.scheme, identities.c.value), {"ids": people}))
