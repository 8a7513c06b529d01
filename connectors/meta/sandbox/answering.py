"""Answering the control API: JSON in, JSON out, and a sentence where something cannot be done."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store.messages import Entry

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

LARGEST_JSON = 256 * 1024

Answer = Callable[["Sandbox", str, dict[str, Any]], Any]
"""Takes the sandbox, the id in the path and the body; returns the content of the answer; raises GraphError."""


def answering(sandbox: Sandbox, answer: Answer, status: int = 200) -> Callable[[Request], Any]:
    """Return an ASGI endpoint."""

    async def endpoint(request: Request) -> Response:
        try:
            data = await _json(request)
            content = await run_in_threadpool(answer, sandbox, request.path_params.get("id", ""), data)
            return JSONResponse(content, status)
        except GraphError as error:
            return problem(error)

    return endpoint


def problem(error: GraphError) -> Response:
    """Return the answer for something that cannot be done."""
    status = 404 if error.subcode == 33 else error.status if error.status != 401 else 400
    return JSONResponse({"error": error.details, "code": error.code}, status)


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return what the API tells of a message."""
    told = attrs.asdict(entry)
    told["from"] = "customer" if told.pop("incoming") else "business"
    return told


async def _json(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return {}
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_JSON:
            raise GraphError(100, "The request is too large.")
    try:
        parsed = json.loads(bytes(body)) if body else {}
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise GraphError(100, "The body is no JSON object.")
    return parsed
