"""Noticing that another program, or another thread, has committed something."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from connectors_core.store.database import Database

log = logging.getLogger(__name__)

LOOK_EVERY = 0.01
"""Seconds between two looks at SQLite's change counter: some microseconds each, without touching a table."""
LISTEN_FOR = 1.0
"""Seconds that PostgreSQL's notifications are waited for at a time."""


class Watcher:
    """Calls `on_change` soon after every commit that may mean work.

    It may call too often, and it may miss one: whoever waits also looks by itself once a second.
    """

    def __init__(self, store: Database, on_change: Callable[[], None]) -> None:
        """Prepare; `start` begins to watch in a thread of its own."""
        self._store = store
        self._on_change = on_change
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has ended."""
        self._stopping.set()
        self._thread.join(LISTEN_FOR * 2)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                connection = self._store.raw()
                try:
                    (self._look if self._store.is_sqlite else self._listen)(connection)
                finally:
                    connection.close()
            except Exception as error:  # noqa: BLE001 - the store may be away for a while; those who wait look by themselves
                log.debug("watching the store failed with %s; it is tried again", type(error).__name__)
                self._stopping.wait(LISTEN_FOR)

    def _look(self, connection: Any) -> None:
        cursor = connection.cursor()
        seen = None
        while not self._stopping.wait(LOOK_EVERY):
            version = cursor.execute("PRAGMA data_version").fetchone()[0]
            if version != seen:
                seen = version
                self._on_change()

    def _listen(self, connection: Any) -> None:
        connection.autocommit = True
        connection.execute(f"LISTEN {self._store.channel}")
        self._on_change()
        while not self._stopping.is_set():
            for _ in connection.notifies(timeout=LISTEN_FOR, stop_after=1):
                self._on_change()
