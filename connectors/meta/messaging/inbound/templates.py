"""Templates in messages: the products that a person asks about, and the cards and buttons of an echo."""

from __future__ import annotations

from connectors_core.model import (
    Carousel,
    ChoiceKind,
    Choices,
    Media,
    MediaKind,
    Option,
    Part,
    Product,
    Products,
    Unsupported,
    wire,
)
from connectors_core.model.wire import Json

_BUTTONS = {
    "web_url": ChoiceKind.LINK,
    "phone_number": ChoiceKind.CALL,
    "account_link": ChoiceKind.LOGIN,
    "account_unlink": ChoiceKind.LOGOUT,
}
"""The kinds of buttons; every other gives an answer (MP/send-messages/buttons, 2026)."""


def part(payload: Json, whole: Json) -> Part:
    """Return what a template shows; one that is not read is kept as it came."""
    kind = wire.text(payload, "template_type")
    elements = wire.items(payload, "elements")
    if "product" in payload:
        return _products(wire.items(wire.obj(payload, "product"), "elements"))
    if kind == "button":
        return Choices(body=wire.text(payload, "text"), options=_options(payload))
    if kind == "generic" and elements:
        cards = tuple(_card(one) for one in elements)
        return cards[0] if len(cards) == 1 else Carousel(body="", cards=cards)
    if kind == "media" and elements and (url := wire.text(elements[0], "url")):
        media = Media(kind=_media_kind(elements[0]), url=url)
        return Choices(body="", options=_options(elements[0]), media=media)
    return Unsupported(kind=f"template.{kind}" if kind else "template", raw=whole)


def _products(elements: list[Json]) -> Part:
    # as in {"product": {"elements": [{"id": "1", "retailer_id": "SKU-1", "title": "A hat", "subtitle": "$40"}]}}
    items = tuple(
        Product(id=name) for one in elements if (name := wire.text(one, "retailer_id") or wire.text(one, "id"))
    )
    lines = (", ".join(filter(None, (wire.text(one, "title"), wire.text(one, "subtitle")))) for one in elements)
    return Products(catalogue="", items=items, body="\n".join(line for line in lines if line))


def _card(one: Json) -> Choices:
    picture = wire.text(one, "image_url")
    return Choices(
        header=wire.text(one, "title"),
        body=wire.text(one, "subtitle"),
        options=_options(one),
        media=Media(kind=MediaKind.IMAGE, url=picture) if picture else None,
    )


def _options(holder: Json) -> tuple[Option, ...]:
    return tuple(
        Option(
            title=wire.text(button, "title"),
            payload=wire.text(button, "payload"),
            kind=_BUTTONS.get(wire.text(button, "type"), ChoiceKind.REPLY),
            url=wire.text(button, "url"),
        )
        for button in wire.items(holder, "buttons")
    )


def _media_kind(one: Json) -> MediaKind:
    return MediaKind.VIDEO if wire.text(one, "media_type") == "video" else MediaKind.IMAGE
