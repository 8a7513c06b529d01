"""A picture or film with buttons, and pictures as a grid.

Sources: MP/send-messages/template/media, 2026-04-22; MP/send-messages/template/image-grid, 2026-06-30.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors.meta.messaging.outbound import Attach, Dialect, template
from connectors.meta.messaging.outbound.buttons import buttons
from connectors.meta.messaging.outbound.fields import address, fits
from connectors_core import NotSupported
from connectors_core.model import Carousel, ChoiceKind, Choices, MediaKind, Option
from connectors_core.model.wire import Json

FEWEST_PICTURES, MOST_PICTURES = 2, 6
LONGEST_TITLE = 45
LONGEST_PAYLOAD = 1000
SHOWN = ("image", "video")


def is_media_card(part: Choices, dialect: Dialect) -> bool:
    """Whether options stand below a picture or film without a word."""
    bare = part.media is not None and not (part.header or part.body or part.footer)
    return bare and bool(part.options) and {option.kind for option in part.options} <= dialect.buttons


def media_card(part: Choices, dialect: Dialect, attach: Attach) -> Json:
    """Return a picture or film with buttons below it; raise NotSupported for a file that is neither."""
    below = buttons(part.options, dialect)
    assert part.media is not None
    kind, place = attach(part.media, SHOWN)
    host = urlsplit(place.get("url", "")).hostname or "facebook.com"
    if host.removeprefix("www.").removeprefix("business.") != "facebook.com":
        raise NotSupported("a picture above buttons is kept here, or one of Facebook, and no link elsewhere")
    return template("media", elements=[{"media_type": kind, **place, "buttons": below}])


def is_grid(part: Carousel) -> bool:
    """Whether cards are pictures without a word, with one thing to do at most."""
    return FEWEST_PICTURES <= len(part.cards) <= MOST_PICTURES and all(map(_is_picture, part.cards))


def _is_picture(card: Choices) -> bool:
    words = card.header or card.body or card.footer
    picture = card.media is not None and card.media.kind is MediaKind.IMAGE
    one = all(option.kind in (ChoiceKind.LINK, ChoiceKind.REPLY) for option in card.options) and len(card.options) < 2
    return picture and not words and one


def grid(part: Carousel) -> Json:
    """Return pictures as a grid, the first of them the largest; what is tapped opens an address or says something."""
    element: Json = {"images": [_tile(card, first=number == 0) for number, card in enumerate(part.cards)]}
    if part.body:
        element["title"] = fits("the title of the pictures", part.body, LONGEST_TITLE)
    return template("image_grid", elements=[element])


def _tile(card: Choices, *, first: bool) -> Json:
    assert card.media is not None
    found: Json = {"url": address("a picture of a grid", card.media.url)}
    if first:
        found["is_hero_image"] = True
    if card.options:
        found["action"] = _action(card.options[0])
    return found


def _action(option: Option) -> Json:
    if option.kind is ChoiceKind.LINK:
        return {"type": "web_url", "url": address("a link", option.url)}
    payload = fits("the payload of a picture", option.payload or option.title, LONGEST_PAYLOAD)
    return {"type": "postback", "payload": payload, "text": option.title}
