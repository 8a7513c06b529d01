"""What holds for every request to the pages: whose it may be, how large, and what browsers may do with the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import attrs
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from connectors_core import Asgi

SMALL = 256 * 1024
"""Bytes of a body without files."""
LARGE = 110 * 1024 * 1024
"""Bytes of a body with files: above what any channel takes."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_THIS_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@attrs.frozen(eq=False)
class Guard:
    """An ASGI application around another one. `login`: whether agents have to say who they are."""

    app: Asgi
    loopback: bool
    login: bool
    public_url: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what may not come in, and pass on the rest."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))
        if refusal is not None:
            status, text = refusal
            await PlainTextResponse(text, status)(scope, receive, _with_headers(send))
            return
        await self.app(scope, _bounded(scope, receive), _with_headers(send))

    def _refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        if self.loopback and not self._knows(headers.get("host", "")):
            # A stranger's name that resolves to this machine: the page of a stranger is behind it.
            return 421, "these pages are reached under this machine's own name"
        if not self.login and any(header in headers for header in _FORWARDED):
            return 403, "login = false is for this machine alone, not for a proxy"
        if method not in ("GET", "HEAD") and not _same_origin(headers, self.public_url):
            return 403, "this form was sent from another page"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _limit(headers):
            return 413, "this is too large"
        return None

    def _knows(self, host: str) -> bool:
        name = _host(f"//{host}")
        return name in _THIS_MACHINE or (self.login and bool(name) and name == _host(self.public_url))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _same_origin(headers: Headers, public_url: str) -> bool:
    """Whether a form was sent by one of our own pages; browsers say so, and no page can make them lie."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    parts = urlsplit(headers.get("origin", ""))
    return bool(parts.netloc) and parts.netloc in (headers.get("host"), urlsplit(public_url).netloc)


def _limit(headers: Headers) -> int:
    return LARGE if headers.get("content-type", "").startswith("multipart/form-data") else SMALL


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Count the bytes of a body that does not say how long it is."""
    left = _limit(Headers(scope=scope))

    async def bounded() -> MutableMapping[str, Any]:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413, "this is too large")
        return message

    return bounded


def _with_headers(send: Send) -> Send:
    async def sender(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sender
