"""Whether the program runs, and whether it can do its work."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from connectors_core import __version__
from connectors_core.store import Store, is_unavailable, operations


async def health(_request: HttpRequest) -> Response:
    """Answer that the process is alive, whatever else is broken."""
    return JSONResponse({"status": "ok", "version": __version__})


class Ready:
    """Answers 200 when webhooks can be taken: when the store can be written."""

    def __init__(self, store: Store) -> None:
        """Know the store."""
        self._store = store

    async def answer(self, _request: HttpRequest) -> Response:
        """Write something that changes nothing."""
        try:
            workers = await run_in_threadpool(self._try)
        except Exception as error:
            if not is_unavailable(error):
                raise
            return JSONResponse({"status": "the store cannot be used now"}, 503, headers={"retry-after": "5"})
        return JSONResponse({"status": "ready", "workers": workers})

    def _try(self) -> int:
        with self._store.write() as db:
            return len(operations.all_workers(db))
