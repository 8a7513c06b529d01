"""What the gateway brings: messages, reactions, edits, signs of life, and what became of the agents' messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from time import time
from typing import Any
from uuid import uuid4

import attrs
from sqlalchemy import Connection, Row, case, insert, select, update

from connectors.inbox.store.people import Place, clean, find_or_make
from connectors.inbox.store.schema import applied, conversations, messages
from connectors_core.model import ReceiptKind
from connectors_core.model.receipts import forward

QUEUED = "queued"
"""The status of what an agent wrote and the gateway has not taken yet."""


@attrs.frozen(kw_only=True)
class Arrival:
    """A message as this store keeps it. `target`: the message that a reaction or an edit is about."""

    key: str
    at: float
    direction: str
    origin: str
    author: str
    parts: list[dict[str, Any]]
    kind: str = ""
    line: str = ""
    reply_to: str = ""
    target: str = ""
    emoji: str | None = None
    change: str = ""
    """react, edit or delete; "" for a new message."""
    number: int | None = None
    """Of an edit, where the channel counts them."""
    typing: bool = False
    standby: bool = False
    """Somebody else answers it."""


@attrs.frozen(kw_only=True)
class Stored:
    """What something is called here; `name` is "" for what is not kept."""

    contact: int
    conversation: int
    name: str


def store(db: Connection, place: Place, arrival: Arrival) -> Stored:
    """Keep what arrived; the same key twice changes nothing the second time."""
    row = find_or_make(db, place)
    if arrival.typing:
        touch(db, row.id, typing_at=time())
        return Stored(contact=row.contact_id, conversation=row.id, name="")
    known = _seen(db, arrival.key)
    if known is not None:
        return Stored(contact=row.contact_id, conversation=row.id, name=known)
    name = uuid4().hex
    if arrival.change:
        db.execute(insert(applied).values(key=arrival.key, conversation_id=row.id, name=name))
        _change(db, arrival)
    else:
        add(db, row.id, arrival, name)
    return Stored(contact=row.contact_id, conversation=row.id, name=name)


def _seen(db: Connection, key: str) -> str | None:
    found = db.execute(select(messages.c.name).where(messages.c.key == key)).scalar()
    return found or db.execute(select(applied.c.name).where(applied.c.key == key)).scalar()


def add(db: Connection, conversation: int, arrival: Arrival, name: str, status: str | None = None) -> int:
    """Write a message into a conversation and return its id."""
    reply = None
    if arrival.reply_to:
        reply = db.execute(select(messages.c.id).where(messages.c.name == arrival.reply_to)).scalar()
    values = {
        "conversation_id": conversation,
        "name": name,
        "key": arrival.key or None,
        "at": arrival.at,
        "direction": arrival.direction,
        "origin": arrival.origin,
        "author": clean(arrival.author),
        "parts": json.dumps(arrival.parts),
        "reply_to_id": reply,
        "status": status,
        "failure_code": "",
        "failure_text": "",
        "reactions": "{}",
        "revisions": "[]",
        "deleted": False,
        "version": 1,
    }
    id_ = int(db.execute(insert(messages).values(values).returning(messages.c.id)).scalar_one())
    _now_last(db, conversation, arrival)
    return id_


def _now_last(db: Connection, conversation: int, arrival: Arrival) -> None:
    changes: dict[str, Any] = {}
    if arrival.direction in ("in", "out"):
        changes = {
            "last_at": time(),
            "last_kind": arrival.kind,
            "last_line": clean(arrival.line)[:200],
            "last_direction": arrival.direction,
            "typing_at": None,
        }
    if arrival.direction == "in":
        changes["last_in_at"] = arrival.at
    if arrival.direction == "in" and arrival.standby:
        # Somebody else answers: it stands with what waits for others, and nobody is called.
        put_away = conversations.c.state.in_(("open", "resolved")) & (conversations.c.unread == 0)
        changes["state"] = case((put_away, "pending"), else_=conversations.c.state)
    elif arrival.direction == "in":
        # What a person writes brings the conversation back, wherever it was put away.
        changes |= {"unread": conversations.c.unread + 1, "state": "open", "snoozed_until": None}
    touch(db, conversation, **changes)


def touch(db: Connection, conversation: int, **changes: Any) -> None:
    """Change a conversation, and let every page that shows it know."""
    values = {"version": conversations.c.version + 1, "touched_at": time(), **changes}
    db.execute(update(conversations).where(conversations.c.id == conversation).values(values))


def _change(db: Connection, arrival: Arrival) -> None:
    """React to, edit or delete the message that is named; one that is not here is nobody's to change."""
    row = db.execute(select(messages).where(messages.c.name == arrival.target).with_for_update()).first()
    if row is None:
        return
    if arrival.change == "react":
        react(db, row, arrival.author or arrival.origin, arrival.emoji)
        return
    before = json.loads(row.revisions)
    if arrival.number is not None and any((one.get("number") or 0) > arrival.number for one in before):
        return  # a later edit has overtaken it
    revisions = [*before, {"parts": json.loads(row.parts), "at": arrival.at, "number": arrival.number}]
    changes: Mapping[str, Any] = {"revisions": json.dumps(revisions), "deleted": arrival.change == "delete"}
    if arrival.change == "edit" and arrival.parts:
        changes = {**changes, "parts": json.dumps(arrival.parts)}
    change_message(db, row, **changes)
    newest = select(messages.c.id).where(
        messages.c.conversation_id == row.conversation_id, messages.c.direction.in_(("in", "out"))
    )
    if db.execute(newest.order_by(messages.c.id.desc()).limit(1)).scalar() == row.id:
        kind, line = ("deleted", "") if arrival.change == "delete" else (arrival.kind, clean(arrival.line)[:200])
        touch(db, row.conversation_id, last_kind=kind, last_line=line)


def react(db: Connection, row: Row[Any], who: str, emoji: str | None) -> None:
    """Set what `who` thinks of a message; None takes it back."""
    reactions = {one: sign for one, sign in json.loads(row.reactions).items() if one != who}
    if emoji:
        reactions[who] = emoji
    change_message(db, row, reactions=json.dumps(reactions))


def change_message(db: Connection, row: Row[Any], **changes: Any) -> None:
    """Change a message, and let every page that shows it know."""
    db.execute(update(messages).where(messages.c.id == row.id).values(version=messages.c.version + 1, **changes))
    touch(db, row.conversation_id)


def advance(db: Connection, name: str, kind: ReceiptKind, *, code: str = "", text: str = "") -> bool:
    """Move the status of an agent's message, only ever forward; False when there is no such message."""
    row = db.execute(select(messages).where(messages.c.name == name).with_for_update()).first()
    if row is None:
        return False
    old = ReceiptKind(row.status) if row.status in set(ReceiptKind) else None
    new = forward(old, kind)
    if new is None or new is old:
        return True
    failed = new is ReceiptKind.FAILED
    change_message(
        db,
        row,
        status=str(new),
        failure_code=clean(code)[:100] if failed else "",
        failure_text=clean(text)[:1000] if failed else "",
    )
    return True


def reaction_of(row: Row[Any], who: str) -> str | None:
    """Return what `who` thinks of a message, None for nothing."""
    found: str | None = json.loads(row.reactions).get(who)
    return found
