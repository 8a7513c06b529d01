"""What agents do: write, note, react, assign, label, put away; kept before the gateway hears of it."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, insert, select, update

from connectors.inbox.store import arrivals
from connectors.inbox.store.arrivals import QUEUED, Arrival
from connectors.inbox.store.people import add_identity, make_contact, make_conversation
from connectors.inbox.store.schema import conversation_labels, conversations, labels, messages, outbox, users
from connectors_core.model import Identity, ReceiptKind, codec
from connectors_core.model.results import Outgoing

STATES = ("open", "pending", "snoozed", "resolved")


def conversation(db: Connection, id_: int) -> Row[Any] | None:
    """Return a conversation row, None when there is none."""
    return db.execute(select(conversations).where(conversations.c.id == id_)).first()


def message(db: Connection, name: str) -> Row[Any] | None:
    """Return a message row, None when there is none."""
    return db.execute(select(messages).where(messages.c.name == name)).first()


def last_of_person(db: Connection, conversation_id: int) -> Row[Any] | None:
    """Return the last message that the person wrote, None when there is none."""
    found = select(messages).where(messages.c.conversation_id == conversation_id, messages.c.direction == "in")
    return db.execute(found.order_by(messages.c.id.desc()).limit(1)).first()


def write(db: Connection, conversation_id: int, arrival: Arrival, event: Outgoing) -> int:
    """Keep what an agent wrote, and that the gateway has to hear of it; the event's id is the name here."""
    id_ = arrivals.add(db, conversation_id, arrival, event.id, QUEUED)
    queue(db, conversation_id, event, id_)
    arrivals.touch(db, conversation_id, unread=0)
    return id_


def queue(db: Connection, conversation_id: int, event: Outgoing, message_id: int | None = None) -> None:
    """Keep an event until the gateway has it."""
    row = {"conversation_id": conversation_id, "message_id": message_id, "document": codec.dumps(event)}
    db.execute(insert(outbox).values(row))


def note(db: Connection, conversation_id: int, arrival: Arrival) -> None:
    """Keep a note among the messages, for colleagues alone."""
    arrivals.add(db, conversation_id, arrival, uuid4().hex)


def waiting(db: Connection, after: int, most: int = 50) -> list[Row[Any]]:
    """Return what the gateway has not taken yet, in order."""
    return list(db.execute(select(outbox).where(outbox.c.id > after).order_by(outbox.c.id).limit(most)))


def taken(db: Connection, row: Row[Any], problem: str = "") -> None:
    """Forget an event that the gateway has taken, or that it refused for good (`problem`)."""
    if db.execute(delete(outbox).where(outbox.c.id == row.id)).rowcount != 1 or row.message_id is None:
        return
    name = db.execute(select(messages.c.name).where(messages.c.id == row.message_id)).scalar_one()
    arrivals.advance(db, name, ReceiptKind.FAILED if problem else ReceiptKind.ACCEPTED, text=problem)


def seen(db: Connection, conversation_id: int, make_receipt: Callable[[Row[Any]], Outgoing] | None = None) -> None:
    """Mark a conversation as read; `make_receipt` makes what tells the person, of their last message."""
    row = conversation(db, conversation_id)
    if row is None or row.unread == 0:
        return
    last = last_of_person(db, conversation_id)
    if last is not None and make_receipt is not None:
        queue(db, conversation_id, make_receipt(last))
    arrivals.touch(db, conversation_id, unread=0)


def set_state(db: Connection, conversation_id: int, state: str, until: float | None = None) -> None:
    """Put a conversation away or take it back; `until`: Unix seconds, for one that is snoozed."""
    arrivals.touch(db, conversation_id, state=state, snoozed_until=until if state == "snoozed" else None)


def wake_snoozed(db: Connection) -> int:
    """Take back what was put away until now; return how many that were."""
    due = select(conversations.c.id).where(conversations.c.snoozed_until <= time())
    ids = list(db.execute(due).scalars())
    for one in ids:
        set_state(db, one, "open")
    return len(ids)


def assign(db: Connection, conversation_id: int, user: int | None) -> bool:
    """Give a conversation to an agent, or to nobody; False for somebody who cannot have it."""
    if user is not None and db.execute(select(users.c.id).where(users.c.id == user, users.c.active)).first() is None:
        return False
    arrivals.touch(db, conversation_id, assignee_id=user)
    return True


def set_label(db: Connection, conversation_id: int, label: int, *, on: bool) -> None:
    """Put a label on a conversation, or take it off."""
    here = (conversation_labels.c.conversation_id == conversation_id, conversation_labels.c.label_id == label)
    db.execute(delete(conversation_labels).where(*here))
    if on and db.execute(select(labels.c.id).where(labels.c.id == label)).first() is not None:
        db.execute(insert(conversation_labels).values(conversation_id=conversation_id, label_id=label))
    arrivals.touch(db, conversation_id)


def open_conversation(db: Connection, *, channel: str, account: str, to: Identity, name: str) -> int:
    """Return the conversation with somebody who may not have written yet; make it where there is none."""
    known = db.execute(
        select(conversations.c.id).where(
            conversations.c.channel == channel,
            conversations.c.account == account,
            conversations.c.external_id.in_((to.value, to.value.removeprefix("+"))),
        )
    ).scalar()
    if known is not None:
        return int(known)
    contact = make_contact(db, name)
    add_identity(db, contact, to)
    return make_conversation(db, contact, channel, account, to.value, linked=False)


def forget_assignee(db: Connection, user: int) -> None:
    """Give nobody what belonged to an agent who left."""
    db.execute(update(conversations).where(conversations.c.assignee_id == user).values(assignee_id=None))
