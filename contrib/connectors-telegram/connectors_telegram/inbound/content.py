"""The content of a message as parts; what is not read yet is kept whole as `Unsupported`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from connectors_core.model import (
    Card,
    Choice,
    ChoiceKind,
    Contact,
    Identity,
    Location,
    Part,
    Referral,
    Scheme,
    Story,
    Text,
    Unsupported,
    wire,
)
from connectors_core.model.wire import Json
from connectors_telegram.inbound import files
from connectors_telegram.inbound.fields import ABOUT
from connectors_telegram.inbound.people import SCHEME, number_of

LINK = "t.me link"
"""The source of a Referral: somebody followed https://t.me/BOT?start=REF (Bot features, Deep Linking)."""

_START = re.compile(r"/start(?:@\w+)? ([A-Za-z0-9_-]{1,64})", re.ASCII)


def parts(message: Json) -> tuple[list[Part], frozenset[str]]:
    """Return the parts of a message and the fields that they were read from; none for a service message."""
    kind = next((name for name in _READERS if name in message), "")
    if kind:
        found, read = _READERS[kind](message), _TWINS.get(kind, frozenset()) | {kind, "caption"}
    else:
        kind = next((name for name in message if name not in ABOUT), "")
        found = [Unsupported(kind=kind[:100] or "unknown", raw=message.get(kind))]
        read = frozenset((kind, "caption"))
        if caption := wire.text(message, "caption"):
            found.append(Text(body=caption))
    if "reply_to_story" in message:
        story = wire.obj(message, "reply_to_story")
        found.append(
            Story(
                kind="reply", id=f"{wire.needed_whole(wire.obj(story, 'chat'), 'id')}:{wire.needed_whole(story, 'id')}"
            )
        )
    return found, read


def _text(message: Json) -> list[Part]:
    body = wire.text(message, "text")
    start = _START.fullmatch(body)
    return [Text(body=body), *([Referral(source=LINK, ref=start[1])] if start else [])]


def _location(message: Json) -> list[Part]:
    # as in "venue": {"location": {"latitude": 48.2, "longitude": 16.3}, "title": "Shop", "address": "Main street 1"}
    venue = wire.obj(message, "venue")
    told = wire.needed(venue or message, "location")
    return [
        Location(
            latitude=wire.number(told, "latitude"),
            longitude=wire.number(told, "longitude"),
            name=wire.text(venue, "title"),
            address=wire.text(venue, "address"),
        )
    ]


def _contact(message: Json) -> list[Part]:
    # as in "contact": {"phone_number": "15550783881", "first_name": "Sheena", "last_name": "Nelson", "user_id": 5}
    told = wire.needed(message, "contact")
    words = [wire.text(told, "first_name"), wire.text(told, "last_name")]
    identities = [Identity(scheme=Scheme.PHONE, value=number)] if (number := number_of(told)) else []
    if (user := wire.whole(told, "user_id")) is not None:
        identities.append(Identity(scheme=SCHEME, value=str(user)))
    extra: dict[str, object] = {"vcard": card} if (card := wire.text(told, "vcard")) else {}
    name = " ".join(word for word in words if word)
    return [Card(contacts=(Contact(name=name, identities=tuple(identities), extra=extra),))]


def _dice(message: Json) -> list[Part]:
    told = wire.needed(message, "dice")
    return [Text(body=f"{wire.text(told, 'emoji')} {wire.needed_whole(told, 'value')}".strip())]


def _form(message: Json) -> list[Part]:
    # as in "web_app_data": {"data": "…", "button_text": "Order"}
    told = wire.needed(message, "web_app_data")
    return [Choice(title=wire.text(told, "button_text"), payload=wire.text(told, "data"), kind=ChoiceKind.FLOW)]


def _list(name: str, title: str, rows: str, message: Json) -> list[Part]:
    """Keep a poll or a checklist whole, with its words as a text for those who cannot show it."""
    told = wire.needed(message, name)
    lines = [f"{number}. {wire.text(row, 'text')}" for number, row in enumerate(wire.items(told, rows), 1)]
    return [Unsupported(kind=name, raw=told), Text(body="\n".join([wire.text(told, title), *lines]))]


def _rich(message: Json) -> list[Part]:
    """Return the words of a rich message, a line for each block; formatting is left to `extra`."""
    told = wire.needed(message, "rich_message")
    words = "\n".join(line for line in _lines(told.get("blocks")) if line)
    return [Text(body=words)] if words else [Unsupported(kind="rich_message", raw=told)]


def _lines(blocks: object) -> Iterator[str]:
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict):
            yield "".join(_words(block.get("text")))
            yield from _lines(block.get("blocks") or block.get("items"))


def _words(text: object) -> Iterator[str]:
    """Yield the words of a rich text: a string, a list of such, or an object around one."""
    if isinstance(text, str):
        yield text
    elif isinstance(text, list):
        for one in text:
            yield from _words(one)
    elif isinstance(text, dict):
        yield from _words(text.get("text"))


_READERS: dict[str, Callable[[Json], list[Part]]] = {
    "text": _text,
    "photo": files.photo,
    **{kind: partial(files.file, kind) for kind in files.KINDS},
    "venue": _location,
    "location": _location,
    "contact": _contact,
    "dice": _dice,
    "web_app_data": _form,
    "poll": partial(_list, "poll", "question", "options"),
    "checklist": partial(_list, "checklist", "title", "tasks"),
    "rich_message": _rich,
}
"""The first field that is there decides."""

_TWINS = {"animation": frozenset(("document",)), "venue": frozenset(("location",))}
"""Fields that say the same again, for older programs."""
