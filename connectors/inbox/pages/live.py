"""Server-sent events: one stream for each open page, which tells what has changed and never what it is.

A page that hears of a change asks for what it shows. So nothing is lost where a stream breaks: at each beginning of
one the page asks for everything that it shows.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from connectors.inbox.pages.visit import Desk, enter
from connectors.inbox.store import Watcher, is_unavailable, listing
from connectors.inbox.store import desk as desk_store

PAUSE = 0.05
"""Seconds in which changes are gathered."""
LOOK = 15.0
"""Seconds after which the store is looked at though nothing was heard, and a silent stream says that it lives."""
MOST_STREAMS = 500

log = logging.getLogger(__name__)


class Live:
    """Looks at the store while somebody listens, and tells all who do."""

    def __init__(self, desk: Desk) -> None:
        """Nobody listens yet."""
        self._desk = desk
        self._listeners: set[asyncio.Queue[list[int]]] = set()
        self._task: asyncio.Task[None] | None = None

    async def stream(self, request: Request) -> Response:
        """Answer with a stream that ends with the page, or with the gateway."""
        visit = await enter(self._desk, request)
        if isinstance(visit, Response):
            return visit
        if len(self._listeners) >= MOST_STREAMS:
            return Response(status_code=503)
        headers = {"x-accel-buffering": "no", "cache-control": "no-store"}
        return StreamingResponse(self._events(request), 200, headers, "text/event-stream")

    async def _events(self, request: Request) -> AsyncIterator[str]:
        queue: asyncio.Queue[list[int]] = asyncio.Queue(100)
        self._join(queue)
        stopping: asyncio.Event | None = request.scope.get("state", {}).get("stopping")
        try:
            yield "retry: 500\nevent: ready\ndata: {}\n\n"
            while stopping is None or not stopping.is_set():
                changed = await _either(queue, stopping)
                if changed is None:
                    yield ": still here\n\n"
                else:
                    yield f"event: change\ndata: {json.dumps(changed)}\n\n"
        finally:
            self._leave(queue)

    def _join(self, queue: asyncio.Queue[list[int]]) -> None:
        self._listeners.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._watch())

    def _leave(self, queue: asyncio.Queue[list[int]]) -> None:
        self._listeners.discard(queue)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _watch(self) -> None:
        """Look whenever the store has changed, for as long as somebody listens."""
        heard, loop = asyncio.Event(), asyncio.get_running_loop()

        def hear() -> None:
            loop.call_soon_threadsafe(heard.set)

        watcher = Watcher(self._desk.database, hear)
        watcher.start()
        known: dict[int, int] = {}
        try:
            known = await self._look()
            # Whoever asked for a page before this look may have missed what came between.
            self._tell([])
            while True:
                try:
                    await asyncio.wait_for(heard.wait(), LOOK)
                except TimeoutError:
                    await run_in_threadpool(self._wake_snoozed)
                heard.clear()
                now = await self._look()
                changed = [id_ for id_, version in now.items() if known.get(id_) != version]
                known = now or known
                if changed:
                    self._tell(changed)
                await asyncio.sleep(PAUSE)
        finally:
            loop.run_in_executor(None, watcher.stop)

    async def _look(self) -> dict[int, int]:
        """Return the versions of what changed last; nothing while the store is away."""
        try:
            return await run_in_threadpool(self._versions)
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.debug("%s: the database cannot be looked at now", self._desk.door.endpoint)
            return {}

    def _versions(self) -> dict[int, int]:
        with self._desk.database.read() as db:
            return listing.changed(db)

    def _wake_snoozed(self) -> None:
        try:
            with self._desk.database.write() as db:
                desk_store.wake_snoozed(db)
        except Exception as error:
            if not is_unavailable(error):
                raise

    def _tell(self, changed: list[int]) -> None:
        for queue in self._listeners:
            if queue.full():
                # Whoever does not keep up asks for everything: an empty list says so.
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait([])
            else:
                queue.put_nowait(changed[:50])


async def _either(queue: asyncio.Queue[list[int]], stopping: asyncio.Event | None) -> list[int] | None:
    """Return what has changed; None when nothing has for a while, or when the gateway stops."""
    waits = [asyncio.ensure_future(queue.get())]
    if stopping is not None:
        waits.append(asyncio.ensure_future(stopping.wait()))  # type: ignore[arg-type]
    try:
        done, _ = await asyncio.wait(waits, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
        return waits[0].result() if waits[0] in done else None
    finally:
        for one in waits:
            one.cancel()
