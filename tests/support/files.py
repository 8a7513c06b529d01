"""A server of files on loopback, for what goes through the door to the network."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from connectors_core import Http

FILE = bytes(range(256)) * 1000


class Files(ThreadingHTTPServer):
    """Answers paths with what a test put there: (status, headers, body or pieces); keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length)
                self.server.asked.append((self.command, self.path, dict(self.headers), body))
                status, headers, body = self.server.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                if isinstance(body, bytes):
                    headers = {"content-length": str(len(body)), **headers}
                else:
                    headers = {"transfer-encoding": "chunked", **headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if isinstance(body, bytes):
                    self.wfile.write(body)
                else:
                    for piece in body:
                        self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                    self.wfile.write(b"0\r\n\r\n")

            do_GET = do_POST = answer  # noqa: N815 - the library's names

            def log_message(self, *arguments):
                """Keep quiet."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.answers = {}

    @property
    def url(self):
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Say nothing: a client that hangs up is no error of the test."""


@contextmanager
def running(server):
    """Serve for as long as a test needs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def http(**more):
    """Return a door without a host list, that lets every address pass."""
    return Http("shop", timeout=(2.0, 2.0), **{"guard": lambda _url: "127.0.0.1", **more})
