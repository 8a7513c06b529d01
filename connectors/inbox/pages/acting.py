"""What agents do with a conversation besides writing to the person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from connectors.inbox import inbound
from connectors.inbox.pages.reading import REACTIONS
from connectors.inbox.pages.visit import Desk, Visit
from connectors.inbox.store import arrivals, listing, merges
from connectors.inbox.store import desk as desk_store
from connectors.inbox.store import people as people_store
from connectors_core.model import LinkStatus

TYPING_EVERY = 15.0
"""Seconds between two signs in one conversation; WhatsApp shows one for 25 s (WA/typing-indicators, 2025-12)."""
SNOOZES = {"3h": timedelta(hours=3), "1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7)}

_ANSWERS = {"same": LinkStatus.LINKED, "apart": LinkStatus.DECLINED, "undo": LinkStatus.UNLINKED}


class Acting:
    """Handlers of the forms around a thread."""

    def __init__(self, desk: Desk) -> None:
        """Nobody has typed yet."""
        self._desk = desk
        self._typed: dict[int, float] = {}

    def read(self, visit: Visit) -> Response:
        """Mark a conversation as read, and let the person know."""
        row = self._row(visit)
        if row is None:
            return _missing(visit)
        endpoint, now = self._desk.door.endpoint, datetime.now(UTC)
        with self._desk.database.write() as db:
            desk_store.seen(db, row.id, lambda last: inbound.read(endpoint, row, now, last.name))
        self._desk.outbox.drain()
        return visit.to(f"/c/{row.id}")

    def typing(self, visit: Visit) -> Response:
        """Let the person see that somebody is typing; not for longer than a sign lasts, and never stored."""
        row = self._row(visit)
        if row is None:
            return _missing(visit)
        if self._typed.get(row.id, 0.0) < monotonic():
            if len(self._typed) > 1000:
                self._typed.clear()
            self._typed[row.id] = monotonic() + TYPING_EVERY
            with self._desk.database.read() as db:
                last = desk_store.last_of_person(db, row.id)
            if last is not None:
                name, now = uuid4().hex, datetime.now(UTC)
                self._desk.door.submit(inbound.typing(self._desk.door.endpoint, row, name, now, last.name))
        return Response(status_code=204)

    def react(self, visit: Visit) -> Response:
        """React to a message of the person; the same sign again takes it back."""
        emoji = visit.text("emoji", 20)
        with self._desk.database.read() as db:
            target = desk_store.message(db, str(visit.request.path_params["name"]))
            row = desk_store.conversation(db, target.conversation_id) if target is not None else None
        if target is None or row is None or target.direction != "in" or emoji not in REACTIONS:
            return _missing(visit)
        name, now = uuid4().hex, datetime.now(UTC)
        with self._desk.database.write() as db:
            target = desk_store.message(db, target.name) or target
            sign = None if arrivals.reaction_of(target, "agent") == emoji else emoji
            arrivals.react(db, target, "agent", sign)
            event = inbound.reaction(self._desk.door.endpoint, row, name, now, target.name, sign)
            desk_store.queue(db, row.id, event)
        self._desk.outbox.drain()
        return visit.to(f"/c/{row.id}")

    def state(self, visit: Visit) -> Response:
        """Put a conversation away, or take it back."""
        row, state = self._row(visit), visit.text("state")
        until = datetime.now(UTC) + SNOOZES.get(visit.text("for"), SNOOZES["1d"])
        if row is None or state not in desk_store.STATES:
            return _missing(visit)
        endpoint, now = self._desk.door.endpoint, datetime.now(UTC)
        with self._desk.database.write() as db:
            desk_store.set_state(db, row.id, state, until.timestamp())
            if state == "resolved" and row.state != "resolved":
                desk_store.queue(db, row.id, inbound.resolved(endpoint, row, uuid4().hex, now))
        self._desk.outbox.drain()
        return visit.to(f"/c/{row.id}")

    def assign(self, visit: Visit) -> Response:
        """Give a conversation to an agent, or to nobody."""
        row = self._row(visit)
        if row is None:
            return _missing(visit)
        with self._desk.database.write() as db:
            if not desk_store.assign(db, row.id, visit.number("user")):
                return _missing(visit)
        return visit.to(f"/c/{row.id}")

    def label(self, visit: Visit) -> Response:
        """Put the chosen labels on a conversation, and take off the others."""
        row = self._row(visit)
        if row is None:
            return _missing(visit)
        chosen = {int(one) for one in visit.form.getlist("label") if isinstance(one, str) and one.isdecimal()}
        with self._desk.database.write() as db:
            have = {one.id for one in listing.labels_of(db, [row.id]).get(row.id, [])}
            for one in sorted(have ^ chosen):
                desk_store.set_label(db, row.id, one, on=one in chosen)
        return visit.to(f"/c/{row.id}")

    def contact(self, visit: Visit) -> Response:
        """Change the name and the notes of a person."""
        row = self._row(visit)
        if row is None:
            return _missing(visit)
        with self._desk.database.write() as db:
            people_store.rename(db, row.contact_id, name=visit.text("name", 200), notes=visit.text("notes", 10_000))
            arrivals.touch(db, row.id)
        return visit.to(f"/c/{row.id}")

    def person(self, visit: Visit) -> Response:
        """Say that two contacts are one person, that they are not, or that they are two again after all."""
        row, answer = self._row(visit), _ANSWERS.get(visit.text("answer"))
        if row is None or answer is None:
            return _missing(visit)
        endpoint, now = self._desk.door.endpoint, datetime.now(UTC)
        with self._desk.database.write() as db:
            asked = merges.ask(db, visit.number("merge") or 0, answer, visit.user.name)
            if asked is not None:
                event = inbound.answer(endpoint, answer, uuid4().hex, now, asked.contact_id, asked.other_id)
                desk_store.queue(db, row.id, event)
        self._desk.outbox.drain()
        return visit.to(f"/c/{row.id}#panel")

    def _row(self, visit: Visit) -> Any:
        with self._desk.database.read() as db:
            return desk_store.conversation(db, int(visit.request.path_params["id"]))


def _missing(visit: Visit) -> Response:
    return visit.problem(visit.words("There is no such thing here."), 404)
