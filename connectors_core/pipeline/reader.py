"""The reader: takes unread journal rows of one source at a time and stores what they say, each exactly once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import monotonic

import attrs

from connectors_core.gateway import Gateway
from connectors_core.pipeline import storing
from connectors_core.pipeline.reading import Reading, read
from connectors_core.store import is_unavailable, journal, operations

log = logging.getLogger(__name__)

BATCH = 256
"""Journal rows in one transaction: enough that its commit costs little, few enough that others get their turn."""

ASK_EVERY = 0.5
"""Seconds between two tries to become the reader of a source that another program reads."""


class LeaseLost(Exception):
    """Another program reads this source now; nothing of the batch was written."""


@attrs.define(eq=False)
class Reader:
    """Reads one source: an app or an endpoint. Only one reader at a time may, so that order is the journal's."""

    gateway: Gateway
    source: str
    worker: int
    on_work: Callable[[set[str]], None]
    fence: int | None = None
    ask_again_at: float = 0.0

    def run_once(self) -> int:
        """Read up to one batch; return how many rows were settled. 0 also when somebody else is the reader."""
        if self.fence is None and not self._take_lease():
            return 0
        with self.gateway.store.read() as db:
            rows = journal.unread(db, self.source, BATCH)
        if not rows:
            return 0
        readings = [read(self.gateway, row, self.source) for row in rows]
        try:
            self._store(readings)
        except LeaseLost:
            self.fence = None
            return 0
        except Exception as error:
            if is_unavailable(error):
                raise
            log.warning(
                "a batch of %s could not be stored as a whole (%s); its rows are stored one by one",
                self.source,
                type(error).__name__,
            )
            self._store_singly(readings)
        return len(rows)

    def _store(self, readings: Sequence[Reading]) -> None:
        with self.gateway.store.write() as db:
            if self.fence is None or not operations.holds_lease(db, self._lease, self.worker, self.fence):
                raise LeaseLost
            woken = storing.store(self.gateway, db, readings)
            if woken:
                self.gateway.store.announce(db)
        self.on_work(woken)

    def _store_singly(self, readings: Sequence[Reading]) -> None:
        """Store row by row, so that one row that no store takes is parked alone."""
        for reading in readings:
            try:
                self._store([reading])
            except LeaseLost:
                self.fence = None
                return
            except Exception as error:
                if is_unavailable(error):
                    raise
                text = f"storing it failed with {type(error).__name__}; replay it with a newer version"
                log.error("journal row %d of %s is parked: %s", reading.journal_id, self.source, text)  # noqa: TRY400
                self._store([Reading(reading.journal_id, reading.source, reading.kind, problem=text)])

    @property
    def _lease(self) -> str:
        return f"reader:{self.source}"

    def _take_lease(self) -> bool:
        if monotonic() < self.ask_again_at:
            return False
        # To ask is to write: as long as another reader lives, once in a while is enough.
        self.ask_again_at = monotonic() + ASK_EVERY
        with self.gateway.store.write() as db:
            self.fence = operations.take_lease(db, self._lease, self.worker)
        return self.fence is not None

    def close(self) -> None:
        """Give the lease back."""
        if self.fence is not None:
            with self.gateway.store.write() as db:
                operations.drop_lease(db, self._lease, self.worker)
            self.fence = None
