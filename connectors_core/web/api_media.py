"""Files over the HTTP API: a CRM brings one before it sends it, and takes one that a person sent."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors_core.errors import Rejected
from connectors_core.files import PIECE
from connectors_core.gateway import Gateway
from connectors_core.model import Content, MediaKind
from connectors_core.store import is_unavailable
from connectors_core.web.limits import TooLarge, TooSlow, spool_body
from connectors_core.web.media import file_response
from connectors_core.web.problems import UNAVAILABLE, Callers, Problem

SLOWEST = 300.0
"""Seconds in which a file has to arrive whole."""


class Files:
    """Answers `/api/v1/media`."""

    def __init__(self, gateway: Gateway, callers: Callers) -> None:
        """Know who may bring and take."""
        self._gateway = gateway
        self._callers = callers

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            Route("/api/v1/media", self._take, methods=["POST"]),
            Route("/api/v1/media/{id}", self._give, methods=["GET"]),
        ]

    async def _take(self, request: HttpRequest) -> Response:
        """Keep the body, whose name is in `x-filename` (percent-encoded) and whose kind is in the query."""
        try:
            endpoint = self._callers.speaker(request)
            kind = _kind(request)
            largest = self._gateway.settings.gateway.largest_file
            with await spool_body(request, largest, SLOWEST) as file:
                content = Content(
                    chunks=iter(lambda: file.read(PIECE), b""),
                    mime=request.headers.get("content-type", ""),
                    name=unquote(request.headers.get("x-filename", "")),
                )
                kept = await run_in_threadpool(self._gateway.media.keep, endpoint, content, kind)
        except Problem as problem:
            return problem.response()
        except (TooLarge, Rejected) as error:
            return Problem(413, error.text).response()
        except TooSlow:
            return Problem(408, "the file did not arrive in time").response()
        except Exception as error:
            if is_unavailable(error):
                return Problem(503, "the file cannot be kept now; send it again").response()
            raise
        told = {"id": kept.id, "kind": kept.kind, "mime": kept.mime, "size": kept.size, "sha256": kept.sha256}
        return JSONResponse(told, 201)

    async def _give(self, request: HttpRequest) -> Response:
        try:
            self._callers.speaker(request)
            row = await run_in_threadpool(self._gateway.media.find, request.path_params["id"])
        except Problem as problem:
            return problem.response()
        except Exception as error:
            if is_unavailable(error):
                return Problem(503, UNAVAILABLE).response()
            raise
        return file_response(self._gateway.media, row)


def _kind(request: HttpRequest) -> MediaKind:
    given = request.query_params.get("kind")
    if given is None:
        main = request.headers.get("content-type", "").partition("/")[0].lower()
        return MediaKind(main) if main in ("image", "video", "audio") else MediaKind.DOCUMENT
    try:
        return MediaKind(given)
    except ValueError:
        raise Problem(422, f"kind must be one of {', '.join(MediaKind)}") from None
