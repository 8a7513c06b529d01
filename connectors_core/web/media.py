"""Serving kept files: by expiring links, and never as something that a browser would run."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from connectors_core.media import MediaStore
from connectors_core.store import StoreUnavailable, is_unavailable, media

SAFE_HEADERS = {
    "cache-control": "private, max-age=3600",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Links:
    """Answers `/media/<name>/<until>/<signature>`."""

    def __init__(self, store: MediaStore) -> None:
        """Know where the files are."""
        self._media = store

    def routes(self) -> list[Route]:
        """Return the address."""
        return [Route("/media/{name}/{until}/{signature}", self._answer, methods=["GET"])]

    async def _answer(self, request: HttpRequest) -> Response:
        given = request.path_params
        if not self._media.is_good(given["name"], given["until"], given["signature"]):
            return PlainTextResponse("this link is wrong or has expired", 403)
        try:
            row = await run_in_threadpool(self._media.find, given["name"])
        except Exception as error:
            if is_unavailable(error):
                raise StoreUnavailable from error
            raise
        return file_response(self._media, row)


def file_response(store: MediaStore, row: Any) -> Response:
    """Return a file as something to save, whatever it says of itself."""
    if row is None or row.state == media.FAILED:
        return PlainTextResponse("there is no such file", 404)
    if row.state == media.WANTED:
        return PlainTextResponse("the file is still being fetched", 425, headers={"retry-after": "5"})
    path = store.folder.find(row.name)
    if not path.is_file():
        return PlainTextResponse("the file is not in the media folder any more", 410)
    return FileResponse(
        path,
        media_type=row.mime,
        filename=row.filename or row.name,
        content_disposition_type="attachment",
        headers=SAFE_HEADERS,
    )
