"""Products of the catalogue: one, a list, cards side by side, or the whole catalogue.

Sources: WA/catalogs/sell-products-and-services/share-products, 2025-11-06;
WA/catalogs/interactive-product-carousel-messages, 2026.
"""

from __future__ import annotations

from itertools import groupby

from connectors.whatsapp.outbound.carousel import FEWEST_CARDS, MOST_CARDS
from connectors.whatsapp.outbound.choices import LONGEST_LINE
from connectors.whatsapp.outbound.fields import fits, needed
from connectors_core import NotSupported
from connectors_core.model import Product, Products
from connectors_core.model.wire import Json

MOST_PRODUCTS = 30
MOST_SECTIONS = 10
LONGEST_BODY = 1024
LONGEST_TITLE = 24
LONGEST_ID = 256


def products(part: Products) -> Json:
    """Return the content of a message with products; raise NotSupported for what WhatsApp has no form for."""
    if not part.items:
        found = _catalogue(part)
    elif part.side_by_side:
        found = _cards(part)
    elif len(part.items) == 1:
        found = _one(part)
    else:
        found = _list(part)
    if part.header and found["type"] != "product_list":
        raise NotSupported("WhatsApp shows a header above a list of products only")
    if part.footer and found["type"] == "carousel":
        raise NotSupported("WhatsApp shows no footer below cards side by side")
    if part.cover and part.items:
        raise NotSupported("a cover stands for the whole catalogue, and here are products")
    if part.body:
        found["body"] = {"text": fits("the text above the products", part.body, LONGEST_BODY)}
    if part.footer:
        found["footer"] = {"text": fits("the footer", part.footer, LONGEST_LINE)}
    return found


def _catalogue(part: Products) -> Json:
    needed("the text above the catalogue", part.body, LONGEST_BODY)
    action: Json = {"name": "catalog_message"}
    if part.cover:
        action["parameters"] = {"thumbnail_product_retailer_id": part.cover}
    return {"type": "catalog_message", "action": action}


def _one(part: Products) -> Json:
    product = part.items[0]
    return {"type": "product", "action": {"catalog_id": _catalogue_id(part), "product_retailer_id": _id(product)}}


def _list(part: Products) -> Json:
    if len(part.items) > MOST_PRODUCTS:
        raise NotSupported(f"a list has {MOST_PRODUCTS} products at most, and this has {len(part.items)}")
    needed("the text above the products", part.body, LONGEST_BODY)
    titles = list(dict.fromkeys(product.section for product in part.items))
    ordered = sorted(part.items, key=lambda product: titles.index(product.section))
    sections: list[Json] = [
        {
            "title": fits("the title of a section", title, LONGEST_TITLE),
            "product_items": [{"product_retailer_id": _id(product)} for product in found],
        }
        for title, found in groupby(ordered, key=lambda product: product.section)
    ]
    if len(sections) > MOST_SECTIONS:
        raise NotSupported(f"a list has {MOST_SECTIONS} sections at most, and this has {len(sections)}")
    if len(sections) == 1 and not sections[0]["title"]:
        del sections[0]["title"]
    elif any(not section["title"] for section in sections):
        raise NotSupported("when a list has sections, every product of it needs one")
    header = {"type": "text", "text": needed("the header of the products", part.header, LONGEST_LINE)}
    return {
        "type": "product_list",
        "header": header,
        "action": {"catalog_id": _catalogue_id(part), "sections": sections},
    }


def _cards(part: Products) -> Json:
    if not FEWEST_CARDS <= len(part.items) <= MOST_CARDS:
        raise NotSupported(
            f"side by side stand {FEWEST_CARDS} to {MOST_CARDS} products, and these are {len(part.items)}"
        )
    needed("the text above the products", part.body, LONGEST_BODY)
    cards = [
        {
            "card_index": number,
            "type": "product",
            "action": {"product_retailer_id": _id(product), "catalog_id": _catalogue_id(part)},
        }
        for number, product in enumerate(part.items)
    ]
    return {"type": "carousel", "action": {"cards": cards}}


def _catalogue_id(part: Products) -> str:
    return needed("the id of the catalogue", part.catalogue, LONGEST_ID)


def _id(product: Product) -> str:
    return needed("the id of a product", product.id, LONGEST_ID)
