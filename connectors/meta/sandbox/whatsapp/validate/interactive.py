"""Buttons, lists, link buttons and the requests for a location or a number (WA/messages/interactive-*, 2025-12)."""

from __future__ import annotations

from collections.abc import Callable

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.whatsapp.validate.fields import Fields, distinct

MOST_BUTTONS, MOST_ROWS, MOST_SECTIONS = 3, 10, 10
LONGEST_BODY, LONGEST_LIST_BODY, LONGEST_LINE = 1024, 4096, 60

_MEDIA = ("image", "video", "document")


def interactive(message: Fields) -> None:
    """Check one interactive message."""
    message.only("type", "header", "body", "footer", "action")
    kind = message.text("type", 64)
    reader = _READERS.get(kind)
    if reader is None:
        raise GraphError(131051, f"The sandbox does not play interactive messages of type {kind}.")
    body = message.object("body")
    body.only("text")
    body.text("text", LONGEST_LIST_BODY if kind == "list" else LONGEST_BODY)
    if message.has("footer"):
        footer = message.object("footer")
        footer.only("text")
        footer.text("text", LONGEST_LINE)
    if message.has("header"):
        _header(message.object("header"), kind)
    reader(message.object("action"))


def _header(header: Fields, kind: str) -> None:
    allowed = {"button": ("text", *_MEDIA), "cta_url": ("text", *_MEDIA), "list": ("text",)}.get(kind, ())
    if not allowed:
        raise GraphError(131009, f"A message of type {kind} has no header.")
    form = header.choice("type", allowed)
    header.only("type", form)
    if form == "text":
        header.text("text", LONGEST_LINE)
        return
    media = header.object(form)
    if media.has("id") == media.has("link"):
        raise GraphError(131008, f"Exactly one of {media.name('id')} and {media.name('link')} is required.")


def _buttons(action: Fields) -> None:
    action.only("buttons")
    replies = []
    for button in action.objects("buttons", 1, MOST_BUTTONS):
        button.only("type", "reply")
        button.choice("type", ("reply",))
        reply = button.object("reply")
        reply.only("id", "title")
        replies.append((reply.text("id", 256), reply.text("title", 20)))
    distinct([one for one, _ in replies], "button ids")
    distinct([title for _, title in replies], "button titles")


def _list(action: Fields) -> None:
    action.only("button", "sections")
    action.text("button", 20)
    sections = action.objects("sections", 1, MOST_SECTIONS)
    ids = []
    for section in sections:
        section.only("title", "rows")
        section.text("title", 24, needed=len(sections) > 1)
        for row in section.objects("rows", 1, MOST_ROWS):
            row.only("id", "title", "description")
            ids.append(row.text("id", 200))
            row.text("title", 24)
            row.text("description", 72, needed=False)
    if len(ids) > MOST_ROWS:
        raise GraphError(131009, f"Total row count exceeds the maximum of {MOST_ROWS}.")
    distinct(ids, "row ids")


def _link(action: Fields) -> None:
    action.only("name", "parameters")
    action.choice("name", ("cta_url",))
    parameters = action.object("parameters")
    parameters.only("display_text", "url")
    parameters.text("display_text", 20)
    url = parameters.text("url", 2000)
    if not url.startswith(("http://", "https://")):
        raise GraphError(131009, f"Param {parameters.name('url')} is not a valid URI.")


def _request(name: str) -> Callable[[Fields], None]:
    def read(action: Fields) -> None:
        action.only("name")
        action.choice("name", (name,))

    return read


_READERS: dict[str, Callable[[Fields], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _link,
    "location_request_message": _request("send_location"),
    "request_contact_info": _request("request_contact_info"),
}
