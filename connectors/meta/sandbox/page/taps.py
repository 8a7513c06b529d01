"""What can be tapped in a message, and the cards that stand side by side in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
Words = Mapping[str, str]


def safe_url(url: str) -> str:
    """Return an address that a page may link to, "#" for any other."""
    return url if url.startswith(("http://", "https://", "tel:")) else "#"


def buttons(kind: str, action: Json, words: Words) -> list[Json]:
    """Return the buttons below an interactive message that is no list of rows."""
    if kind == "button":
        return [_reply(button["reply"]) for button in action["buttons"]]
    if kind == "cta_url":
        return [_link(action)]
    if kind == "flow":
        return [{"act": "choose", "value": "flow", "title": action["parameters"]["flow_cta"]}]
    if kind == "call_permission_request":
        return [{"act": "choose", "value": one, "title": words[f"call_{one}"]} for one in ("accept", "reject")]
    if kind == "voice_call":
        return [{"act": "call", "title": action.get("parameters", {}).get("display_text") or words["call"]}]
    if kind in ("product", "catalog_message"):
        return [{"act": "choose", "value": "order", "title": words["order"]}]
    if kind == "product_list" or _shows_products(action):
        return [{"act": "choose", "value": "order", "title": words["order_all"]}]
    return {
        "location_request_message": [{"act": "location", "title": words["share_location"]}],
        "request_contact_info": [{"act": "number", "title": words["share_number"]}],
    }.get(kind, [])


def products(kind: str, action: Json, words: Words) -> list[Json]:
    """Return the products that a message shows, as lines: a title, and what stands under it."""
    if kind == "catalog_message":
        return [_product(words["catalogue"], "")]
    if kind == "product":
        return [_product(action["product_retailer_id"], words["product"])]
    if kind == "product_list":
        return [
            _product(item["product_retailer_id"], section.get("title") or words["product"])
            for section in action["sections"]
            for item in section["product_items"]
        ]
    cards = action.get("cards", []) if _shows_products(action) else []
    return [_product(card["action"]["product_retailer_id"], words["product"]) for card in cards]


def cards(action: Json) -> list[Json]:
    """Return the cards of an interactive message: the header, the words and the buttons of each."""
    return [
        {
            "header": card["header"],
            "text": card.get("body", {}).get("text", ""),
            "buttons": [_reply(one["quick_reply"]) for one in card["action"]["buttons"]]
            if "buttons" in card["action"]
            else [_link(card["action"])],
        }
        for card in action.get("cards", [])
        if card["type"] == "cta_url"
    ]


def template_cards(shown: Json) -> list[Json]:
    """Return the cards of a template."""
    return [
        {
            "header": card.get("header", {}),
            "text": card.get("body", ""),
            "buttons": [template_button(f"{index}.{n}", one) for n, one in enumerate(card.get("buttons", []))],
        }
        for index, card in enumerate(shown.get("cards", []))
    ]


def template_button(name: str, button: Json) -> Json:
    """Return one button of a template; `name` is what a tap on it says."""
    title = button.get("text", "")
    if button["type"] == "URL":
        return {"act": "link", "url": safe_url(button.get("url", "")), "title": title}
    if button["type"] == "PHONE_NUMBER":
        return {"act": "link", "url": f"tel:{button.get('phone_number', '')}", "title": title}
    if "code" in button:
        return {"act": "copy", "value": button["code"], "title": title or button["code"]}
    return {"act": "choose", "value": name, "title": title}


def _shows_products(action: Json) -> bool:
    return any(card["type"] == "product" for card in action.get("cards", []))


def _product(name: str, heading: str) -> Json:
    return {"name": name, "company": heading, "lines": [], "icon": "leaf"}


def _reply(reply: Json) -> Json:
    return {"act": "choose", "value": reply["id"], "title": reply["title"]}


def _link(action: Json) -> Json:
    link = action["parameters"]
    return {"act": "link", "url": safe_url(link["url"]), "title": link["display_text"]}
