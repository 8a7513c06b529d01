"""Who answers a conversation: the agents, a bot in front of them, somebody in the platform's own inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from connectors.inbox import inbound
from connectors.inbox.pages.visit import Desk, Visit
from connectors.inbox.store import desk as desk_store
from connectors_core import ConnectorsError, Door, Responders
from connectors_core.model import HandoverAction

LONGEST_NOTE = 1000


class Answering:
    """Handlers of the forms that move the control of a conversation."""

    def __init__(self, desk: Desk) -> None:
        """Nothing is remembered here."""
        self._desk = desk

    def move(self, visit: Visit) -> Response:
        """Take a conversation over, or give it to somebody else."""
        endpoint, to = self._desk.door.endpoint, visit.text("to", 100)
        with self._desk.database.read() as db:
            row = desk_store.conversation(db, int(visit.request.path_params["id"]))
        known = responders(self._desk.door, row) if row is not None else None
        if row is None or known is None or to not in (endpoint, *known.others):
            return visit.problem(visit.words("There is no such thing here."), 404)
        action = HandoverAction.TAKE if to == endpoint else HandoverAction.PASS
        wish = inbound.handover(
            endpoint, row, uuid4().hex, datetime.now(UTC), action, to=to, note=visit.text("note", LONGEST_NOTE)
        )
        with self._desk.database.write() as db:
            desk_store.queue(db, row.id, wish)
        self._desk.outbox.drain()
        return visit.to(f"/c/{row.id}")


def responders(door: Door, row: Any) -> Responders | None:
    """Return who may answer a conversation, None when the gateway does not know it yet."""
    try:
        return door.responders(inbound.ref(door.endpoint, row))
    except ConnectorsError:
        return None
