"""Carts and coupons."""

from __future__ import annotations

from connectors.meta.messaging.inbound import Piece
from connectors.meta.orders import price, quantity
from connectors_core.model import Coupon, Event, Order, OrderItem, wire


def order(piece: Piece, name: str) -> list[Event]:
    """Read a cart that the person sent."""
    # as in "order": {"products": [{"id": 1, "retailer_id": "a", "name": "A hat", "unit_price": 11, "currency": "THB",
    #  "quantity": 1}], "note": "as a gift"}
    data = wire.needed(piece.data, name)
    lines = tuple(
        OrderItem(
            id=wire.text(line, "retailer_id") or wire.text(line, "id"),
            quantity=quantity(line),
            price=price(line, "unit_price"),
            currency=wire.text(line, "currency"),
            name=wire.text(line, "name"),
        )
        for line in wire.items(data, "products")
    )
    return [piece.message(parts=(Order(items=lines, note=wire.text(data, "note")),), **piece.nameless(name))]


def template(piece: Piece, name: str) -> list[Event]:
    """Read that the person revealed a coupon; other templates are news of the thread."""
    # as in "template": {"type": "coupon", "payload": "...", "coupon_code": "10PERCENT"}
    data = wire.needed(piece.data, name)
    kind = wire.text(data, "type")
    if kind != "coupon":
        return [piece.notice(f"{name}.{kind}" if kind else name)]
    part = Coupon(title="", code=wire.text(data, "coupon_code"), payload=wire.text(data, "payload"))
    return [piece.message(parts=(part,), **piece.nameless(name))]
