"""How much an endpoint may be called now: its threads, its breaker and the pauses that it asked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import attrs

from connectors_core.settings.model import Delivery
from connectors_core.worker.pool import Pool

log = logging.getLogger(__name__)

LATELY = 0.5
"""Seconds that the measured pace of an endpoint looks back."""


@attrs.define(eq=False)
class Gate:
    """One endpoint in one process. Threads are its own, so that one that hangs never holds up another."""

    name: str
    settings: Delivery
    calm: threading.Event
    """Set while no transaction of the worker is open."""
    ahead: float = 0.0
    """Seconds of work that may be claimed, where that is more than there are threads: what waits counts as started."""
    pool: Pool = attrs.field()
    in_flight: int = 0
    failures: int = 0
    closed_until: float = 0.0
    paused: bool = False
    rate: float = 0.0
    """Answers a second, lately."""
    _counted_at: float = 0.0

    @pool.default
    def _pool(self) -> Pool:
        return Pool(self.name, self.settings.concurrency, self.calm)

    def free(self, now: float, ended: Sequence[bool] = ()) -> int:
        """Return how many more calls may be started at `now`.

        `ended` are calls whose answers are being stored: for each, whether the other side was unreachable.
        """
        failures = self.failures
        for unreachable in ended:
            failures = failures + 1 if unreachable else 0
        opening = any(ended) and failures >= self.settings.breaker_after
        if self.paused or opening or now < self.closed_until:
            return 0
        # Half open: one call tries whether the other side is back.
        most = (
            1
            if failures >= self.settings.breaker_after
            else max(self.settings.concurrency, int(self.rate * self.ahead))
        )
        return max(0, most - self.in_flight + len(ended))

    def opens_at(self, now: float) -> float | None:
        """Return when a closed gate opens by itself, None for one that is open, busy or paused."""
        return self.closed_until if not self.paused and now < self.closed_until else None

    def answered(self, *, unreachable: bool, now: float) -> None:
        """Count an answer: the breaker opens after so many `Unreachable` in a row."""
        if not unreachable:
            if self.failures >= self.settings.breaker_after:
                log.info("%s is reachable again", self.name)
            self.failures = 0
            return
        self.failures += 1
        if self.failures >= self.settings.breaker_after:
            if self.failures == self.settings.breaker_after:
                log.warning(
                    "%s was unreachable %d times in a row; it is tried again every %g s",
                    self.name,
                    self.failures,
                    self.settings.breaker_pause,
                )
            self.close_until(now + self.settings.breaker_pause)

    def counted(self, answers: int, now: float) -> None:
        """Learn from the answers that one round brought how quick the endpoint is."""
        passed = max(now - self._counted_at, 0.001)
        self._counted_at = now
        share = min(1.0, passed / LATELY)
        self.rate += share * (answers / passed - self.rate)

    def close_until(self, moment: float) -> None:
        """Start nothing before `moment`."""
        self.closed_until = max(self.closed_until, moment)
