"""The list of conversations and the thread beside it."""

from __future__ import annotations

from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import attrs
from starlette.responses import Response

from connectors.inbox import inbound
from connectors.inbox.pages import answering, knowing, showing
from connectors.inbox.pages.visit import Desk, Visit, whole
from connectors.inbox.store import desk as desk_store
from connectors.inbox.store import listing, thread, users, words
from connectors_core import ConnectorsError
from connectors_core.model import Verdict

VIEWS = ("mine", "unassigned", "all")
REACTIONS = ("👍", "❤️", "😂", "😮", "😢", "🙏")
FRESH = 20.0
"""Seconds that the verdict of a conversation is believed, unless the person writes again."""
MOST_VERDICTS = 5000


@attrs.frozen(kw_only=True)
class Line:
    """A conversation in the list."""

    row: Any
    name: str
    time: str
    words: str
    labels: list[Any]
    deadline: datetime | None
    left: str
    closed: bool


class Reading:
    """Handlers that only look."""

    def __init__(self, desk: Desk) -> None:
        """Begin without a verdict on anything."""
        self._desk = desk
        self._verdicts: dict[tuple[int, float | None], tuple[float, Verdict | None]] = {}

    def overview(self, visit: Visit) -> Response:
        """Show the list."""
        return visit.page("desk.html", **self._list(visit), thread=None)

    def thread(self, visit: Visit) -> Response:
        """Show a conversation beside the list."""
        id_ = int(visit.request.path_params["id"])
        with self._desk.database.read() as db:
            row = listing.one(db, id_)
        if row is None:
            return visit.problem(visit.words("There is no such conversation."), 404)
        return visit.page("desk.html", **self._list(visit), thread=self._thread(visit, row))

    def _known_verdict(self, row: Any) -> Verdict | None:
        """Return a verdict for the list, where it may be some seconds old."""
        key = (row.id, row.last_in_at)
        known = self._verdicts.get(key)
        if known is not None and known[0] > monotonic():
            return known[1]
        found = self._verdict(row)
        if found is None:
            return None  # what the gateway does not know yet, it may know in a moment
        if len(self._verdicts) >= MOST_VERDICTS:
            self._verdicts.clear()
        self._verdicts[key] = (monotonic() + FRESH, found)
        return found

    def _verdict(self, row: Any) -> Verdict | None:
        """Return whether a text may be sent into a conversation now, None when nobody knows."""
        try:
            return self._desk.door.verdict(inbound.ref(self._desk.door.endpoint, row))
        except ConnectorsError:
            return None

    def _list(self, visit: Visit) -> dict[str, Any]:
        view = visit.ask("view") if visit.ask("view") in VIEWS else "all"
        search, label = visit.ask("q").strip(), whole(visit.ask("label"))
        state = visit.ask("state") if visit.ask("state") in (*desk_store.STATES, "any") else ""
        state = state or ("any" if search else "open")
        wanted = listing.Filter(user=visit.user.id, view=view, state=state, label=label, words=search)
        with self._desk.database.read() as db:
            found = listing.page(db, wanted, visit.ask("before"))
            unread, labels, people = listing.unread(db, visit.user.id), words.all_labels(db), users.everybody(db)
        keep = {"view": view, "state": state, "label": label or "", "q": search}
        return {
            "lines": [self._line(visit, row, found.labels.get(row.id, [])) for row in found.rows],
            "cursor": found.cursor,
            "unread": unread,
            "labels": labels,
            "agents": [one for one in people if one.active],
            "view": view,
            "state": state,
            "states": desk_store.STATES,
            "label": label,
            "search": search,
            "query": urlencode({key: value for key, value in keep.items() if value}),
        }

    def _line(self, visit: Visit, row: Any, labels: list[Any]) -> Line:
        verdict = self._known_verdict(row)
        deadline = verdict.deadline if verdict is not None and verdict.allowed else None
        return Line(
            row=row,
            name=_name(row, visit),
            time=showing.short_time(showing.moment(row.last_at, visit.zone), visit.now, visit.words),
            words=showing.line(row.last_kind, row.last_line, visit.words),
            labels=labels,
            deadline=deadline,
            left=showing.left(deadline, visit.words) if deadline else "",
            closed=verdict is not None and not verdict.allowed,
        )

    def _thread(self, visit: Visit, row: Any) -> dict[str, Any]:
        verdict = self._verdict(row)
        with self._desk.database.read() as db:
            page = thread.page(db, row.id, whole(visit.ask("before_message")))
            contact = thread.contact(db, row.contact_id)
            canned = words.all_canned(db)
            reply = desk_store.message(db, visit.ask("reply")) if visit.ask("reply") else None
            found = {
                "contact": contact,
                **knowing.person(db, row, visit),
                "labels": {one.id for one in listing.labels_of(db, [row.id]).get(row.id, [])},
            }
        return {
            **found,
            "row": row,
            "name": _name(row, visit),
            "fields": showing.fields(contact),
            "bubbles": showing.bubbles(page.rows, page.quoted, visit.zone, visit.words),
            "older": page.before,
            "quote": _quote(reply, row, visit),
            "reactions": REACTIONS,
            "canned": canned,
            "prefilled": next((one.body for one in canned if str(one.id) == visit.ask("canned")), ""),
            "verdict": verdict,
            "control": answering.responders(self._desk.door, row),
            "own": self._desk.door.endpoint,
            "until": showing.until(verdict.deadline.astimezone(visit.zone), visit.now, visit.words)
            if verdict and verdict.deadline
            else "",
            "left": showing.left(verdict.deadline, visit.words) if verdict and verdict.deadline else "",
            **self._templates(visit, row, verdict),
        }

    def _templates(self, visit: Visit, row: Any, verdict: Verdict | None) -> dict[str, Any]:
        """Return the templates to choose from, where one is needed or asked for, and the one that was chosen."""
        needed = verdict is not None and not verdict.allowed
        if not needed and not visit.ask("template"):
            return {"templates": [], "chosen": None}
        try:
            found = list(self._desk.door.templates(inbound.ref(self._desk.door.endpoint, row)))
        except ConnectorsError:
            found = []
        name, _, language = visit.ask("template").partition("|")
        chosen = next((one for one in found if one.usable and (one.name, one.language) == (name, language)), None)
        return {"templates": found, "chosen": chosen}


def _name(row: Any, visit: Visit) -> str:
    return row.contact_name or row.contact_username or visit.words("Somebody")


def _quote(reply: Any, row: Any, visit: Visit) -> tuple[str, str] | None:
    """Return the name and the words of the message that is being answered, if it is of this conversation."""
    if reply is None or reply.conversation_id != row.id or reply.direction == "note":
        return None
    return showing.quote(reply, visit.words)
