"""Templates: words with buttons, cards side by side, products.

Sources: MP/send-messages/template/{button, generic, product}, 2026-04-22; IG/features, 2026-06-30.
"""

from __future__ import annotations

from connectors.meta.messaging.outbound.buttons import buttons
from connectors.meta.messaging.outbound.dialect import Dialect
from connectors.meta.messaging.outbound.fields import address, fits, needed
from connectors_core import NotSupported
from connectors_core.model import Carousel, Choices, MediaKind, Products
from connectors_core.model.wire import Json

MOST_CARDS = 10
LONGEST_LINE = 80
"""Characters of the title and of the subtitle of a card."""

LONGEST_BODY = 640
"""Characters above buttons."""

LONGEST_PRODUCT = 100


def template(kind: str, **payload: object) -> Json:
    """Return the content of a message that is a template."""
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **payload}}}


def words(part: Choices, dialect: Dialect) -> Json:
    """Return words with buttons below them."""
    body = needed("the text above the buttons", part.body, LONGEST_BODY)
    return template("button", text=body, buttons=buttons(part.options, dialect))


def carousel(part: Carousel, dialect: Dialect) -> Json:
    """Return cards side by side; raise NotSupported for what has no place on them."""
    if part.body:
        raise NotSupported("no words stand above cards; send them as a text of their own")
    if not 0 < len(part.cards) <= MOST_CARDS:
        raise NotSupported(f"1 to {MOST_CARDS} cards stand side by side, and these are {len(part.cards)}")
    return template("generic", elements=[card(one, dialect) for one in part.cards])


def card(part: Choices, dialect: Dialect) -> Json:
    """Return one card: its title is the header, or the body where there is none; a second line stands below it.

    A card without anything but a title is refused by Meta, and is refused here.
    """
    lines = [line for line in (part.header, part.body, part.footer) if line.strip()]
    if not lines or len(lines) > 2:
        raise NotSupported(f"a card has a title and a second line, and this has {len(lines)} lines")
    found: Json = {"title": needed("the title of a card", lines[0], LONGEST_LINE)}
    if len(lines) == 2:
        found["subtitle"] = fits("the second line of a card", lines[1], LONGEST_LINE)
    if part.media is not None:
        if part.media.kind is not MediaKind.IMAGE:
            raise NotSupported(f"a card shows a picture, and this is a file of the kind {part.media.kind}")
        found["image_url"] = address("the picture of a card", part.media.url)
    if part.options:
        found["buttons"] = buttons(part.options, dialect)
    if len(found) == 1:
        raise NotSupported("a card needs a second line, a picture or a button besides its title")
    return found


def products(part: Products) -> Json:
    """Return products of the catalogue that is connected, by their ids there; raise NotSupported for anything else."""
    if part.body or part.header or part.footer or part.cover:
        raise NotSupported("no words stand around products; send them as a text of their own")
    if not 0 < len(part.items) <= MOST_CARDS:
        raise NotSupported(f"1 to {MOST_CARDS} products stand side by side, and these are {len(part.items)}")
    ids = [needed("the id of a product", product.id, LONGEST_PRODUCT) for product in part.items]
    return template("product", elements=[{"id": name} for name in ids])
