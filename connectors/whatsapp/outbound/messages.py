"""A message as the body of one call, and the answer to it as `Done` (WA/messages/send-messages, 2025-12)."""

from __future__ import annotations

from connectors.whatsapp.inbound.people import BSUID
from connectors.whatsapp.outbound.cards import cards
from connectors.whatsapp.outbound.carousel import carousel
from connectors.whatsapp.outbound.choices import Attach, interactive
from connectors.whatsapp.outbound.fields import needed
from connectors.whatsapp.outbound.products import products
from connectors_core import Malformed, NoCounterpart, NotSupported, Reply, Uncertain
from connectors_core.model import (
    Card,
    Carousel,
    Choices,
    ConversationRef,
    Done,
    Handover,
    Location,
    Message,
    MessageRef,
    Part,
    Products,
    Reaction,
    Scheme,
    Text,
    wire,
)
from connectors_core.model.wire import Json

LONGEST_TEXT = 4096
"""Characters (WA/messages/text-messages, 2025-12)."""

LONGEST_TRACKER = 512
"""Characters of `biz_opaque_callback_data` (WA/messages/send-messages)."""

_ADDRESSES = (Scheme.WA_ID, Scheme.PHONE, Scheme.BSUID)


def only(message: Message) -> Part:
    """Return the part of a message; raise NotSupported when there is not exactly one."""
    if len(message.parts) != 1:
        raise NotSupported(f"one part makes one WhatsApp message, and this has {len(message.parts)}")
    return message.parts[0]


def envelope(message: Message, key: str) -> Json:
    """Return what stands around the content: to whom, in answer to what, and our `key`, which a status gives back."""
    found: Json = {"messaging_product": "whatsapp", **address(message)}
    if message.reply_to is not None and not isinstance(only(message), Reaction):
        found["context"] = {"message_id": message.reply_to.id}
    if len(key) <= LONGEST_TRACKER:
        found["biz_opaque_callback_data"] = key
    return found


def content(part: Part, attach: Attach) -> Json:
    """Return the content that a part makes; `attach` makes the files in it ready. Raise NotSupported for any other."""
    match part:
        case Text(body=body, preview=preview):
            return {"type": "text", "text": {"body": needed("the text", body, LONGEST_TEXT), "preview_url": preview}}
        case Location():
            return {"type": "location", "location": _location(part)}
        case Card():
            return {"type": "contacts", "contacts": cards(part)}
        case Choices():
            return {"type": "interactive", "interactive": interactive(part, attach)}
        case Carousel():
            return {"type": "interactive", "interactive": carousel(part, attach)}
        case Products():
            return {"type": "interactive", "interactive": products(part)}
        case Reaction(message=target, emoji=emoji):
            return {"type": "reaction", "reaction": {"message_id": target.id, "emoji": emoji or ""}}
    raise NotSupported(f"the part {type(part).__name__} is not sent to WhatsApp")


def _location(part: Location) -> Json:
    found: Json = {"latitude": part.latitude, "longitude": part.longitude}
    return found | {name: value for name, value in (("name", part.name), ("address", part.address)) if value}


def address(event: Message | Handover) -> Json:
    """Return whom something goes to, as `to` or `recipient`; raise NoCounterpart when nobody is named."""
    to = event.to if isinstance(event, Message) else None
    if event.conversation is not None:
        name = event.conversation.id
    elif to is not None and to.scheme in _ADDRESSES:
        name = to.value
    elif to is not None:
        raise NoCounterpart(f"WhatsApp knows nobody by {to.scheme}; a number or a user id is needed")
    else:
        raise NoCounterpart("the message names neither a conversation nor a person")
    if BSUID.fullmatch(name):
        return {"recipient_type": "individual", "recipient": name}
    if name.removeprefix("+").isdecimal():
        return {"recipient_type": "individual", "to": name}
    return {"recipient_type": "group", "to": name}


def sent(reply: Reply, message: Message, endpoint: str, account: str) -> Done:
    """Return the names that an accepted message got; raise Uncertain when the answer gives none."""
    # An answer like {"contacts": [{"input": "+16505551234", "wa_id": "16505551234"}], "messages": [{"id": "wamid.x"}]}
    try:
        answer = reply.object()
        first = (wire.items(answer, "messages") or [{}])[0]
        name = MessageRef(endpoint=endpoint, account=account, id=wire.text(first, "id"))
        ids = _conversation(answer, first, message)
    except Malformed:
        raise Uncertain(f"{endpoint} sent, and WhatsApp answered without a readable id; a status will tell") from None
    if not ids:
        return Done(refs=(name,))
    return Done(refs=(name, ConversationRef(endpoint=endpoint, account=account, id=ids[0], aliases=ids[1:])))


def _conversation(answer: Json, first: Json, message: Message) -> tuple[str, ...]:
    """Return the ids of the conversation: webhooks use the number that WhatsApp made of ours, not always the same."""
    known = message.conversation.id if message.conversation is not None else ""
    if group := wire.text(first, "group_id"):
        return (group,)
    contact = (wire.items(answer, "contacts") or [{}])[0]
    found = (wire.text(contact, "wa_id"), wire.text(contact, "user_id"), known)
    return tuple(dict.fromkeys(one for one in found if one))
