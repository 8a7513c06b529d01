"""The working half of the program: readers and the worker, in one process."""

from __future__ import annotations

import logging
import sys
import threading
from time import sleep

from connectors_core.gateway import Gateway
from connectors_core.pipeline.poller import Poller
from connectors_core.pipeline.reader import Reader
from connectors_core.store import is_unavailable, journal
from connectors_core.store.watch import Watcher
from connectors_core.worker.engine import STORE_PAUSE, Worker
from connectors_core.worker.errands import Errands
from connectors_core.worker.presence import Presence

TURN = 0.001
"""Seconds that one thread may run while others wait."""

log = logging.getLogger(__name__)


class Working:
    """Reads the journal and delivers, until `stop`. `read` and `deliver` leave one of the two to other processes."""

    def __init__(self, gateway: Gateway, *, read: bool = True, deliver: bool = True) -> None:
        """Prepare; nothing runs before `run`."""
        self.gateway = gateway
        self.presence = Presence(gateway.store)
        self.worker = Worker(gateway, self.presence, deliver=deliver)
        self._read = read
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._errands = Errands(gateway, self.presence) if deliver else None
        self._watcher = Watcher(gateway.store, self._changed)
        self._readers: dict[str, Reader] = {}

    def run(self) -> None:
        """Work until stopped; returns when every call that was started has been settled."""
        # The thread that owns the store and those that call take turns; the usual 5 ms a turn would be most of a call.
        sys.setswitchinterval(TURN)
        self.presence.join()
        self._watcher.start()
        threads = []
        if self._read:
            threads.append(threading.Thread(target=self._read_all, name="reader"))
            threads += [Poller(self.gateway, name, self.presence, self._stopping).thread() for name in self._polled()]
        for thread in threads:
            thread.start()
        if self._errands:
            self._errands.start()
        self.worker.run()
        self._stopping.set()
        self._news.set()
        for thread in threads:
            thread.join()
        if self._errands:
            self._errands.stop()
        self._watcher.stop()
        try:
            self.presence.leave()
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("the store cannot be used now; the leases of this worker end by themselves")

    def stop(self) -> None:
        """Start nothing more; calls that run are waited for and settled."""
        self._stopping.set()
        self._news.set()
        self.worker.stop()

    def _changed(self) -> None:
        self._news.set()
        self.worker.wake()
        if self._errands:
            self._errands.wake()

    def _polled(self) -> list[str]:
        return [name for name, one in self.gateway.endpoints.items() if one.abilities.poll_every is not None]

    def _read_all(self) -> None:
        """Let every source that has news be read, one after another, until there is nothing left."""
        troubled = False
        while not self._stopping.is_set():
            self._news.wait(1.0)
            self._news.clear()
            try:
                while not self._stopping.is_set() and self._round():
                    pass
                troubled = False
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("a round of the reader failed; it is tried again")
                elif not troubled:
                    log.warning(
                        "the store cannot be used now (%s); the reader goes on when it can", type(error).__name__
                    )
                troubled = True
                self._readers.clear()
                self._news.set()
                sleep(STORE_PAUSE)

    def _round(self) -> int:
        with self.gateway.store.read() as db:
            sources = journal.news(db)
        return sum(self._reader(source).run_once() for source in sources)

    def _reader(self, source: str) -> Reader:
        reader = self._readers.get(source)
        if reader is None or reader.worker != self.presence.id:
            reader = self._readers[source] = Reader(self.gateway, source, self.presence.id, self.worker.wake)
        return reader
