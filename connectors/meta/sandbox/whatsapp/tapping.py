"""What comes back when a customer taps something in a message (WA/webhooks/reference/messages/*, 2025-11)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store.messages import Entry

PERMISSION_SECONDS = 7 * 24 * 3600
"""How long somebody allows to be called who does not say for ever (WA/calling, 2025-11-03)."""

PRICE = 10
"""What every product of the sandbox costs."""

Json = dict[str, Any]


def chosen(target: Entry, choice: str, answers: Json) -> tuple[str, Json]:
    """Return the type and the content of the answer to a tap; raise GraphError for what cannot be tapped."""
    found = _of_template(target.content["shown"], choice, answers) if target.type == "template" else None
    if target.type == "interactive":
        found = _of_interactive(target, choice, answers)
    if found is None:
        raise GraphError(131009, "The message has no such button or row.")
    return found


def _of_template(shown: Json, choice: str, answers: Json) -> tuple[str, Json] | None:
    for name, button in _template_buttons(shown):
        if name != choice:
            continue
        if button["type"] == "QUICK_REPLY":
            return "button", {"payload": button.get("payload", button["text"]), "text": button["text"]}
        if button["type"] == "FLOW":
            return "interactive", _form(button.get("flow_token", "unused"), answers)
        if button["type"] in ("CATALOG", "MPM"):
            return "order", order("", [button.get("product") or "sku-1"])
    return None


def _template_buttons(shown: Json) -> Iterator[tuple[str, Json]]:
    """Yield the buttons of a template and of its cards, with the names that taps have: "0", and "1.0" on a card."""
    for number, button in enumerate(shown.get("buttons", [])):
        yield str(number), button
    for index, card in enumerate(shown.get("cards", [])):
        yield from ((f"{index}.{number}", button) for number, button in enumerate(card.get("buttons", [])))


def _of_interactive(target: Entry, choice: str, answers: Json) -> tuple[str, Json] | None:
    kind, action = target.content["type"], target.content["action"]
    if kind == "flow" and choice == "flow":
        return "interactive", _form(action["parameters"].get("flow_token", "unused"), answers)
    if kind == "call_permission_request" and choice in ("accept", "reject"):
        reply: Json = {"response": choice, "response_source": "user_action"}
        if choice == "accept":
            reply["expiration_timestamp"] = int(target.at) + PERMISSION_SECONDS
        return "interactive", {"type": "call_permission_reply", "call_permission_reply": reply}
    if choice == "order" and (products := _products(kind, action)):
        return "order", order(*products)
    for reply in _replies(action):
        if reply["id"] == choice:
            return "interactive", {"type": "button_reply", "button_reply": {"id": choice, "title": reply["title"]}}
    for row in (row for section in action.get("sections", []) for row in section.get("rows", [])):
        if row["id"] == choice:
            return "interactive", {"type": "list_reply", "list_reply": row}
    return None


def _replies(action: Json) -> Iterator[Json]:
    yield from (button["reply"] for button in action.get("buttons", []))
    for card in action.get("cards", []):
        yield from (button["quick_reply"] for button in card["action"].get("buttons", []))


def _products(kind: str, action: Json) -> tuple[str, list[str]] | None:
    """Return the catalogue and the products that a message shows."""
    if kind == "catalog_message":
        return "", [action.get("parameters", {}).get("thumbnail_product_retailer_id", "sku-1")]
    if kind == "product":
        return action["catalog_id"], [action["product_retailer_id"]]
    if kind == "product_list":
        items = [item for section in action["sections"] for item in section["product_items"]]
        return action["catalog_id"], [item["product_retailer_id"] for item in items]
    cards = [card["action"] for card in action.get("cards", []) if card["type"] == "product"]
    return (cards[0]["catalog_id"], [card["product_retailer_id"] for card in cards]) if cards else None


def order(catalogue: str, products: list[str]) -> Json:
    """Return a cart with one of each product."""
    lines = [{"product_retailer_id": one, "quantity": 1, "item_price": PRICE, "currency": "USD"} for one in products]
    return {"catalog_id": catalogue or "194836987003835", "text": "", "product_items": lines}


def _form(token: str, answers: Json) -> Json:
    """Return the answers to a form, which come as JSON in a text."""
    filled = json.dumps({"flow_token": token, **answers})
    return {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": filled}}
