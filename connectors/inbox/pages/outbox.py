"""Handing what agents did to the gateway: in order, each once, and again after a crash."""

from __future__ import annotations

import logging
import threading

from connectors.inbox.store import InboxDatabase, desk, is_unavailable
from connectors_core import Door, Malformed, Refused
from connectors_core.model import Handover, Link, Message, Receipt, codec

AGAIN = 1.0
"""Seconds after which a store that could not be used is tried again."""

log = logging.getLogger(__name__)


class Outbox:
    """Whatever stands in the table of the same name goes to the gateway, the oldest first.

    An event keeps its id, so that one which the gateway has already taken is the same event again.
    """

    def __init__(self, database: InboxDatabase, door: Door) -> None:
        """Nothing is handed over before `drain`."""
        self._database = database
        self._door = door
        self._lock = threading.Lock()
        self._retrying = False
        self._told = False

    def drain(self) -> None:
        """Hand over what waits. Where the gateway cannot take it now, it waits on, and is tried again by itself."""
        try:
            with self._lock:
                self._drain()
            self._told = False
        except Exception as error:
            if not is_unavailable(error):
                raise
            self._later()

    def _drain(self) -> None:
        last = 0
        while True:
            with self._database.read() as db:
                rows = desk.waiting(db, last)
            for row in rows:
                problem = self._submit(row.document)
                with self._database.write() as db:
                    desk.taken(db, row, problem)
                last = row.id
            if not rows:
                return

    def _submit(self, document: str) -> str:
        """Hand one event over; return why the gateway will never take it, "" when it has."""
        try:
            event = codec.loads(document)
            assert isinstance(event, Message | Link | Handover | Receipt)
            self._door.submit(event)
        except (Refused, Malformed) as error:
            return error.text
        return ""

    def start(self) -> None:
        """Hand over what a crash left behind, without anybody waiting for it."""
        threading.Thread(target=self.drain, name="inbox-outbox", daemon=True).start()

    def _later(self) -> None:
        if self._retrying:
            return
        self._retrying = True
        if not self._told:
            log.warning("%s: the gateway takes nothing now; what agents wrote waits", self._door.endpoint)
        self._told = True
        timer = threading.Timer(AGAIN, self._again)
        timer.daemon = True
        timer.start()

    def _again(self) -> None:
        self._retrying = False
        self.drain()
