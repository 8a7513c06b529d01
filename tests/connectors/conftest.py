"""A provider on this machine: a real server that keeps what it was asked and answers what it was told."""

import json
import threading
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import attrs
import pytest


@attrs.frozen
class Asked:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self):
        """Return the parsed body."""
        return json.loads(self.body)

    def form(self):
        """Return the parts of an upload by their names."""
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        return {
            part.get_param("name", header="content-disposition"): part
            for part in BytesParser().parsebytes(head + self.body).get_payload()
        }


@attrs.define
class Provider:
    """Answers every request with `status`, `body` and `headers`, but for the paths that have an answer of their own."""

    url: str = ""
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = attrs.field(factory=dict)
    asked: list[Asked] = attrs.field(factory=list)
    own: dict[str, list] = attrs.field(factory=dict)

    def on(self, path, *answers):
        """Set the answers to one path, each a status and a content; the last of them stays."""
        self.own[path] = [(status, _bytes(content)) for status, content in answers]

    def answer(self, status, content=None, **headers):
        """Set the answer: `content` as JSON, or as it is when it is bytes."""
        self.status = status
        self.body = _bytes(content)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def _bytes(content):
    return content if isinstance(content, bytes) else json.dumps(content).encode()


@pytest.fixture
def provider(monkeypatch):
    """Run a provider on a free port of this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    state = Provider()

    class Handler(BaseHTTPRequestHandler):
        def handle_request(self):
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
            own = state.own.get(self.path.partition("?")[0], [])
            status, body = (own.pop(0) if len(own) > 1 else own[0]) if own else (state.status, state.body)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    Handler.do_GET = Handler.do_POST = Handler.handle_request
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()
