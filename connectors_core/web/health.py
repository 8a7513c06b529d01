"""Whether the program runs, and whether it can do its work."""

from __future__ import annotations

from time import monotonic

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from connectors_core import __version__
from connectors_core.store import Store, is_unavailable, operations
from connectors_core.store.engine import touch

GOOD_FOR = 1.0
"""Seconds for which a good answer is given again without asking the store."""


async def health(_request: HttpRequest) -> Response:
    """Answer that the process is alive, whatever else is broken."""
    return JSONResponse({"status": "ok", "version": __version__})


class Ready:
    """Answers 200 when webhooks can be taken: when the store can be written."""

    def __init__(self, store: Store) -> None:
        """Know the store."""
        self._store = store
        self._workers = 0
        self._good_until = 0.0

    async def answer(self, _request: HttpRequest) -> Response:
        """Write something that matters to nobody."""
        try:
            workers = await run_in_threadpool(self._try)
        except Exception as error:
            if not is_unavailable(error):
                raise
            return JSONResponse({"status": "the store cannot be used now"}, 503, headers={"retry-after": "5"})
        return JSONResponse({"status": "ready", "workers": workers})

    def _try(self) -> int:
        """Return how many workers there are. Anybody may ask, so that one write answers for a while."""
        if monotonic() >= self._good_until:
            with self._store.write() as db:
                touch(db)
                self._workers = len(operations.all_workers(db))
            self._good_until = monotonic() + GOOD_FOR
        return self._workers
