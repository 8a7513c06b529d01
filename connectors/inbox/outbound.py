"""What the gateway sends, as rows of the inbox: pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from connectors.inbox.store.arrivals import Arrival
from connectors.inbox.store.control import Move
from connectors.inbox.store.people import Place
from connectors_core.model import (
    Activity,
    ActivityKind,
    Card,
    Carousel,
    Choice,
    Choices,
    Comment,
    Contact,
    ConversationRef,
    Coupon,
    Feedback,
    Handover,
    HandoverAction,
    Link,
    Location,
    Media,
    Message,
    OptIn,
    Order,
    OrderReceipt,
    Origin,
    Part,
    Post,
    Products,
    Reaction,
    Receipt,
    Ref,
    Referral,
    Revision,
    Story,
    Survey,
    Template,
    Text,
    Unsupported,
    codec,
)
from connectors_core.model.codec import PART_NAMES
from connectors_core.model.results import EPOCH


def place(event: Message | Link | Handover, endpoint: str) -> Place:
    """Return where an event belongs in the inbox at `endpoint`."""
    source = event.source if isinstance(event, Message | Handover) else None
    channel, account = (source.endpoint, source.account) if source else (event.endpoint, event.account)
    return Place(
        channel=channel,
        account=account,
        own=_own(event.conversation, endpoint),
        names=(source.id, *source.aliases) if source else (),
        profile=_profile(event),
        fields=event.fields,
    )


def _own(ref: ConversationRef | None, endpoint: str) -> int | None:
    return number(ref) or None if ref is not None and ref.endpoint == endpoint else None


def number(ref: Ref) -> int:
    """Return the number that a row has here, 0 for a name that is none of ours."""
    return int(ref.id) if ref.id.isascii() and ref.id.isdecimal() and len(ref.id) < 19 else 0


def _profile(event: Message | Link | Handover) -> Contact | None:
    """Return what is told of the person; the writer of an echo is the business, not the person."""
    if isinstance(event, Handover):
        return event.profile
    if isinstance(event, Message):
        return event.profile if event.origin is Origin.CONTACT else None
    if event.previous is None:
        return event.profile
    profile = event.profile or Contact()
    return attrs.evolve(profile, identities=(*profile.identities, event.previous))


def move(handover: Handover, key: str) -> Move:
    """Return a handover as the inbox keeps it."""
    asked = handover.action is HandoverAction.REQUEST
    summary = handover.summary.strip()
    return Move(
        key=key,
        at=handover.at.timestamp(),
        previous=handover.new_owner if asked else handover.previous_owner,
        owner=handover.previous_owner if asked else handover.new_owner,
        summary=documents([Text(body=summary)]) if summary else [],
        line=" ".join(summary.split()),
        wanted=asked,
        calls=handover.action is not HandoverAction.TAKE or handover.origin is not Origin.AGENT,
    )


def arrival(message: Message, key: str) -> Arrival:
    """Return a message as the inbox keeps it."""
    content: list[Part] = [part for part in message.parts if not isinstance(part, Activity | Reaction | Revision)]
    kind, line = summary(content)
    return Arrival(
        key=key,
        at=message.at.timestamp(),
        direction="in" if message.origin is Origin.CONTACT else "out",
        origin=str(message.origin),
        author=_author(message),
        parts=documents(content),
        kind=kind,
        line=line,
        reply_to=message.reply_to.id if message.reply_to else "",
        typing=not content and any(_is_typing(part) for part in message.parts),
        standby=message.standby,
        **_change(message.parts),
    )


def _author(message: Message) -> str:
    """Return who wrote, "" where the conversation is with that person alone, whose name may be learnt later."""
    if message.profile is None or message.origin is not Origin.CONTACT:
        return ""
    names = (message.source.id, *message.source.aliases) if message.source else ()
    return "" if any(one.value in names for one in message.profile.identities) else message.profile.name


def documents(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return parts as JSON objects."""
    found: list[dict[str, Any]] = codec.to_dict(attrs.evolve(_BARE, parts=parts))["parts"]
    return found


_BARE = Message(endpoint="-", account="-", id="-", at=EPOCH, parts=(), origin=Origin.SYSTEM)


def _is_typing(part: Part) -> bool:
    return isinstance(part, Activity) and part.kind is ActivityKind.TYPING


def _change(parts: Sequence[Part]) -> dict[str, Any]:
    """Return which message is changed, and how."""
    for part in parts:
        if isinstance(part, Reaction):
            return {"change": "react", "target": part.message.id, "emoji": part.emoji}
        if isinstance(part, Revision):
            return {"change": str(part.action), "target": part.message.id, "number": part.number}
    return {}


def says_nothing(message: Message) -> bool:
    """Whether nothing of a message is to be kept: it only says that somebody has looked."""
    return all(isinstance(part, Activity) and not _is_typing(part) for part in message.parts)


def summary(parts: Sequence[Part]) -> tuple[str, str]:
    """Return what the list shows of a message: the kind of its first telling part, and words in one line."""
    telling: list[Part] = [part for part in parts if not isinstance(part, Referral)] or list(parts)
    if not telling:
        return "", ""
    first = telling[0]
    kind = str(first.kind) if isinstance(first, Media) else PART_NAMES[type(first)]
    words = next((found for part in telling if (found := line(part))), "")
    return kind, " ".join(words.split())[:200]


def line(part: Part) -> str:  # noqa: C901, PLR0911 - a line for each part is the point
    """Return the words of a part, "" for one without."""
    match part:
        case Text(body=words) | Choices(body=words) | Comment(body=words) | Products(body=words) | Carousel(body=words):
            return words
        case Media(caption=caption, name=name):
            return caption or name
        case Location(name=name, address=address):
            return name or address
        case Card(contacts=contacts):
            return ", ".join(contact.name for contact in contacts)
        case Choice(title=words) | Referral(title=words):
            return words
        case Template(name=name):
            return name
        case Order(items=items):
            return ", ".join(f"{item.quantity} × {item.name or item.id}" for item in items)  # noqa: RUF001
        case OrderReceipt(number=number, total=total, currency=currency):
            return f"{number} {total} {currency}"
        case Post(title=words) | Coupon(title=words) | Survey(question=words):
            return words
        case OptIn(topic=words) | Feedback(text=words) | Story(url=words) | Unsupported(kind=words):
            return words
    return ""


def failure(receipt: Receipt) -> tuple[str, str]:
    """Return the code and the words of a failure, "" and "" for other receipts."""
    if receipt.failure is None:
        return "", ""
    told = receipt.failure
    words = ": ".join(dict.fromkeys(word for word in (told.title, told.detail) if word))
    return "" if told.code is None else str(told.code), words
