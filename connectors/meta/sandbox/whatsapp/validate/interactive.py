"""Buttons, lists, links, forms, calls and requests.

Sources: WA/messages/interactive-*, 2025-12; WA/flows/guides/sendingaflow, 2025-11; WA/calling, 2026-06-26.
"""

from __future__ import annotations

from collections.abc import Callable

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.whatsapp.validate import shop
from connectors.meta.sandbox.whatsapp.validate.fields import Fields, distinct

MOST_BUTTONS, MOST_ROWS, MOST_SECTIONS = 3, 10, 10
LONGEST_BODY, LONGEST_LIST_BODY, LONGEST_LINE = 1024, 4096, 60

_MEDIA = ("image", "video", "document")
_HEADERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("button", "cta_url", "flow"), ("text", *_MEDIA)),
    **dict.fromkeys(("list", "product_list"), ("text",)),
}
_BODILESS = ("product", "call_permission_request")
"""What needs no words."""

_FOOTLESS = ("carousel", "location_request_message", "request_contact_info", "call_permission_request", "voice_call")


def interactive(message: Fields) -> None:
    """Check one interactive message."""
    message.only("type", "header", "body", "footer", "action")
    kind = message.text("type", 64)
    reader = _READERS.get(kind)
    if reader is None:
        raise GraphError(131051, f"The sandbox does not play interactive messages of type {kind}.")
    if message.has("body") or kind not in _BODILESS:
        body = message.object("body")
        body.only("text")
        body.text("text", LONGEST_LIST_BODY if kind == "list" else LONGEST_BODY)
    if message.has("footer"):
        if kind in _FOOTLESS:
            raise GraphError(131009, f"A message of type {kind} has no footer.")
        footer = message.object("footer")
        footer.only("text")
        footer.text("text", LONGEST_LINE)
    if message.has("header") or kind == "product_list":
        _header(message.object("header"), kind)
    reader(message.object("action"))


def _header(header: Fields, kind: str) -> None:
    allowed = _HEADERS.get(kind, ())
    if not allowed:
        raise GraphError(131009, f"A message of type {kind} has no header.")
    form = header.choice("type", allowed)
    header.only("type", form)
    if form == "text":
        header.text("text", LONGEST_LINE)
        return
    shop.one_file(header.object(form))


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


def _flow(action: Fields) -> None:
    action.only("name", "parameters")
    action.choice("name", ("flow",))
    given = action.object("parameters")
    given.only(*("flow_message_version", "flow_id", "flow_name", "flow_cta", "flow_token", "mode"), *_FLOW_WAYS)
    given.choice("flow_message_version", ("3",))
    if given.has("flow_id") == given.has("flow_name"):
        raise GraphError(131008, f"Exactly one of {given.name('flow_id')} and {given.name('flow_name')} is required.")
    given.text("flow_cta", 30)
    given.text("flow_token", 200, needed=False)
    if given.has("mode"):
        given.choice("mode", ("draft", "published"))
    way = given.choice("flow_action", ("navigate", "data_exchange")) if given.has("flow_action") else "navigate"
    if way == "data_exchange":
        if given.has("flow_action_payload"):
            raise GraphError(131009, f"Param {given.name('flow_action_payload')} is for the action navigate.")
    elif given.has("flow_action_payload"):
        screen = given.object("flow_action_payload")
        screen.only("screen", "data")
        screen.text("screen", 200)
        if screen.has("data") and not screen.object("data").data:
            raise GraphError(131009, f"Param {screen.name('data')} must not be empty.")


_FLOW_WAYS = ("flow_action", "flow_action_payload")


def _call(action: Fields) -> None:
    action.only("name", "parameters")
    action.choice("name", ("voice_call",))
    if action.has("parameters"):
        parameters = action.object("parameters")
        parameters.only("display_text", "ttl_minutes", "payload")
        parameters.text("display_text", 20, needed=False)
        parameters.text("payload", 512, needed=False)
        if parameters.has("ttl_minutes"):
            parameters.number("ttl_minutes", 1, 43200)


def _request(name: str) -> Callable[[Fields], None]:
    def read(action: Fields) -> None:
        action.only("name")
        action.choice("name", (name,))

    return read


_READERS: dict[str, Callable[[Fields], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": shop.link,
    "flow": _flow,
    "product": shop.product,
    "product_list": shop.product_list,
    "catalog_message": shop.catalogue,
    "carousel": shop.carousel,
    "voice_call": _call,
    "call_permission_request": _request("call_permission_request"),
    "location_request_message": _request("send_location"),
    "request_contact_info": _request("request_contact_info"),
}
