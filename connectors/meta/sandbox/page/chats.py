"""Messages of Messenger and Instagram as a phone shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.meta.sandbox.messaging.tapping import buttons
from connectors.meta.sandbox.page.bubble import Bubble, file_of
from connectors.meta.sandbox.page.taps import safe_url
from connectors.meta.sandbox.store.messages import Entry

Json = dict[str, Any]
Words = Mapping[str, str]

FILES = ("image", "audio", "video", "file", "sticker", "story_mention")


def line(entry: Entry, words: Words) -> str:
    """Return a message in one line."""
    content = entry.content
    if entry.type == "postback":
        return str(content["title"])
    if text := content.get("text") or content.get("shown", {}).get("body"):
        return str(text)
    for one in content.get("attachments", []):
        payload = one.get("payload", {})
        if one["type"] == "template":
            cards = payload.get("elements") or [{}]
            return str(payload.get("text") or payload.get("title") or cards[0].get("title") or words["shared"])
        kind = {"ig_post": "post", "MEDIA_SHARE": "post", "like_heart": "heart"}.get(one["type"], one["type"])
        return words.get(kind, kind)
    return words["sticker"] if "sticker_id" in content else ""


def fill_postback(made: Bubble, entry: Entry, words: Words) -> None:
    """Fill the bubble of a tap."""
    made.text = str(entry.content["title"])
    _came(made, entry.content, words)


def fill_message(made: Bubble, entry: Entry, words: Words) -> None:
    """Fill the bubble of a message of either side."""
    content = entry.content
    made.text, made.edited = str(content.get("text", "")), bool(content.get("edits"))
    _came(made, content, words)
    if persona := content.get("persona"):
        made.label = str(persona["name"])
    if comment := content.get("comment"):
        made.quote = {"who": words["your_comment"], "text": comment, "mine": True}
    if "story" in content:
        made.quote = {"who": words["to_story"], "text": "", "mine": True}
    if shown := content.get("shown"):
        made.header, made.text, made.footer = (str(shown.get(name, "")) for name in ("header", "body", "footer"))
    if "sticker_id" in content:
        made.text, made.big = "👍", True
    for one in content.get("attachments", []):
        _attachment(made, one, words)
    taps = {name: _tap(name, button, entry, words) for name, button in buttons(content)}
    made.buttons += [tap for name, tap in taps.items() if "." not in name]
    for index, panel in enumerate(made.panels):
        panel["buttons"] = [tap for name, tap in taps.items() if name.startswith(f"{index}.")]
    made.replies += [_reply(one, words) for one in content.get("quick_replies", [])]
    if entry.chosen:
        made.replies = []


def _came(made: Bubble, content: Json, words: Words) -> None:
    if came := content.get("referral"):
        title = came.get("ads_context_data", {}).get("ad_title", "")
        made.label = f"{words['by_ad']}: {title}" if title else f"{words['by_link']}: {came.get('ref', '')}"


def _reply(one: Json, words: Words) -> Json:
    if one["content_type"] == "text":
        return {"value": one["payload"], "title": one["title"]}
    title = words["give_email"] if one["content_type"] == "user_email" else words["give_phone"]
    return {"value": one["content_type"], "title": title}


def _tap(name: str, button: Json, entry: Entry, words: Words) -> Json:
    """Return one button as the page shows it."""
    kind, title = str(button.get("type", "")).lower(), str(button.get("title") or button.get("text", ""))
    if kind in ("web_url", "url"):
        return {"act": "link", "url": safe_url(str(button.get("url", ""))), "title": title}
    if kind == "phone_number":
        return {"act": "link", "url": f"tel:{button.get('payload', '')}", "title": title}
    if kind == "account_link":
        url = f"/sandbox/customers/{entry.customer}/login?message={entry.id}&choice={name}"
        return {"act": "link", "url": url, "title": words["log_in"]}
    if kind == "account_unlink":
        return {"act": "logout", "title": words["log_out"]}
    if kind == "postback":
        return {"act": "choose", "value": name, "title": title}
    return {"act": "call", "title": title or words["call"]}


def _attachment(made: Bubble, one: Json, words: Words) -> None:
    payload, kind = one.get("payload", {}), one["type"]
    if kind == "template":
        _TEMPLATES[payload["template_type"]](made, payload, words)
    elif kind == "like_heart":
        made.text, made.big = "❤️", True
    elif kind in ("ig_post", "post", "MEDIA_SHARE"):
        made.cards.append(_card(str(payload.get("title", "")) or words["post"], words["shared"]))
    elif kind == "sticker":
        made.text, made.big = "👍", True
    elif kind in FILES and payload.get("file"):
        made.gallery.append(file_of("image" if kind == "story_mention" else kind, payload))
        if kind == "story_mention":
            made.label = words["mentioned"]
    elif kind == "story_mention":
        made.cards.append(_card(words["story"], words["mentioned"]))


def _card(name: str, company: str, *lines: str) -> Json:
    return {"name": name, "company": company, "lines": list(lines), "icon": "leaf"}


def _picture(payload: Json, link: object) -> Json:
    file_id = payload.get("pictures", {}).get(str(link)) if link else None
    return {"kind": "image", "url": f"/sandbox/files/{file_id}"} if file_id else {}


def _button(made: Bubble, payload: Json, _words: Words) -> None:
    made.text = str(payload["text"])


def _cards(made: Bubble, payload: Json, _words: Words) -> None:
    for card in payload["elements"]:
        link = card.get("image_url") or card.get("attachment_id")
        texts = (card.get("title"), card.get("subtitle"))
        made.panels.append({"text": "\n".join(filter(None, texts)), "file": _picture(payload, link), "buttons": []})


def _grid(made: Bubble, payload: Json, _words: Words) -> None:
    for card in payload["elements"]:
        made.header, made.footer = str(card["title"]), str(card.get("subtitle", ""))
        for picture in card["images"]:
            made.gallery += [found] if (found := _picture(payload, picture.get("url"))) else []
        made.panels.append({"text": "", "file": {}, "buttons": []})


def _products(made: Bubble, payload: Json, words: Words) -> None:
    made.cards += [_card(str(one["id"]), words["product"]) for one in payload["elements"]]


def _receipt(made: Bubble, payload: Json, words: Words) -> None:
    made.header = f"{words['receipt']} {payload['order_number']}"
    made.cards += [_card(str(row["title"]), "", *_price(row, payload)) for row in payload.get("elements", [])]
    made.footer = f"{words['total']}: {payload['summary']['total_cost']} {payload['currency']}"


def _price(row: Json, payload: Json) -> Iterator[str]:
    yield f"{row.get('quantity', 1)} × {row['price']} {row.get('currency') or payload['currency']}"  # noqa: RUF001


def _coupon(made: Bubble, payload: Json, words: Words) -> None:
    made.header, made.text = str(payload["title"]), str(payload.get("subtitle", ""))
    if payload.get("coupon_code"):
        made.buttons.append({"act": "choose", "value": "coupon", "title": words["reveal"]})
    if url := payload.get("coupon_url"):
        title = str(payload.get("coupon_url_button_title") or words["open_link"])
        made.buttons.append({"act": "link", "url": safe_url(str(url)), "title": title})


def _survey(made: Bubble, payload: Json, words: Words) -> None:
    question = payload["feedback_screens"][0]["questions"][0]
    made.header = str(payload["title"])
    made.text = str(question.get("title", "")) or words["survey"]
    most = 10 if question["type"] == "nps" else 5
    made.replies += [{"value": str(one), "title": str(one)} for one in range(1, most + 1)]


_TEMPLATES = {
    "button": _button,
    "generic": _cards,
    "media": _cards,
    "product": _products,
    "receipt": _receipt,
    "coupon": _coupon,
    "customer_feedback": _survey,
    "image_grid": _grid,
}
