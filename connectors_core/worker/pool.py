"""The threads that call one endpoint: as few as its answers are quick enough for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from time import monotonic, thread_time

PATIENCE = 0.015
"""Seconds in which no thread takes up a waiting call, before there is one more."""
QUICK = 0.002
"""Seconds that a call may spend waiting for its answer while one thread is best."""
COURTESY = 0.05
"""Seconds that a call lets the worker finish its transaction, at most: whoever holds the store's lock and has to ask
for Python's lock at every row keeps all other processes waiting."""
LOOKED_AT = 32
"""Calls by which an endpoint is judged: by the quickest quarter, since a busy machine makes every call look slow."""


class Pool:
    """Runs calls in threads of its own, `most` at a time.

    An endpoint that answers at once is served best by a single thread: more of them only take turns with one another.
    One that is slow, or hangs, gets thread after thread until it has all that it may have, and loses them again.
    """

    def __init__(self, name: str, most: int, calm: threading.Event) -> None:
        """Start no thread yet. Calls wait for `calm`, but never for long."""
        self._name = name
        self._most = most
        self._calm = calm
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._taken_at = 0.0
        self._waits: deque[float] = deque(maxlen=LOOKED_AT)
        self._lock = threading.Lock()
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
        if self._is_slow() or monotonic() - self._taken_at > PATIENCE:
            self._start()
        return True

    def close(self) -> None:
        """End the threads after what is queued."""
        for _ in range(self._threads):
            self._calls.put(None)

    def _is_slow(self) -> bool:
        with self._lock:
            waits = sorted(self._waits)
        return bool(waits) and waits[len(waits) // 4] > QUICK

    def _start(self) -> None:
        with self._lock:
            self._threads += 1
            number = self._threads
        self._taken_at = monotonic()
        threading.Thread(target=self._run, name=f"to-{self._name}-{number}", daemon=True).start()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            self._calm.wait(COURTESY)
            self._taken_at = began = monotonic()
            worked = thread_time()
            call()
            with self._lock:
                self._waits.append((monotonic() - began) - (thread_time() - worked))
            if self._threads > 1 and self._is_one_too_many():
                return

    def _is_one_too_many(self) -> bool:
        """Whether this thread can end: the calls that were looked at since the last one ended were quick."""
        if len(self._waits) < LOOKED_AT or self._is_slow():
            return False
        with self._lock:
            if self._threads == 1 or len(self._waits) < LOOKED_AT:
                return False
            self._waits.clear()
            self._threads -= 1
            return True
