"""Telling open pages what happened, from any thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from typing import Any

import attrs

MOST_UNREAD = 500
"""News that a page may leave unread; a slower one is closed and starts again."""


@attrs.frozen(kw_only=True)
class News:
    """Something happened: to a message, to a customer ("" for all), or to the gateway behind the callback."""

    kind: str
    customer: str = ""
    message: str = ""
    data: dict[str, Any] = attrs.field(factory=dict)


class Feed:
    """Any number of pages listen, each in its event loop."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._lock = threading.Lock()
        self._listeners: dict[asyncio.Queue[News | None], asyncio.AbstractEventLoop] = {}
        self._closed = False

    def tell(self, news: News) -> None:
        """Tell all pages; never waits."""
        with self._lock:
            for queue, loop in self._listeners.items():
                loop.call_soon_threadsafe(_put, queue, news)

    async def listen(self) -> AsyncGenerator[News, None]:
        """Yield what happens from now on, until the feed is closed or the reader is too slow."""
        queue: asyncio.Queue[News | None] = asyncio.Queue(MOST_UNREAD)
        with self._lock:
            if self._closed:
                return
            self._listeners[queue] = asyncio.get_running_loop()
        try:
            while (news := await queue.get()) is not None:
                yield news
        finally:
            with self._lock:
                self._listeners.pop(queue, None)

    def close(self) -> None:
        """End every listener."""
        with self._lock:
            self._closed = True
            for queue, loop in self._listeners.items():
                loop.call_soon_threadsafe(_end, queue)


def _put(queue: asyncio.Queue[News | None], news: News) -> None:
    if queue.full():
        _end(queue)
    else:
        queue.put_nowait(news)


def _end(queue: asyncio.Queue[News | None]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)
