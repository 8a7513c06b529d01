"""What is asked of the other sides outside the lanes: files to fetch, templates to list, who people are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import sleep, time

from connectors_core.gateway import Gateway
from connectors_core.linking import seeking
from connectors_core.store import is_unavailable, linkings, media, profiles, templates
from connectors_core.worker import asking, fetching, listing
from connectors_core.worker.presence import Presence

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Errands that one process runs at the same time."""
REST = 0.05
"""Seconds between two looks: every commit wakes this, and most of them are not about files."""
LONGEST_SLEEP = 1.0
"""Seconds after which it looks by itself, should a wake-up have been lost."""


class Errands:
    """Runs errands in threads of its own until `stop`: a slow file holds up no message."""

    def __init__(self, gateway: Gateway, presence: Presence) -> None:
        """Prepare; `start` begins."""
        self._gateway = gateway
        self._presence = presence
        self._askable = [name for name, one in gateway.endpoints.items() if "templates" in one.verbs]
        self._wake = threading.Event()
        self._stopping = False
        self._running = 0
        self._count = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="errand")
        self._thread = threading.Thread(target=self._run, name="errands")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there may be something to do."""
        self._wake.set()

    def stop(self) -> None:
        """Start nothing more and wait for what runs."""
        self._stopping = True
        self._wake.set()
        self._thread.join()
        self._pool.shutdown()

    def _run(self) -> None:
        expected = False
        pause = 0.0
        while not self._stopping:
            self._wake.wait(pause)
            sleep(REST)
            self._wake.clear()
            try:
                if not expected:
                    with self._gateway.store.write() as db:
                        templates.expect(db, self._askable)
                    expected = True
                pause = self._round()
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("looking for files to fetch failed; it is tried again")
                pause = LONGEST_SLEEP

    def _round(self) -> float:
        """Start what is due and there is room for; return for how long to sleep."""
        free, now = AT_ONCE - self._running, time()
        if not free:
            return LONGEST_SLEEP
        with self._gateway.store.read() as db:
            moments = [one.next_due(db) for one in (media, profiles, linkings)]
            moments.append(templates.next_due(db, self._askable))
        due = min((moment for moment in moments if moment is not None), default=now + LONGEST_SLEEP)
        if due > now:
            return min(due - now, LONGEST_SLEEP)
        with self._gateway.store.write() as db:
            files = media.claim(db, self._presence.id, now, free)
            lists = templates.claim(db, self._askable, self._presence.id, now)
            persons = profiles.claim(db, self._presence.id, now, max(1, free - len(files)))
            wishes = linkings.claim(db, now, free)
        for row in files:
            self._begin(partial(fetching.fetch, self._gateway, row))
        for name in lists:
            self._begin(partial(listing.list_templates, self._gateway, name))
        for row in persons:
            self._begin(partial(asking.ask, self._gateway, row))
        for row in wishes:
            self._begin(partial(seeking.seek, self._gateway, row))
        return 0.0 if files or lists or persons or wishes else LONGEST_SLEEP

    def _begin(self, errand: Callable[[], None]) -> None:
        with self._count:
            self._running += 1
        self._pool.submit(self._do, errand)

    def _do(self, errand: Callable[[], None]) -> None:
        try:
            while not self._stopping:
                try:
                    errand()
                    break
                except Exception as error:
                    # What was done is not stored: doing it again is harmless, forgetting it is not.
                    if not is_unavailable(error):
                        log.exception("an errand failed and is given up until somebody takes it over")
                        break
                    self._wake.wait(LONGEST_SLEEP)
        finally:
            with self._count:
                self._running -= 1
            self._wake.set()
