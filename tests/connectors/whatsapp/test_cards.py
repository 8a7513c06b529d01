"""Cards side by side and products: what each becomes, and what is refused before any request."""

import pytest

from connectors.whatsapp.outbound import content as content_of
from connectors_core import NotSupported
from connectors_core.model import Carousel, ChoiceKind, Choices, Media, MediaKind, Option, Product, Products

PICTURE = Media(kind=MediaKind.IMAGE, url="https://example.com/a.png")


def attach(media, allowed):
    """Take every file for a link of its kind."""
    assert str(media.kind) in allowed
    return str(media.kind), {"link": media.url}


def content(part):
    """Return the content of a part."""
    return content_of(part, attach)


def options(*titles):
    """Return replies with these titles."""
    return tuple(Option(title=title) for title in titles)


def card(body="A pot", title="Buy", **more):
    """Return a card with a picture and a link."""
    given = {"options": (Option(title=title, kind=ChoiceKind.LINK, url="https://example.com/"),), "media": PICTURE}
    return Choices(body=body, **{**given, **more})


@pytest.mark.parametrize(
    ("cards", "said"),
    [
        ((card(),), "2 to 10 cards, and these are 1"),
        ((card(),) * 11, "these are 11"),
        ((card(), card(options=options("a"))), "as many options"),
        ((card(options=options("a")), card(options=options("a"))), "payloads of buttons are the same"),
        ((card(), card(media=None)), "needs a picture or a film"),
        ((card(header="h"), card()), "no header and no footer on a card"),
        ((card("x" * 161), card()), "text of a card has 161"),
        ((card("1\n2\n3\n4"), card()), "2 line breaks"),
        ((card(options=()), card(options=())), "one link, or one to 3 replies"),
        ((card(options=options(*"abcd")), card(options=options(*"efgh"))), "one link, or one to 3 replies"),
    ],
)
def test_cards_that_whatsapp_cannot_show_are_refused(cards, said):
    """In plain words, before a picture is brought."""
    with pytest.raises(NotSupported, match=said):
        content(Carousel(body="Look", cards=cards))


def shown(*ids, **more):
    """Return the content of products."""
    items = tuple(Product(id=one, section=more.get("section", "")) for one in ids)
    given = {"catalogue": "1", "items": items, "body": "Look", **more}
    given.pop("section", None)
    return content(Products(**given))["interactive"]


def test_one_product_needs_no_words():
    """Several do."""
    assert shown("a", body="") == {"type": "product", "action": {"catalog_id": "1", "product_retailer_id": "a"}}
    assert "title" not in shown("a", "b", header="h")["action"]["sections"][0]


@pytest.mark.parametrize(
    ("ids", "more", "said"),
    [
        ("ab", {}, "header of the products is empty"),
        ("ab", {"header": "h", "body": ""}, "text above the products is empty"),
        (map(str, range(31)), {"header": "h"}, "30 products at most"),
        ("a", {"header": "h"}, "header above a list of products only"),
        ("a", {"catalogue": ""}, "id of the catalogue is empty"),
        ("a", {"side_by_side": True}, "2 to 10 products, and these are 1"),
        ("ab", {"side_by_side": True, "footer": "f"}, "no footer below cards"),
        ("a", {"cover": "b"}, "a cover stands for the whole catalogue"),
        ("", {"body": ""}, "text above the catalogue is empty"),
        ("a", {"body": "x" * 1025}, "text above the products has 1025"),
    ],
)
def test_products_that_whatsapp_cannot_show_are_refused(ids, more, said):
    """In plain words, before any request."""
    with pytest.raises(NotSupported, match=said):
        shown(*ids, **more)


def test_sections_of_products_need_names():
    """All of them, or none."""
    items = (Product(id="a", section="Plants"), Product(id="b"))
    with pytest.raises(NotSupported, match="every product of it needs one"):
        content(Products(catalogue="1", items=items, header="h", body="b"))
