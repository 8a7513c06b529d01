"""A message as one call, and the answer to it as `Done`."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from connectors_core import Malformed, Measure, NoCounterpart, NotSupported, Uncertain
from connectors_core.model import (
    Activity,
    ActivityKind,
    Card,
    Choices,
    Contact,
    ConversationRef,
    Done,
    Location,
    Media,
    Message,
    Part,
    Reaction,
    Revision,
    RevisionAction,
    Scheme,
    Text,
    wire,
)
from connectors_core.model.wire import Json
from connectors_telegram.outbound.files import LONGEST_CAPTION, sendable
from connectors_telegram.outbound.keyboards import keyboard
from connectors_telegram.places import Place, message_of

LONGEST_TEXT = 4096
"""UTF-16 code units (Bot API 10.3, sendMessage)."""


@attrs.frozen(kw_only=True)
class Plan:
    """One call: the method and its parameters; with a `file`, the file itself decides on the method.

    `makes`: a message comes of it. `harmless`: calling twice is calling once.
    """

    place: Place
    fields: Json
    method: str = ""
    file: Media | None = None
    makes: bool = True
    harmless: bool = False

    def at(self, chat: int) -> Plan:
        """Return the same call for the id that a group has now."""
        return attrs.evolve(self, place=attrs.evolve(self.place, chat=chat), fields={**self.fields, "chat_id": chat})


def plan(message: Message, endpoint: str) -> Plan:
    """Return the call for a message; raise NotSupported for what no call can say."""
    first, *rest = message.parts
    if isinstance(first, Revision):
        return _revision(first, rest, endpoint)
    if rest:
        raise NotSupported(f"one part makes one message of Telegram, and this has {len(message.parts)}")
    if isinstance(first, Reaction):
        return _reaction(first, endpoint)
    place = place_of(message)
    if isinstance(first, Activity):
        return _activity(first, place)
    fields = {**place.fields(), **_answer(message, endpoint)}
    if isinstance(first, Media):
        return Plan(place=place, fields=fields | _caption(first.caption), file=sendable(first))
    if isinstance(first, Choices) and first.media is not None:
        fields |= _caption(_around(first)) | {"reply_markup": keyboard(first.options)}
        return Plan(place=place, fields=fields, file=sendable(first.media))
    for kind, content in _CONTENT.items():
        if isinstance(first, kind):
            method, more = content(first)
            return Plan(place=place, method=method, fields=fields | more)
    raise NotSupported(f"the part {type(first).__name__} is not sent to Telegram")


def place_of(message: Message) -> Place:
    """Return where a message goes; raise NoCounterpart for one to a person: a bot cannot write first."""
    if message.conversation is None:
        raise NoCounterpart("a bot of Telegram cannot write first: the person has to open a chat with it")
    return Place.parse(message.conversation.id)


def sent(result: object, plan: Plan, asked: Place, endpoint: str, account: str) -> Done:
    """Return the name that a message got; raise Uncertain when the answer gives none."""
    if not plan.makes:
        return Done()
    try:
        number = wire.needed_whole(result if isinstance(result, dict) else {}, "message_id")
    except Malformed:
        raise Uncertain(f"{endpoint} sent, and the Bot API answered without the id of the message") from None
    ref = plan.place.message(endpoint, account, number)
    if plan.place == asked:
        return Done(refs=(ref,))
    moved = ConversationRef(endpoint=endpoint, account=account, id=str(plan.place), aliases=(str(asked),))
    return Done(refs=(ref, moved))


def _answer(message: Message, endpoint: str) -> Json:
    """Return what says which message is answered; that it was deleted meanwhile keeps nobody from answering."""
    if message.reply_to is None or message.reply_to.id.startswith("callback:"):
        return {}
    _, number = message_of(message.reply_to, endpoint)
    return {"reply_parameters": {"message_id": number, "allow_sending_without_reply": True}}


def _fits(words: str, most: int) -> str:
    if Measure.UTF16.of(words) > most:
        raise NotSupported(f"the text has {Measure.UTF16.of(words)} characters, and Telegram allows {most}")
    return words


def _needed(words: str) -> str:
    if not words.strip():
        raise NotSupported("the text is empty, and Telegram sends no empty message")
    return _fits(words, LONGEST_TEXT)


def _caption(words: str) -> Json:
    return {"caption": _fits(words, LONGEST_CAPTION)} if words else {}


def _text(part: Text) -> tuple[str, Json]:
    return "sendMessage", {"text": _needed(part.body), "link_preview_options": {"is_disabled": not part.preview}}


def _choices(part: Choices) -> tuple[str, Json]:
    return "sendMessage", {"text": _needed(_around(part)), "reply_markup": keyboard(part.options)}


def _around(part: Choices) -> str:
    return "\n\n".join(words for words in (part.header, part.body, part.footer) if words)


def _location(part: Location) -> tuple[str, Json]:
    fields: Json = {"latitude": part.latitude, "longitude": part.longitude}
    if not part.name and not part.address:
        return "sendLocation", fields
    return "sendVenue", {**fields, "title": part.name or part.address, "address": part.address or part.name}


def _card(part: Card) -> tuple[str, Json]:
    """Return the one card that a message holds; several, or one without a number, go as lines of text."""
    if len(part.contacts) == 1 and (number := _address(part.contacts[0], Scheme.PHONE)):
        return "sendContact", {"phone_number": number, "first_name": part.contacts[0].name or number}
    lines = [" ".join((contact.name, *(one.value for one in contact.identities))) for contact in part.contacts]
    return _text(Text(body="\n".join(line.strip() for line in lines)))


def _address(contact: Contact, scheme: str) -> str:
    return next((one.value for one in contact.identities if one.scheme == scheme), "")


_CONTENT: dict[type[Part], Callable[..., tuple[str, Json]]] = {
    Text: _text,
    Location: _location,
    Card: _card,
    Choices: _choices,
}


def _activity(part: Activity, place: Place) -> Plan:
    if part.kind is not ActivityKind.TYPING:
        raise NotSupported(f"Telegram is told of typing, and not of {part.kind}")
    fields = {**place.fields(), "action": "typing"}
    return Plan(place=place, method="sendChatAction", fields=fields, makes=False, harmless=True)


def _reaction(part: Reaction, endpoint: str) -> Plan:
    """Return the call that leaves this one reaction of the bot: Telegram allows it one (setMessageReaction)."""
    place, number = message_of(part.message, endpoint)
    if place.business:
        raise NotSupported("a bot cannot react in the chats of a business account")
    reaction = [{"type": "emoji", "emoji": part.emoji}] if part.emoji else []
    fields = {"chat_id": place.chat, "message_id": number, "reaction": reaction}
    return Plan(place=place, method="setMessageReaction", fields=fields, makes=False, harmless=True)


def _revision(part: Revision, now: list[Part], endpoint: str) -> Plan:
    """Return the call that changes or deletes a message. To do it again changes nothing more."""
    place, number = message_of(part.message, endpoint)
    if part.action is RevisionAction.DELETE:
        if now:
            raise NotSupported("a message that is deleted has no words any more")
        method, fields = "deleteMessage", {**place.fields(), "message_id": number}
        if place.business:
            method = "deleteBusinessMessages"
            fields = {"business_connection_id": place.business, "message_ids": [number]}
        return Plan(place=place, method=method, fields=fields, makes=False, harmless=True)
    match now:
        case [Text() as words]:
            _, more = _text(words)
        case [Choices(media=None) as choices]:
            _, more = _choices(choices)
        case _:
            raise NotSupported("Telegram changes the words of a message and its buttons, and nothing else of it")
    fields = {**place.fields(), "message_id": number, **more}
    return Plan(place=place, method="editMessageText", fields=fields, makes=False, harmless=True)
