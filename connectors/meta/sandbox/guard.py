"""What protects the pages and the control API: this machine alone, from pages of this sandbox alone.

A page on the internet may send requests to addresses of loopback. It cannot choose the Host that the browser names
(which ends DNS rebinding), nor hide that the request comes from elsewhere.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = frozenset(("127.0.0.1", "localhost", "::1"))

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every answer that has none of its own."""

_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))


class Guard:
    """Refuses what does not come from here, and adds the headers that a browser obeys."""

    def __init__(self, app: ASGIApp) -> None:
        """Guard `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if refusal := _refusal(scope["method"], headers):
            await JSONResponse({"error": refusal}, 403)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in present)]
            await send(message)

        await self._app(scope, receive, with_headers)


def _refusal(method: str, headers: Headers) -> str:
    """Return why a request is refused, "" when it is not."""
    host = headers.get("host", "")
    if _name(f"//{host}") not in HOSTS:
        return "the sandbox answers at addresses of this machine only"
    if method in _SAFE:
        return ""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return "another site may not ask this"
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return "another site may not ask this"
    return ""


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
