"""Serving the web application: uvicorn, with limits on what a connection may do before its request has arrived."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_BYTES = 32 * 1024
"""All headers of one request; providers send some hundred bytes."""
HEADER_SECONDS = 10.0
"""From the first byte of a request, or from the connection, until its headers have arrived."""
KEEP_ALIVE_SECONDS = 30
MOST_CONNECTIONS = 2000
DRAIN_SECONDS = 10
"""How long a stop waits for requests that are being answered."""


class LimitedProtocol(HttpToolsProtocol):
    """Closes connections that send too long a header, or that send it too slowly."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock with the connection: one that says nothing holds nothing."""
        super().connection_made(transport)
        self._header_bytes = 0
        self._header_clock: asyncio.TimerHandle | None = self.loop.call_later(HEADER_SECONDS, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count bytes while a header is being read."""
        super().data_received(data)
        if self._header_clock is not None:
            self._header_bytes += len(data)
            if self._header_bytes > HEADER_BYTES:
                self._answer_and_close(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """Start the clock of one request."""
        super().on_message_begin()
        self._stop_clock()
        self._header_bytes = 0
        self._header_clock = self.loop.call_later(HEADER_SECONDS, self._too_slow)

    def on_headers_complete(self) -> None:
        """Stop the clock: the body has limits of its own, where it is read."""
        self._stop_clock()
        super().on_headers_complete()

    def _stop_clock(self) -> None:
        if self._header_clock is not None:
            self._header_clock.cancel()
            self._header_clock = None

    def _too_slow(self) -> None:
        self._answer_and_close(b"408 Request Timeout")

    def _answer_and_close(self, status: bytes) -> None:
        self._stop_clock()
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()


class AnnouncingServer(uvicorn.Server):
    """Tells long answers that it stops, before it waits for them: `stopping` in the state of every request is set."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Make the event before the first request."""
        self.lifespan.state["stopping"] = asyncio.Event()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Set it, and then end what is left."""
        self.lifespan.state["stopping"].set()
        await super().shutdown(sockets)


def server(app: ASGIApp, host: str, port: int, **options: Any) -> uvicorn.Server:
    """Return a server that is not started yet; `run` serves until it is told to stop."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=LimitedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        limit_concurrency=MOST_CONNECTIONS,
        **options,
    )
    return AnnouncingServer(config)
