"""Messages: written, edited, deleted, and those by which the service tells of a change."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from connectors_core.model import (
    ConversationRef,
    Echo,
    Event,
    Identity,
    Link,
    LinkStatus,
    Message,
    MessageRef,
    Notice,
    Origin,
    Revision,
    RevisionAction,
    wire,
)
from connectors_core.model.wire import Json
from connectors_telegram.inbound.content import parts
from connectors_telegram.inbound.fields import ABOUT, READ, SERVICE
from connectors_telegram.inbound.people import Person, number_of
from connectors_telegram.inbound.update import Update
from connectors_telegram.places import Place

MIGRATED = "telegram_chat"
"""The scheme of the id that a group had."""


def written(update: Update) -> Sequence[Event]:
    """Read a new message."""
    message = update.data
    place = Place.of(message)
    if (moved := _migrated(update, place)) is not None:
        return [moved]
    service = next((name for name in message if name in SERVICE), "")
    if service:
        return [_service(update, place, service)]
    return [_message(update, place)]


def edited(update: Update) -> Sequence[Event]:
    """Read a message as it is now. It says neither what was changed nor how often."""
    place = Place.of(update.data)
    now = _message(update, place)
    edit = Revision(message=now.ref, action=RevisionAction.EDIT)
    at = wire.seconds(update.data, "edit_date") if "edit_date" in update.data else now.at
    return [attrs.evolve(now, id=update.id, at=at, parts=(edit, *now.parts))]


def deleted(update: Update) -> Sequence[Event]:
    """Read which messages are gone from a chat of a business account (Bot API 10.3, BusinessMessagesDeleted)."""
    # as in {"business_connection_id": "c", "chat": {"id": 5, "type": "private"}, "message_ids": [7, 8]}
    place = Place.of(update.data)
    person = Person.of(wire.needed(update.data, "chat"))
    numbers = update.data.get("message_ids")
    return [
        Message(
            **update.base(update.item.received_at, place, person),
            id=f"{update.id}:{number}",
            parts=(Revision(message=update.ref(place, number), action=RevisionAction.DELETE),),
            origin=Origin.CONTACT,
        )
        for number in (numbers if isinstance(numbers, list) else [])
        if isinstance(number, int) and not isinstance(number, bool)
    ]


def author(message: Json, place: Place) -> tuple[Person, Echo | None]:
    """Return whose conversation a message belongs to, and an echo when the business wrote it itself."""
    sender = wire.obj(message, "sender_chat") or wire.needed(message, "from")
    person = Person.of(sender)
    if not place.business or person.id == place.chat:
        return person, None
    # The owner of the account wrote, in an app of Telegram or by the bot: the person is the other side of the chat.
    bot = wire.whole(wire.obj(message, "sender_business_bot"), "id")
    return Person.of(wire.needed(message, "chat")), Echo(app_id=str(bot) if bot is not None else "")


def _message(update: Update, place: Place) -> Message:
    message = update.data
    person, echo = author(message, place)
    content, read = parts(message)
    contact = wire.obj(message, "contact")
    if contact and echo is None and contact.get("user_id") == person.id:
        person = attrs.evolve(person, phone=number_of(contact))
    return Message(
        **update.base(wire.seconds(message, "date"), place, person),
        id=update.ref(place, wire.needed_whole(message, "message_id")).id,
        parts=content,
        origin=Origin.CONTACT if echo is None else Origin.NATIVE_APP,
        reply_to=_reply_to(update, place),
        echo=echo,
        extra=_extra(message, read),
    )


def _reply_to(update: Update, place: Place) -> MessageRef | None:
    """Return the message that is answered. In a topic everything answers its first message, which says nothing."""
    answered = wire.obj(update.data, "reply_to_message")
    if not answered or "forum_topic_created" in answered:
        return None
    return update.ref(place, wire.needed_whole(answered, "message_id"))


def _extra(message: Json, read: frozenset[str]) -> dict[str, object]:
    """Return what became nothing of its own: formatting, an album, a forward, whatever comes later."""
    extra = {name: value for name, value in message.items() if name not in READ | read}
    chat = wire.needed(message, "chat")
    if chat.get("type") == "private":
        del extra["chat"]
    return extra


def _service(update: Update, place: Place, kind: str) -> Notice:
    return Notice(
        **update.base(wire.seconds(update.data, "date"), place, None),
        id=update.id,
        topic=f"chat.{kind}",
        extra={name: value for name, value in update.data.items() if name not in ABOUT or name in ("from", "chat")},
    )


def _migrated(update: Update, place: Place) -> Link | None:
    """Return the change of a group's id. The old group and the new one tell of it, and it is the same event."""
    old, new = place.chat, wire.whole(update.data, "migrate_to_chat_id")
    if new is None:
        before = wire.whole(update.data, "migrate_from_chat_id")
        if before is None:
            return None
        old, new = before, place.chat
    item = update.item
    return Link(
        endpoint=item.endpoint,
        account=item.account,
        id=update.id,
        at=wire.seconds(update.data, "date"),
        conversation=ConversationRef(endpoint=item.endpoint, account=item.account, id=str(new), aliases=(str(old),)),
        status=LinkStatus.CHANGED,
        previous=Identity(scheme=MIGRATED, value=str(old), verified=True),
        repeat=f"migrated:{old}:{new}",
    )
