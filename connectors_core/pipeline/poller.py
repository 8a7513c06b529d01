"""Polling a side without webhooks: its pages go through the journal as if they had been pushed."""

from __future__ import annotations

import logging
import threading
from time import sleep

from connectors_core.errors import ConnectorsError, NeedsAttention, Retry
from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.store import is_unavailable, journal, operations
from connectors_core.worker.presence import Presence

log = logging.getLogger(__name__)


class Poller:
    """Polls one endpoint; only one poller at a time may, in all processes together."""

    def __init__(self, gateway: Gateway, endpoint: str, presence: Presence, stopping: threading.Event) -> None:
        """Prepare; `thread` gives what runs it."""
        self._gateway = gateway
        self._endpoint = endpoint
        self._presence = presence
        self._stopping = stopping

    def thread(self) -> threading.Thread:
        """Return the thread that polls until `stopping` is set."""
        return threading.Thread(target=self._run, name=f"poll-{self._endpoint}")

    def poll_once(self) -> bool:
        """Fetch one page and journal it together with its cursor; return whether more is waiting there."""
        store, lease = self._gateway.store, f"poll:{self._endpoint}"
        with store.write() as db:
            fence = operations.take_lease(db, lease, self._presence.id)
            paused = operations.states(db).get(self._endpoint)
            cursor = operations.cursor(db, self._endpoint)
        if fence is None or (paused is not None and paused.paused_at is not None):
            return False
        page = self._gateway.endpoints[self._endpoint].poll(cursor)
        if not page.body and page.cursor == cursor:
            return False
        with store.write() as db:
            if not operations.holds_lease(db, lease, self._presence.id, fence):
                return False
            if page.body:
                arrival = journal.Arrival(
                    source=self._endpoint, endpoint=self._endpoint, kind=journal.POLL, body=page.body
                )
                journal.append(db, [arrival], PROGRAM)
            operations.set_cursor(db, self._endpoint, page.cursor)
            store.announce(db)
        return page.more

    def _run(self) -> None:
        every = self._gateway.endpoints[self._endpoint].abilities.poll_every
        while not self._stopping.is_set():
            asked: float | None = None
            try:
                self._poll_all()
            except ConnectorsError as error:
                log.warning("polling %s failed: %s", self._endpoint, error.text)
                asked = error.after if isinstance(error, Retry) else None
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("polling %s failed", self._endpoint)
                sleep(0.5)
            self._stopping.wait(max(asked or 0.0, every or 0.0))

    def _poll_all(self) -> None:
        try:
            while self.poll_once() and not self._stopping.is_set():
                pass
        except NeedsAttention as error:
            log.error("%s is paused until a human resumes it: %s", self._endpoint, error.text)  # noqa: TRY400
            with self._gateway.store.write() as db:
                operations.pause(db, self._endpoint, "attention", self._gateway.redact(error.text))
