"""Messages as a phone shows them: what stands in each bubble, ready for the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
from markupsafe import Markup, escape

from connectors.meta.sandbox.control import INLINE
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.whatsapp.media import TYPES, plain

ON_PHONE = frozenset(("delivered", "read", "played"))
"""The statuses of messages of the business that have arrived on the phone."""

_FORMATS = (
    (re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])"), r"<s>\1</s>"),
    (re.compile(r"```(.+?)```", re.DOTALL), r"<code>\1</code>"),
)
_ONE_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF☀-➿️‍]{1,8}")


@attrs.define(kw_only=True)
class Bubble:
    """One bubble. Empty means absent."""

    id: str
    seq: int
    mine: bool
    time: str
    iso: str
    tick: str = ""
    kind: str = ""
    text: str = ""
    header: str = ""
    footer: str = ""
    big: bool = False
    file: dict[str, Any] = attrs.field(factory=dict)
    place: dict[str, Any] = attrs.field(factory=dict)
    cards: list[dict[str, Any]] = attrs.field(factory=list)
    buttons: list[dict[str, Any]] = attrs.field(factory=list)
    rows: list[dict[str, Any]] = attrs.field(factory=list)
    rows_title: str = ""
    quote: dict[str, Any] = attrs.field(factory=dict)
    marks: list[str] = attrs.field(factory=list)
    chosen: bool = False
    deleted: bool = False


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
    if quoted is not None:
        who = words["you"] if quoted.incoming else words["business"]
        made.quote = {"who": who, "text": summary(quoted, words), "mine": quoted.incoming}
    _FILLERS.get(entry.type, _fill_media)(made, entry, words)
    return made


def summary(entry: Entry, words: Mapping[str, str]) -> str:
    """Return a message in one line."""
    if entry.deleted:
        return words["deleted"]
    content = entry.content
    if entry.type == "text":
        return str(content["body"])
    if entry.type == "template":
        return str(content["shown"].get("body", ""))
    if entry.type == "interactive":
        reply = content.get(content["type"])
        return str(reply["title"] if isinstance(reply, dict) else content["body"]["text"])
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


def safe_url(url: str) -> str:
    """Return an address that a page may link to, "#" for any other."""
    return url if url.startswith(("http://", "https://", "tel:")) else "#"


def _fill_text(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    body = str(entry.content["body"])
    made.text, made.big = rich(body), bool(_ONE_EMOJI.fullmatch(body))


def _fill_media(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    content = entry.content if isinstance(entry.content, dict) else {}
    if entry.type in TYPES:
        made.file = _file(entry.type, content)
    made.text = rich(str(content.get("caption", "")))


def _file(kind: str, slot: dict[str, Any]) -> dict[str, Any]:
    mime = str(slot.get("mime") or slot.get("mime_type") or "")
    file_id = str(slot.get("file") or slot.get("id") or "")
    form = kind if plain(mime) in INLINE and kind != "document" else "document"
    return {
        "kind": form,
        "url": f"/sandbox/files/{file_id}",
        "name": slot.get("filename") or slot.get("name") or "",
        "mime": plain(mime),
        "voice": bool(slot.get("voice")),
        "alt": slot.get("caption") or slot.get("filename") or "",
    }


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
        made.cards.append({"name": name, "company": company, "lines": [*phones, *emails]})


def _fill_interactive(made: Bubble, entry: Entry, words: Mapping[str, str]) -> None:
    content = entry.content
    reply = content.get(content["type"])
    if isinstance(reply, dict):
        made.text, made.footer = rich(reply["title"]), reply.get("description", "")
        return
    _header(made, content.get("header", {}))
    made.text, made.footer = rich(content["body"]["text"]), content.get("footer", {}).get("text", "")
    action, kind = content["action"], content["type"]
    if kind == "button":
        made.buttons = [
            {"act": "choose", "value": b["reply"]["id"], "title": b["reply"]["title"]} for b in action["buttons"]
        ]
    elif kind == "list":
        made.rows_title, made.rows = action["button"], action["sections"]
    elif kind == "cta_url":
        link = action["parameters"]
        made.buttons = [{"act": "link", "url": safe_url(link["url"]), "title": link["display_text"]}]
    elif kind == "location_request_message":
        made.buttons = [{"act": "location", "title": words["share_location"]}]
    else:
        made.buttons = [{"act": "number", "title": words["share_number"]}]


def _fill_template(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    shown_ = entry.content["shown"]
    _header(made, shown_.get("header", {}))
    made.text, made.footer = rich(shown_.get("body", "")), shown_.get("footer", "")
    for number, button in enumerate(shown_.get("buttons", [])):
        made.buttons.append(_template_button(number, button))


def _template_button(number: int, button: dict[str, Any]) -> dict[str, Any]:
    title = button.get("text", "")
    if button["type"] == "URL":
        return {"act": "link", "url": safe_url(button.get("url", "")), "title": title}
    if button["type"] == "PHONE_NUMBER":
        return {"act": "link", "url": f"tel:{button.get('phone_number', '')}", "title": title}
    if "code" in button:
        return {"act": "copy", "value": button["code"], "title": title or button["code"]}
    return {"act": "choose", "value": str(number), "title": title}


def _header(made: Bubble, header: dict[str, Any]) -> None:
    form = header.get("type", "")
    if form == "text":
        made.header = header["text"]
    elif form == "location":
        made.header = str(header["location"].get("name", ""))
    elif form in TYPES:
        made.file = _file(form, header[form])


def _fill_button(made: Bubble, entry: Entry, _words: Mapping[str, str]) -> None:
    made.text = rich(entry.content["text"])


_FILLERS = {
    "text": _fill_text,
    "location": _fill_place,
    "contacts": _fill_cards,
    "interactive": _fill_interactive,
    "template": _fill_template,
    "button": _fill_button,
}
