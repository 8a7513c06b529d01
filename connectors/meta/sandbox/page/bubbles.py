"""Messages as a phone shows them: what stands in each bubble, ready for the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from connectors.meta.sandbox.page import chats, taps
from connectors.meta.sandbox.page.bubble import Bubble, file_of
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.whatsapp.media import TYPES

ON_PHONE = frozenset(("delivered", "read", "played"))
"""The statuses of messages of the business that have arrived on the phone."""

_FORMATS = (
    (re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])"), r"<s>\1</s>"),
    (re.compile(r"```(.+?)```", re.DOTALL), r"<code>\1</code>"),
)
_ONE_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF☀-➿️‍]{1,8}")


def shown(entry: Entry) -> bool:
    """Whether a message is one that the phone shows as a bubble."""
    return entry.type != "reaction" and (entry.incoming or entry.status in ON_PHONE)


def bubble(entry: Entry, words: Mapping[str, str], quoted: Entry | None = None) -> Bubble:
    """Return the bubble of a message; `quoted` is what it answers."""
    when = datetime.fromtimestamp(entry.at).astimezone()
    made = Bubble(
        id=entry.id,
        seq=entry.seq,
        mine=entry.incoming,
        time=f"{when:%H:%M}",
        iso=when.isoformat(timespec="seconds"),
        tick=entry.status if entry.incoming else "",
        kind=entry.type,
        marks=sorted(set(entry.marks.values())),
        chosen=entry.chosen,
        deleted=entry.deleted,
    )
    if entry.deleted:
        return made
    _FILLERS.get(entry.type, _fill_media)(made, entry, words)
    if quoted is not None:
        who = words["you"] if quoted.incoming else words["business"]
        made.quote = {"who": who, "text": summary(quoted, words), "mine": quoted.incoming}
    return made


def summary(entry: Entry, words: Mapping[str, str]) -> str:
    """Return a message in one line."""
    if entry.deleted:
        return words["deleted"]
    content = entry.content
    if entry.type in ("message", "postback"):
        return chats.line(entry, words)
    if entry.type == "text":
        return str(content["body"])
    if entry.type == "template":
        return str(content["shown"].get("body", ""))
    if entry.type == "interactive":
        reply = content.get(content["type"])
        return _replied(content["type"], reply, words) if isinstance(reply, dict) else _body(content, words)
    if entry.type == "button":
        return str(content["text"])
    if entry.type == "reaction":
        return str(content.get("emoji", ""))
    caption = content.get("caption", "") if isinstance(content, dict) else ""
    word = {"contacts": "contact"}.get(entry.type, entry.type)
    if entry.type == "audio" and content.get("voice"):
        word = "voice"
    return str(caption) or words.get(word, entry.type)


def rich(text: str) -> Markup:
    """Return a text with WhatsApp's marks for bold, italics, struck out and code."""
    html = str(escape(text))
    for pattern, with_ in _FORMATS:
        html = pattern.sub(with_, html)
    return Markup(html)  # noqa: S704 - escaped above; the patterns add elements without attributes


def _fill_text(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    body = str(entry.content["body"])
    made.text, made.big = rich(body), bool(_ONE_EMOJI.fullmatch(body))


def _fill_media(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    content = entry.content if isinstance(entry.content, dict) else {}
    if entry.type in TYPES:
        made.file = file_of(entry.type, content)
    made.text = rich(str(content.get("caption", "")))


def _fill_place(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    content = entry.content
    latitude, longitude = float(content["latitude"]), float(content["longitude"])
    made.place = {
        "name": content.get("name", ""),
        "address": content.get("address", ""),
        "point": f"{latitude:.5f}, {longitude:.5f}",
        "url": f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}",
    }


def _fill_cards(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    for card in entry.content:
        phones = [str(phone.get("phone", "")) for phone in card.get("phones", [])]
        emails = [str(email.get("email", "")) for email in card.get("emails", [])]
        name, company = card["name"]["formatted_name"], card.get("org", {}).get("company", "")
        made.cards.append({"name": name, "company": company, "lines": [*phones, *emails], "icon": "person"})


def _fill_interactive(made: Bubble, entry: Entry, words: Mapping[str, str]) -> None:
    content = entry.content
    reply = content.get(content["type"])
    if isinstance(reply, dict):
        made.text, made.footer = rich(_replied(content["type"], reply, words)), reply.get("description", "")
        return
    _header(made, content.get("header", {}))
    made.text, made.footer = rich(_body(content, words)), content.get("footer", {}).get("text", "")
    action, kind = content["action"], content["type"]
    if kind == "list":
        made.rows_title, made.rows = action["button"], action["sections"]
    made.buttons = taps.buttons(kind, action, words)
    made.cards = taps.products(kind, action, words)
    made.panels = [_panel(card) for card in taps.cards(action)]


def _body(content: dict[str, Any], words: Mapping[str, str]) -> str:
    """Return the words of a message, which a few may do without."""
    if "body" in content:
        return str(content["body"]["text"])
    return words["may_call"] if content["type"] == "call_permission_request" else ""


def _replied(kind: str, reply: dict[str, Any], words: Mapping[str, str]) -> str:
    """Return what a customer answered, in one line."""
    if kind == "call_permission_reply":
        return words[f"call_{reply['response']}"]
    return str(reply.get("title") or reply.get("body", ""))


def _panel(card: dict[str, Any]) -> dict[str, Any]:
    """Return one card of a carousel as the page shows it."""
    header = card["header"]
    form = header.get("type", "")
    return {**card, "text": rich(card["text"]), "file": file_of(form, header[form]) if form in TYPES else {}}


def _fill_order(made: Bubble, entry: Entry, words: Mapping[str, str]) -> None:
    for item in entry.content["product_items"]:
        price = f"{item['quantity']} × {item['item_price']} {item['currency']}"  # noqa: RUF001 - the sign for times
        card = {"name": item["product_retailer_id"], "company": words["order"], "lines": [price], "icon": "leaf"}
        made.cards.append(card)


def _fill_template(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    shown_ = entry.content["shown"]
    _header(made, shown_.get("header", {}))
    made.text, made.footer = rich(shown_.get("body", "")), shown_.get("footer", "")
    if offer := shown_.get("offer", {}).get("text"):
        made.header = offer
    for number, button in enumerate(shown_.get("buttons", [])):
        made.buttons.append(taps.template_button(str(number), button))
    made.panels = [_panel(card) for card in taps.template_cards(shown_)]


def _header(made: Bubble, header: dict[str, Any]) -> None:
    form = header.get("type", "")
    if form == "text":
        made.header = header["text"]
    elif form == "location":
        made.header = str(header["location"].get("name", ""))
    elif form in TYPES:
        made.file = file_of(form, header[form])


def _fill_button(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    made.text = rich(entry.content["text"])


_FILLERS = {
    "text": _fill_text,
    "location": _fill_place,
    "contacts": _fill_cards,
    "interactive": _fill_interactive,
    "template": _fill_template,
    "button": _fill_button,
    "order": _fill_order,
    "message": chats.fill_message,
    "postback": chats.fill_postback,
}
