"""The content of a WhatsApp message as parts; what is not read yet is kept whole as `Unsupported`."""

from __future__ import annotations

import json
from collections.abc import Callable

from connectors.meta.orders import price, quantity
from connectors.whatsapp.inbound import files
from connectors_core import Malformed
from connectors_core.model import (
    Choice,
    ChoiceKind,
    Item,
    Location,
    MessageRef,
    Order,
    OrderItem,
    Part,
    Reaction,
    Referral,
    Revision,
    RevisionAction,
    Text,
    Unsupported,
    wire,
)
from connectors_core.model.wire import Json


def parts(item: Item, data: Json) -> list[Part]:
    """Return the parts of a message: its content, and what it says of how the person came."""
    kind = wire.text(data, "type") or "unknown"
    read = _READERS.get(kind)
    found = read(item, data) if read is not None else _kept(kind, data)
    if "referral" in data:
        found.append(_referral(wire.obj(data, "referral")))
    if "context" in data and (product := wire.obj(wire.obj(data, "context"), "referred_product")):
        found.append(Referral(source="product", product_id=wire.text(product, "product_retailer_id")))
    return found


def _kept(kind: str, data: Json) -> list[Part]:
    """Keep content that is not read; the words under a picture or a file are read all the same."""
    found: list[Part] = [Unsupported(kind=kind, raw=data.get(kind))]
    content = data.get(kind)
    if isinstance(content, dict) and (caption := wire.text(content, "caption")):
        found.append(Text(body=caption))
    return found


def _text(_item: Item, data: Json) -> list[Part]:
    # as in "text": {"body": "Does it come in another color?"}
    body = wire.needed(data, "text").get("body")
    if not isinstance(body, str):
        raise Malformed("the text has no body")
    return [Text(body=body)]


def _unsupported(_item: Item, data: Json) -> list[Part]:
    # as in "errors": [{"code": 131051, "title": "Message type unknown"}], "unsupported": {"type": "edit"}
    errors = wire.items(data, "errors")
    kind = wire.text(wire.obj(data, "unsupported"), "type") or "unsupported"
    return [Unsupported(kind=kind, raw=data, error_code=wire.whole(errors[0], "code") if errors else None)]


def _button(_item: Item, data: Json) -> list[Part]:
    # as in "button": {"payload": "Unsubscribe", "text": "Unsubscribe"}
    told = wire.needed(data, "button")
    return [Choice(title=wire.text(told, "text"), payload=wire.text(told, "payload"), kind=ChoiceKind.QUICK_REPLY)]


def _interactive(_item: Item, data: Json) -> list[Part]:
    # as in "interactive": {"type": "list_reply", "list_reply": {"id": "a", "title": "A", "description": "..."}}
    told = wire.needed(data, "interactive")
    kind = wire.text(told, "type")
    if kind in _CHOICES:
        chosen = wire.needed(told, kind)
        return [Choice(title=wire.text(chosen, "title"), payload=wire.text(chosen, "id"), kind=_CHOICES[kind])]
    if kind == "nfm_reply":
        form = wire.needed(told, kind)
        return [Choice(title=wire.text(form, "body"), kind=ChoiceKind.FLOW, answers=_answers(form))]
    if kind == "call_permission_reply":
        # as in "call_permission_reply": {"response": "accept", "expiration_timestamp": 1753186982}
        reply = wire.needed(told, kind)
        rest = {name: value for name, value in reply.items() if name != "response"}
        return [Choice(payload=wire.text(reply, "response"), kind=ChoiceKind.CALL_PERMISSION, answers=rest)]
    return [Unsupported(kind=f"interactive.{kind or 'unknown'}", raw=told)]


def _answers(form: Json) -> Json:
    """Return the answers to a Flow, which come as JSON in a text."""
    try:
        answers = json.loads(wire.text(form, "response_json") or "{}")
    except (ValueError, RecursionError):
        raise Malformed("the answers of the form are not JSON") from None
    if not isinstance(answers, dict):
        raise Malformed("the answers of the form are no object")
    return answers


def _location(_item: Item, data: Json) -> list[Part]:
    # as in "location": {"latitude": 37.44, "longitude": -122.16, "name": "...", "address": "...", "url": "..."}
    told = wire.needed(data, "location")
    return [
        Location(
            latitude=wire.number(told, "latitude"),
            longitude=wire.number(told, "longitude"),
            name=wire.text(told, "name"),
            address=wire.text(told, "address"),
            url=wire.text(told, "url"),
        )
    ]


def _order(_item: Item, data: Json) -> list[Part]:
    # as in "order": {"catalog_id": "1", "text": "...", "product_items": [
    #  {"product_retailer_id": "a", "quantity": 2, "item_price": 30, "currency": "USD"}, ...]}
    told = wire.needed(data, "order")
    lines = tuple(
        OrderItem(
            id=wire.text(line, "product_retailer_id"),
            quantity=quantity(line),
            price=price(line, "item_price"),
            currency=wire.text(line, "currency"),
        )
        for line in wire.items(told, "product_items")
    )
    return [Order(items=lines, catalogue=wire.text(told, "catalog_id"), note=wire.text(told, "text"))]


def _reaction(item: Item, data: Json) -> list[Part]:
    # as in "reaction": {"message_id": "wamid.y", "emoji": "👍"} and, for one taken back, an empty or no emoji
    told = wire.needed(data, "reaction")
    return [Reaction(message=_target(item, told, "message_id"), emoji=wire.text(told, "emoji") or None)]


def _edit(item: Item, data: Json) -> list[Part]:
    # as in "edit": {"original_message_id": "wamid.y", "message": {"type": "text", "text": {"body": "..."}}}
    told = wire.needed(data, "edit")
    target = _target(item, told, "original_message_id")
    after = wire.obj(told, "message")
    nested = wire.text(after, "type")
    content = parts(item, after) if after and nested not in ("edit", "revoke") else []
    return [Revision(message=target, action=RevisionAction.EDIT), *content]


def _revoke(item: Item, data: Json) -> list[Part]:
    # as in "revoke": {"original_message_id": "wamid.y"}
    target = _target(item, wire.needed(data, "revoke"), "original_message_id")
    return [Revision(message=target, action=RevisionAction.DELETE)]


def _target(item: Item, told: Json, name: str) -> MessageRef:
    return MessageRef(endpoint=item.endpoint, account=item.account, id=wire.text(told, name))


def _referral(told: Json) -> Referral:
    # as in "referral": {"source_type": "ad", "source_id": "1202", "source_url": "...", "headline": "..."}
    source = wire.text(told, "source_type") or "unknown"
    return Referral(
        source=source,
        ad_id=wire.text(told, "source_id") if source == "ad" else "",
        click_id=wire.text(told, "ctwa_clid"),
        url=wire.text(told, "source_url"),
        title=wire.text(told, "headline"),
    )


_CHOICES = {"button_reply": ChoiceKind.REPLY, "list_reply": ChoiceKind.LIST_ROW}

_READERS: dict[str, Callable[[Item, Json], list[Part]]] = {
    "text": _text,
    **dict.fromkeys(files.KINDS, files.media),
    "contacts": files.cards,
    "unsupported": _unsupported,
    "button": _button,
    "interactive": _interactive,
    "location": _location,
    "order": _order,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
}
