"""Products, catalogues and cards side by side.

Sources: WA/catalogs/sell-products-and-services/share-products, 2025-11-06;
WA/catalogs/interactive-product-carousel-messages, 2026; WA/messages/interactive-media-carousel-messages, 2026-05-21.
"""

from __future__ import annotations

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.whatsapp.validate.fields import Fields, distinct

MOST_PRODUCTS, MOST_SECTIONS = 30, 10
FEWEST_CARDS, MOST_CARDS, MOST_REPLIES = 2, 10, 3
LONGEST_CARD, LONGEST_ID = 160, 256


def product(action: Fields) -> None:
    """Check a message with one product."""
    action.only("catalog_id", "product_retailer_id")
    action.text("catalog_id", LONGEST_ID)
    action.text("product_retailer_id", LONGEST_ID)


def product_list(action: Fields) -> None:
    """Check a list of products."""
    action.only("catalog_id", "sections")
    action.text("catalog_id", LONGEST_ID)
    sections = action.objects("sections", 1, MOST_SECTIONS)
    ids = []
    for section in sections:
        section.only("title", "product_items")
        section.text("title", 24, needed=len(sections) > 1)
        for item in section.objects("product_items", 1, MOST_PRODUCTS):
            item.only("product_retailer_id")
            ids.append(item.text("product_retailer_id", LONGEST_ID))
    if len(ids) > MOST_PRODUCTS:
        raise GraphError(131009, f"Total product count exceeds the maximum of {MOST_PRODUCTS}.")
    distinct(ids, "products")


def catalogue(action: Fields) -> None:
    """Check a message with the whole catalogue."""
    action.only("name", "parameters")
    action.choice("name", ("catalog_message",))
    if action.has("parameters"):
        parameters = action.object("parameters")
        parameters.only("thumbnail_product_retailer_id")
        parameters.text("thumbnail_product_retailer_id", LONGEST_ID)


def carousel(action: Fields) -> None:
    """Check cards: of products of one catalogue, or each with a picture or film and something to tap."""
    action.only("cards")
    cards = action.objects("cards", FEWEST_CARDS, MOST_CARDS)
    ids: list[str] = []
    shapes, catalogues = set(), set()
    for number, card in enumerate(cards):
        card.only("card_index", "type", "header", "body", "action")
        if card.number("card_index", 0, MOST_CARDS - 1) != number:
            raise GraphError(131009, f"Param {card.name('card_index')} must count the cards from 0.")
        kind = card.choice("type", ("cta_url", "product"))
        inner = card.object("action")
        if kind == "product":
            if card.has("header") or card.has("body"):
                raise GraphError(131009, "A card of a product has neither header nor body.")
            product(inner)
            catalogues.add(inner.data["catalog_id"])
            shapes.add("product")
        else:
            shapes.add(_media_card(card, inner, ids))
    if len(shapes) > 1:
        raise GraphError(131009, "All cards must have the same type, and the same number of buttons.")
    if len(catalogues) > 1:
        raise GraphError(131009, "All cards must be of the same catalog.")
    distinct(ids, "button ids")


def _media_card(card: Fields, action: Fields, ids: list[str]) -> str:
    """Check one card with a picture or film; return what all others must look like."""
    header = card.object("header")
    form = header.choice("type", ("image", "video"))
    header.only("type", form)
    one_file(header.object(form))
    if card.has("body"):
        body = card.object("body")
        body.only("text")
        if body.text("text", LONGEST_CARD).count("\n") > 2:
            raise GraphError(131009, f"Param {body.name('text')} must have at most 2 line breaks.")
    if not action.has("buttons"):
        link(action)
        return "link"
    action.only("buttons")
    buttons = action.objects("buttons", 1, MOST_REPLIES)
    for button in buttons:
        button.only("type", "quick_reply")
        button.choice("type", ("quick_reply",))
        reply = button.object("quick_reply")
        reply.only("id", "title")
        ids.append(reply.text("id", 256))
        reply.text("title", 20)
    return f"{len(buttons)} replies"


def one_file(media: Fields) -> None:
    """Check that a file is named by its id or by a link, and not by both."""
    if media.has("id") == media.has("link"):
        raise GraphError(131008, f"Exactly one of {media.name('id')} and {media.name('link')} is required.")


def link(action: Fields) -> None:
    """Check a button that opens an address."""
    action.only("name", "parameters")
    action.choice("name", ("cta_url",))
    parameters = action.object("parameters")
    parameters.only("display_text", "url")
    parameters.text("display_text", 20)
    url = parameters.text("url", 2000)
    if not url.startswith(("http://", "https://")):
        raise GraphError(131009, f"Param {parameters.name('url')} is not a valid URI.")
