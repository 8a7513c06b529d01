"""What happens around messages: taps on buttons, reactions, blocking, groups that the bot joins, business accounts."""

from __future__ import annotations

from collections.abc import Sequence

from connectors_core.model import (
    Activity,
    ActivityKind,
    Choice,
    Event,
    Message,
    Notice,
    Origin,
    Part,
    Reaction,
    Unsupported,
    wire,
)
from connectors_core.model.wire import Json
from connectors_telegram.inbound.people import Person
from connectors_telegram.inbound.update import Update
from connectors_telegram.places import Place

_GONE = frozenset(("left", "kicked"))


def tapped(update: Update) -> Sequence[Event]:
    """Read a tap on a button under a message (Bot API 10.3, CallbackQuery). It brings no time of its own."""
    # as in {"id": "43", "from": {...}, "message": {"message_id": 7, "chat": {...}, "reply_markup": {...}}, "data": "m"}
    query = update.data
    person = Person.of(wire.needed(query, "from"))
    message = wire.obj(query, "message")
    # A message that was sent by way of another chat has no chat that the bot may know.
    place = Place.of(message) if message else Place(chat=person.id)
    extra: dict[str, object] = {name: query[name] for name in ("inline_message_id", "chat_instance") if name in query}
    return [
        Message(
            **update.base(update.item.received_at, place, person),
            id=f"callback:{wire.text(query, 'id')}",
            parts=(_choice(query, message),),
            origin=Origin.CONTACT,
            reply_to=update.ref(place, wire.needed_whole(message, "message_id")) if message else None,
            extra=extra,
        )
    ]


def _choice(query: Json, message: Json) -> Part:
    data = wire.text(query, "data")
    if not data:
        return Unsupported(kind="callback_query", raw=query)
    rows = wire.obj(message, "reply_markup").get("inline_keyboard")
    buttons = [one for row in (rows if isinstance(rows, list) else ()) if isinstance(row, list) for one in row]
    chosen = next((one for one in buttons if isinstance(one, dict) and one.get("callback_data") == data), {})
    return Choice(title=wire.text(chosen, "text"), payload=data)


def reacted(update: Update) -> Sequence[Event]:
    """Read a change of somebody's reactions (Bot API 10.3, MessageReactionUpdated): the last one is what stands."""
    # as in {"chat": {...}, "message_id": 7, "user": {...}, "date": 1767225600, "old_reaction": [],
    #  "new_reaction": [{"type": "emoji", "emoji": "👍"}]}
    told = update.data
    place = Place.of(told)
    person = Person.of(wire.obj(told, "user") or wire.needed(told, "actor_chat"))
    target = update.ref(place, wire.needed_whole(told, "message_id"))
    old, new = wire.items(told, "old_reaction"), wire.items(told, "new_reaction")
    last = next((one for one in reversed(new) if one not in old), new[-1] if new else None)
    part: Part
    if last is None:
        part = Reaction(message=target, emoji=None)
    elif last.get("type") == "emoji":
        part = Reaction(message=target, emoji=wire.text(last, "emoji"))
    else:
        part = Unsupported(kind=f"reaction.{wire.text(last, 'type')}", raw=last)
    return [
        Message(
            **update.base(wire.seconds(told, "date"), place, person),
            id=update.id,
            parts=(part,),
            origin=Origin.CONTACT,
            extra={"new_reaction": new} if len(new) > 1 else {},
            repeat=update.id,
        )
    ]


def joined(update: Update) -> Sequence[Event]:
    """Read what became of the bot in a chat: with a person it is blocked or not, in a group there or not."""
    # as in {"chat": {...}, "from": {...}, "date": 1767225600, "old_chat_member": {...},
    #  "new_chat_member": {"user": {...}, "status": "kicked"}}
    told = update.data
    place, person = Place.of(told), Person.of(wire.needed(told, "from"))
    at = wire.seconds(told, "date")
    status = wire.text(wire.needed(told, "new_chat_member"), "status")
    chat = wire.needed(told, "chat")
    if chat.get("type") == "private":
        kind = ActivityKind.BLOCK if status in _GONE else ActivityKind.UNBLOCK
        return [
            Message(**update.base(at, place, person), id=update.id, parts=(Activity(kind=kind),), origin=Origin.CONTACT)
        ]
    gone = status in _GONE
    return [
        Notice(
            **update.base(at, place, None),
            id=update.id,
            topic="membership",
            text=f"the bot is {'no longer in the chat' if gone else f'in the chat as {status}'}",
            severity="warning" if gone else "info",
            extra={"chat": chat, "status": status},
        )
    ]


def connected(update: Update) -> Sequence[Event]:
    """Read that somebody connected the bot to their account, changed its rights or took it back."""
    # as in {"id": "c", "user": {...}, "user_chat_id": 5, "date": 1767225600, "is_enabled": true,
    #  "rights": {"can_reply": true}}
    told = update.data
    enabled = told.get("is_enabled") is True
    replies = wire.obj(told, "rights").get("can_reply") is True
    state = ("connected, and may answer" if replies else "connected, but may not answer") if enabled else "disconnected"
    return [
        Notice(
            endpoint=update.item.endpoint,
            account=update.item.account,
            id=update.id,
            at=wire.seconds(told, "date"),
            topic="business_connection",
            text=f"the bot is {state}",
            severity="info" if enabled and replies else "warning",
            extra={"business_connection": told},
        )
    ]
