"""Who of the business writes, by name and picture: personas (MP/send-messages/personas, 2026-04-22)."""

from __future__ import annotations

import threading

import attrs

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors_core import Http, Malformed, NeedsAttention, Refused
from connectors_core.model import Contact, wire

LONGEST_NAME = 50
MOST_PAGES = 20

_PAGE = "100"
_EXPIRED = "190"
"""The code that would refuse the message as well; any other permission is missing for personas alone."""


@attrs.define(eq=False)
class Personas:
    """The personas of a Page by their names: asked for once, made where one is missing, remembered by the process.

    Who cannot be made one has none, and their messages go as the Page's: a name is no reason to hold a message up. Meta
    makes none without a picture.
    """

    _known: dict[str, str] | None = attrs.field(default=None, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def of(self, author: Contact, http: Http, graph: Graph, page_id: str) -> str:
        """Return the id of the persona of an agent, "" when there is none."""
        if not 0 < len(author.name) <= LONGEST_NAME:
            return ""
        with self._lock:
            try:
                if self._known is None:
                    self._known = _listed(http, graph, page_id)
                if author.name not in self._known:
                    self._known[author.name] = _made(author, http, graph, page_id)
            except (Refused, Malformed, NeedsAttention) as error:
                if str(error.code).startswith(_EXPIRED):
                    raise
                self._known = {} if self._known is None else self._known
                self._known.setdefault(author.name, "")
            return self._known[author.name]


def _listed(http: Http, graph: Graph, page_id: str) -> dict[str, str]:
    found: dict[str, str] = {}
    query = {"fields": "id,name", "limit": _PAGE}
    for _ in range(MOST_PAGES):
        call = graph.call("GET", f"{page_id}/personas", None, **query)
        page = http.call(call, verb="list personas", explain=explain_messaging).object()
        found |= {wire.text(row, "name"): wire.text(row, "id") for row in wire.items(page, "data")}
        paging = wire.obj(page, "paging")
        cursor = wire.text(wire.obj(paging, "cursors"), "after")
        if not cursor or not wire.text(paging, "next"):
            break
        query["after"] = cursor
    return found


def _made(author: Contact, http: Http, graph: Graph, page_id: str) -> str:
    """Make a persona; without a picture there can be none. Two of one name do no harm."""
    if not author.picture.startswith("https://"):
        return ""
    content = {"name": author.name, "profile_picture_url": author.picture}
    call = attrs.evolve(graph.call("POST", f"{page_id}/personas", content), harmless=True)
    return wire.text(http.call(call, verb="make a persona", explain=explain_messaging).object(), "id")
