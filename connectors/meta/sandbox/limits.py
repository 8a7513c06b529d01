"""How much may be sent: buckets that fill again with time.

Sources: WA/throughput and WA/about-the-platform (2025-12): 80 messages a second and number; one message in 6 s to one
person, 45 of them borrowed in advance; 5,000 management calls an hour and account. MP/overview/rate-limiting
(2026-03-23): 300 messages a second of a page or Instagram account, 10 with sound or film; ten changes of its
profile in ten minutes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import attrs

from connectors.meta.sandbox.errors import GraphError

THROUGHPUT, PAIR_EVERY, PAIR_BURST, MANAGEMENT = 80.0, 6.0, 45.0, 5000.0
CHATS, FILES, PROFILES = 300.0, 10.0, 10.0


@attrs.define
class Bucket:
    """Holds `size` and gets `rate` more each second."""

    size: float
    rate: float
    left: float
    at: float

    def take(self, now: float) -> bool:
        """Take one; False when there is none."""
        self.left = min(self.size, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Limits:
    """The limits of one account; `enforced` may be switched off."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Begin with full buckets."""
        self.enforced = True
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, Bucket] = {}

    def send(self) -> None:
        """Count a message of the number; raise GraphError 130429."""
        self._take("number", THROUGHPUT, THROUGHPUT, 130429)

    def pair(self, person: str) -> None:
        """Count a message to a person; raise GraphError 131056."""
        self._take(f"pair {person}", PAIR_BURST, 1 / PAIR_EVERY, 131056)

    def manage(self) -> None:
        """Count a call about the account; raise GraphError 80007."""
        self._take("account", MANAGEMENT, MANAGEMENT / 3600, 80007)

    def chat(self, account: str, *, media: bool) -> None:
        """Count a message of a page or Instagram account; raise GraphError 613."""
        name, rate = ("files", FILES) if media else ("chats", CHATS)
        self._take(f"{name} {account}", rate, rate, 613)

    def profile(self, account: str) -> None:
        """Count a change of what people see of an account; raise GraphError 613."""
        self._take(f"profile {account}", PROFILES, PROFILES / 600, 613)

    def _take(self, name: str, size: float, rate: float, code: int) -> None:
        if not self.enforced:
            return
        with self._lock:
            now = self._clock()
            bucket = self._buckets.setdefault(name, Bucket(size, rate, size, now))
            if not bucket.take(now):
                raise GraphError(code)
