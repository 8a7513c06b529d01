"""The content that a part makes, where both products make it alike (MP/send-messages, 2026-05-05)."""

from __future__ import annotations

from collections.abc import Callable

from connectors.meta.messaging.outbound.buttons import LONGEST_PAYLOAD, LONGEST_TITLE, MOST_BUTTONS
from connectors.meta.messaging.outbound.cards import card, carousel, products, template, words
from connectors.meta.messaging.outbound.dialect import Dialect
from connectors.meta.messaging.outbound.fields import fits, needed
from connectors_core import NotSupported
from connectors_core.model import Carousel, ChoiceKind, Choices, Media, Message, Option, Part, Products, Text
from connectors_core.model.wire import Json

MOST_QUICK_REPLIES = 13
"""MP/send-messages/quick-replies, 2026; IG/features/quick-replies, 2026."""

SHOWN = ("image", "video", "audio", "file")
"""The types of an attachment, which may have quick replies below it."""

Attach = Callable[[Media, tuple[str, ...]], tuple[str, Json]]
"""Makes a file ready that goes as one of these types: returns the type, and `{"attachment_id": …}` or `{"url": …}`.

Raises NotSupported, before any request, for a file that goes as another.
"""


def only(message: Message) -> Part:
    """Return the part of a message; raise NotSupported when there is not exactly one."""
    if len(message.parts) != 1:
        raise NotSupported(f"one part makes one message, and this has {len(message.parts)}")
    return message.parts[0]


def content(part: Part, dialect: Dialect, attach: Attach) -> Json:
    """Return what stands under `message`; raise NotSupported for a part that makes nothing here."""
    match part:
        case Text(body=body):
            return {"text": needed("the text", body, dialect.longest_text, dialect.measure)}
        case Media():
            return {"attachment": attachment(part, attach)}
        case Choices():
            return choices(part, dialect, attach)
        case Carousel():
            return carousel(part, dialect)
        case Products():
            return products(part)
    raise NotSupported(f"the part {type(part).__name__} is not sent here")


def attachment(media: Media, attach: Attach) -> Json:
    """Return a file; words under it have no place."""
    if media.caption:
        raise NotSupported("no words stand under a file; send them as a text of their own")
    kind, payload = attach(media, SHOWN)
    return {"type": kind, "payload": payload}


def album(parts: tuple[Part, ...], dialect: Dialect, attach: Attach) -> Json:
    """Return several pictures as one message (MP/changelog, 2025-03-19; IG/changelog, 2026-05-06)."""
    pictures = [part for part in parts if isinstance(part, Media)]
    if len(pictures) < len(parts) or len(parts) > dialect.album:
        raise NotSupported(f"one message has one part, or up to {dialect.album} pictures")
    if any(picture.caption for picture in pictures):
        raise NotSupported("no words stand under pictures; send them as a text of their own")
    ready = [attach(picture, ("image",)) for picture in pictures]
    return {"attachments": [{"type": kind, "payload": payload} for kind, payload in ready]}


def choices(part: Choices, dialect: Dialect, attach: Attach) -> Json:
    """Return options as quick replies, as buttons below words, or on a card; raise NotSupported where none has a form.

    Up to three replies are buttons, which stay; more of them, and what asks for a datum, are quick replies, which go
    once one is tapped.
    """
    kinds = {option.kind for option in part.options}
    if not kinds:
        raise NotSupported("there is nothing to choose")
    plain = kinds == {ChoiceKind.REPLY}
    if kinds <= dialect.buttons and not (plain and len(part.options) > MOST_BUTTONS):
        decorated = part.media is not None or part.header or part.footer
        return template("generic", elements=[card(part, dialect)]) if decorated else words(part, dialect)
    if kinds <= dialect.asks:
        return {**_above(part, dialect, attach), "quick_replies": quick_replies(part.options)}
    raise NotSupported(f"options of the kinds {', '.join(sorted(kinds))} do not go together in one message")


def _above(part: Choices, dialect: Dialect, attach: Attach) -> Json:
    """Return what quick replies stand below: words, a file, or a card of both."""
    if part.media is not None and not (part.body or part.header or part.footer):
        return {"attachment": attachment(part.media, attach)}
    if part.media is not None or part.header or part.footer:
        bare = Choices(body=part.body, header=part.header, footer=part.footer, media=part.media, options=())
        return template("generic", elements=[card(bare, dialect)])
    return {"text": needed("the text above the options", part.body, dialect.longest_text, dialect.measure)}


_ASKED = {ChoiceKind.PHONE: "user_phone_number", ChoiceKind.EMAIL: "user_email"}


def quick_replies(options: tuple[Option, ...]) -> list[Json]:
    """Return quick replies; those that ask for a datum have words of the platform's own."""
    if len(options) > MOST_QUICK_REPLIES:
        raise NotSupported(f"a message has {MOST_QUICK_REPLIES} quick replies at most, and these are {len(options)}")
    return [{"content_type": _ASKED[one.kind]} if one.kind in _ASKED else _reply(one) for one in options]


def _reply(option: Option) -> Json:
    if option.description:
        raise NotSupported("a quick reply has a title and no description")
    found: Json = {
        "content_type": "text",
        "title": needed("the title of a quick reply", option.title, LONGEST_TITLE),
        "payload": fits("the payload of a quick reply", option.payload or option.title, LONGEST_PAYLOAD),
    }
    return {**found, "image_url": option.url} if option.url else found
