"""Group commit: requests that arrive together share one durable commit."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque

from connectors_core.gateway import PROGRAM
from connectors_core.store import Store, StoreUnavailable, is_unavailable, journal
from connectors_core.store.journal import Arrival

log = logging.getLogger(__name__)

MOST = 512
"""Rows in one commit."""
LONGEST_QUEUE = 4096
"""Requests that may wait for a commit; more are refused at once, so that waiting never grows without bound."""
LONGEST_WAIT = 5.0
"""Seconds that a request waits for its commit. Senders wait 10 s and more, and are answered before they give up."""

_Waiting = tuple[Arrival, "asyncio.Future[None]"]


class GroupCommit:
    """Journals arrivals from one event loop through one thread."""

    def __init__(self, store: Store) -> None:
        """Start the thread; `close` ends it after what is queued."""
        self._store = store
        self._queue: deque[_Waiting] = deque()
        self._wake = threading.Event()
        self._closing = False
        self._troubled = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    async def append(self, arrival: Arrival) -> None:
        """Return when `arrival` is durable; raise StoreUnavailable when it is not stored."""
        if len(self._queue) >= LONGEST_QUEUE or self._closing:
            raise StoreUnavailable("too many webhooks wait for the store")
        done = asyncio.get_running_loop().create_future()
        self._queue.append((arrival, done))
        self._wake.set()
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await done
        except TimeoutError:
            raise StoreUnavailable("the store does not answer in time") from None

    def close(self) -> None:
        """Store what is queued and end."""
        self._closing = True
        self._wake.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not (self._closing and not self._queue):
            self._wake.wait()
            self._wake.clear()
            while self._queue:
                self._commit()
            if self._closing:
                self._wake.set()

    def _commit(self) -> None:
        error: Exception | None = None
        batch: list[_Waiting] = []
        try:
            with self._store.write() as db:
                # Taken now: while the lock was waited for, more have come, and one commit is for all of them.
                batch = self._take()
                journal.append(db, [arrival for arrival, _ in batch], PROGRAM)
                self._store.announce(db)
            self._troubled = False
        except Exception as caught:
            if not is_unavailable(caught):
                log.exception("journaling failed")
            elif not self._troubled:
                log.warning("the store cannot be used now (%s); webhooks are answered 503", type(caught).__name__)
            self._troubled = True
            batch = batch or self._take()
            error = StoreUnavailable("the store cannot be used now")
        if batch:
            loop = batch[0][1].get_loop()
            loop.call_soon_threadsafe(_resolve, [done for _, done in batch], error)

    def _take(self) -> list[_Waiting]:
        """Return what waits, without those who were refused meanwhile: they send it again."""
        batch = [self._queue.popleft() for _ in range(min(MOST, len(self._queue)))]
        return [one for one in batch if not one[1].done()]


def _resolve(waiting: list[asyncio.Future[None]], error: Exception | None) -> None:
    for done in waiting:
        if done.done():
            continue  # the request was given up meanwhile; its row is stored, and a repetition is recognised
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
