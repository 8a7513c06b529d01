"""The other side of a connector, played by a real HTTP server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import Any

from connectors_core.testing.exchange import Answer, Received, answer

NOTHING = Answer(status=404, body=b"the sample has no such call")

Play = Callable[[Received], Answer]


class Platform:
    """A server that answers as a test says and keeps every request."""

    def __init__(self) -> None:
        """Listen on a free port of the loopback."""
        self.calls: list[Received] = []
        self._play: Play = lambda _call: NOTHING
        self._released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body in one piece: in two the second would wait until the first is acknowledged.
            wbufsize = -1

            def _serve(self) -> None:
                outer._serve(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve  # noqa: N815 - names of the library

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def begin(self, play: Play | None = None) -> None:
        """Forget what was; from now on answer as `play` says."""
        self._released.set()
        self._released = threading.Event()
        self.calls = []
        self._play = play or (lambda _call: NOTHING)

    def follow(self, steps: Iterable[Mapping[str, Any]], *, last: Answer | None = None) -> None:
        """Answer the calls of an exchange in their order; `last` replaces the last answer and all after it."""
        answers = [answer(step, self.url) for step in steps]
        if last is not None:
            answers[-1:] = [last]
        rest = iter(answers)
        self.begin(lambda _call: next(rest, last or NOTHING))

    def close(self) -> None:
        """End it."""
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        call = Received(
            method=handler.command,
            target=handler.path,
            headers={name.lower(): value for name, value in handler.headers.items()},
            body=_body(handler),
        )
        released, play = self._released, self._play
        self.calls.append(call)
        found = play(call)
        if found.after:
            released.wait(found.after)
        # Who asked may have given up by now.
        with suppress(OSError):
            _give(handler, found)


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    if handler.headers.get("transfer-encoding", "").lower() == "chunked":
        pieces = []
        while size := int(handler.rfile.readline().split(b";")[0], 16):
            pieces.append(handler.rfile.read(size))
            handler.rfile.readline()
        handler.rfile.readline()
        return b"".join(pieces)
    return handler.rfile.read(int(handler.headers.get("content-length") or 0))


def _give(handler: BaseHTTPRequestHandler, found: Answer) -> None:
    if found.cut == "before":
        _hang_up(handler)
        return
    handler.send_response(found.status)
    for name, value in found.headers.items():
        handler.send_header(name, value)
    extra = 64 if found.cut else 0
    handler.send_header("content-length", str(len(found.body) + extra))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(found.body)
    if found.cut:
        handler.wfile.flush()
        _hang_up(handler)


def _hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(SHUT_RDWR)
