"""The threads that call one endpoint: as few as its answers are quick enough for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from time import monotonic, thread_time

PATIENCE = 0.015
"""Seconds in which no thread takes up a waiting call, before there is one more."""
QUICK = 0.002
"""Seconds that a call may spend waiting for its answer, on average, while one thread is best."""


class Pool:
    """Runs calls in threads of its own, `most` at a time.

    An endpoint that answers at once is served best by a single thread: more of them only take turns with one another.
    One that is slow, or hangs, gets thread after thread until it has all that it may have.
    """

    def __init__(self, name: str, most: int) -> None:
        """Start no thread yet."""
        self._name = name
        self._most = most
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._taken_at = 0.0
        self._waited = 0.0
        self._threads = 0

    def submit(self, call: Callable[[], None]) -> None:
        """Run `call`, which raises nothing, as soon as a thread is free."""
        self._calls.put(call)
        if not self._threads:
            self._start()

    def grow(self) -> bool:
        """Start a thread when calls wait and none is taken up; return whether to ask again soon."""
        if self._threads >= self._most or self._calls.empty():
            return False
        if self._waited > QUICK or monotonic() - self._taken_at > PATIENCE:
            self._start()
        return True

    def close(self) -> None:
        """End the threads after what is queued."""
        for _ in range(self._threads):
            self._calls.put(None)

    def _start(self) -> None:
        self._threads += 1
        self._taken_at = monotonic()
        threading.Thread(target=self._run, name=f"to-{self._name}-{self._threads}", daemon=True).start()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            self._taken_at = began = monotonic()
            worked = thread_time()
            call()
            waited = (monotonic() - began) - (thread_time() - worked)
            self._waited += (waited - self._waited) / 8
