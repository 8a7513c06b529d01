"""The door to the network, against real servers on the loopback: what every kind of failure means."""

import gzip
import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors_core import (
    Call,
    Http,
    Malformed,
    NeedsAttention,
    NotAllowedNow,
    RateLimited,
    Redactor,
    Rejected,
    Reply,
    Secret,
    Uncertain,
    Unreachable,
)
from connectors_core.http import LARGEST_REPLY, LONGEST_WAIT


class Handler(BaseHTTPRequestHandler):
    """Answers with what the server was told, and keeps what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        """Answer any method."""
        server = self.server
        length = int(self.headers.get("content-length") or 0)
        server.seen.append((self.command, self.path, dict(self.headers), self.rfile.read(length), self.client_address))
        self.send_response(server.status)
        for name, value in server.headers.items():
            self.send_header(name, value)
        if server.chunked:
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            self.wfile.write(f"{len(server.body):x}\r\n".encode() + server.body + b"\r\n0\r\n\r\n")
        else:
            self.send_header("content-length", str(len(server.body)))
            self.end_headers()
            self.wfile.write(server.body)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the library's names

    def log_message(self, *arguments):
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    """A server that a test sets up by its attributes."""

    daemon_threads = True
    status, body, chunked = 200, b'{"ok": true}', False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.headers = {"Content-Type": "application/json"}
        self.seen = []

    @property
    def url(self):
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request, client_address):
        """Say nothing: a client that hangs up is no error of the test."""


@pytest.fixture
def server():
    """Run a server for one test."""
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@contextmanager
def raw_server(answer):
    """Accept one connection, read the request, send these bytes and close; None keeps silent until the test is over."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                if answer is None:
                    over.wait(30)
                else:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        finally:
            over.set()
            thread.join()


def free_port():
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def call(url, method="POST", **more):
    """Make a call for the endpoint `shop`."""
    http = Http("shop", timeout=(2.0, 0.3))
    return http.call(Call(method=method, url=url, body=b"{}" if method == "POST" else b"", **more), verb="send")


# what is sent


def test_an_answer_comes_back_whole(server):
    """Status, lower-case header names, bytes."""
    reply = call(server.url)
    assert (reply.status, reply.ok, reply.json()) == (200, True, {"ok": True})
    assert reply.headers["content-type"] == "application/json"


def test_a_json_call_sends_compact_utf_8_with_its_content_type(server):
    """Half a surrogate pair does not break it."""
    Http("shop").call(Call.json("POST", server.url, {"a": "ö\ud800"}, {"authorization": "Bearer x"}))
    method, path, headers, body, _ = server.seen[0]
    assert (method, path, body) == ("POST", "/v1", '{"a":"ö?"}'.encode())
    assert headers["content-type"] == "application/json"
    assert headers["authorization"] == "Bearer x"
    assert headers["user-agent"] == "crm-connectors"


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("body", [b"", b'{"ok": true}', b"x" * 300_000])
def test_a_connection_is_used_again(server, body, chunked):
    """Also behind an empty answer, a long one and one in chunks."""
    if not (chunked and not body):
        server.chunked = chunked
    server.body = body
    http = Http("shop")
    for _ in range(3):
        assert http.call(Call(method="POST", url=server.url, body=b"{}")).body == body
    assert len({client for *_, client in server.seen}) == 1


def test_threads_do_not_share_connections(server):
    """A session is not safe to share."""
    http = Http("shop")
    threads = [threading.Thread(target=http.call, args=(Call(method="GET", url=server.url),)) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()
    assert len({client for *_, client in server.seen}) == 2


def test_a_compressed_answer_is_unpacked(server):
    """We ask for gzip, so we read it."""
    server.headers["content-encoding"] = "gzip"
    server.body = gzip.compress(b'{"ok": 1}')
    assert call(server.url).json() == {"ok": 1}


def test_credentials_of_a_netrc_are_not_added(server, tmp_path, monkeypatch):
    """The endpoint's settings decide who it is, nothing else."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    call(server.url)
    assert "authorization" not in {name.lower() for name in server.seen[0][2]}


# what did not happen


def test_a_refused_port_is_unreachable():
    """The request cannot have arrived, so it may be repeated."""
    with pytest.raises(Unreachable, match=r"shop could not send: 127\.0\.0\.1 is not reachable \(connection refused\)"):
        call(f"http://127.0.0.1:{free_port()}/")


def test_an_unknown_name_is_unreachable():
    """The top-level domain `invalid` never exists (RFC 6761)."""
    with pytest.raises(Unreachable, match=r"nobody\.invalid is not reachable \(its name is unknown\)"):
        call("http://nobody.invalid/")


def test_a_host_that_the_settings_do_not_name_is_not_called(server):
    """A token goes to the hosts that it is for."""
    http = Http("shop", hosts=frozenset({"graph.facebook.com"}))
    with pytest.raises(NotAllowedNow, match="shop may not send at localhost"):
        http.call(Call(method="GET", url=f"http://localhost:{server.server_port}/"), verb="send")
    assert server.seen == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{0}\\@graph.facebook.com/", "http://graph.facebook.com@127.0.0.1:{0}/"]
)
def test_an_address_that_two_readers_read_differently_is_judged_by_where_it_goes(server, url):
    """The host that is checked is the host that is called."""
    http = Http("shop", hosts=frozenset({"graph.facebook.com"}))
    with pytest.raises(NotAllowedNow):
        http.call(Call(method="GET", url=url.format(server.server_port)))
    assert server.seen == []


@pytest.mark.parametrize(
    "url", ["", "nothing", "ftp://127.0.0.1/", "http://", "http://[::1", "http://a:99999/", "http://ä..b/"]
)
def test_an_address_that_cannot_be_used_is_rejected(url):
    """Repeating it would change nothing."""
    with pytest.raises(Rejected, match="cannot be used"):
        call(url)


def test_a_header_that_cannot_be_sent_is_rejected(server):
    """A line break in a value would be a header of somebody else's."""
    with pytest.raises(Rejected, match="cannot be used"):
        call(server.url, headers={"x": "a\r\nb: c"})
    assert server.seen == []


# what may have happened


@pytest.mark.parametrize(("method", "error"), [("POST", Uncertain), ("GET", Unreachable)])
def test_silence_is_uncertain_for_a_post_and_unreachable_for_a_get(method, error):
    """A POST may have been acted upon; reading twice does no harm."""
    with raw_server(None) as url, pytest.raises(error, match=r"did not answer in 0\.3 s"):
        call(url, method)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{", b"\x00\x01 garbage\r\n\r\n"],
)
@pytest.mark.parametrize(("method", "error"), [("POST", Uncertain), ("GET", Unreachable)])
def test_half_an_answer_is_uncertain_for_a_post_and_unreachable_for_a_get(answer, method, error):
    """At whatever place the connection breaks."""
    with raw_server(answer) as url, pytest.raises(error, match="shop could not send"):
        call(url, method)


def test_a_broken_compression_is_half_an_answer(server):
    """The request was received."""
    server.headers["content-encoding"] = "gzip"
    with pytest.raises(Uncertain, match="broke off its answer"):
        call(server.url)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("method", "error"), [("POST", Uncertain), ("GET", Rejected)])
def test_a_huge_answer_is_refused_and_not_cut(server, method, error, chunked):
    """Half a file must not pass for the file."""
    server.body, server.chunked = b"x" * (LARGEST_REPLY + 1), chunked
    with pytest.raises(error, match="more than 8388608 bytes"):
        call(server.url, method)


def test_a_call_may_expect_a_larger_answer(server):
    """A video is larger than an API answer."""
    server.body = b"x" * (LARGEST_REPLY + 1)
    assert len(call(server.url, "GET", largest=LARGEST_REPLY * 2).body) == LARGEST_REPLY + 1


def test_a_small_answer_that_unpacks_to_a_huge_one_is_refused(server):
    """The bytes that count are those that we would hold."""
    server.headers["content-encoding"] = "gzip"
    server.body = gzip.compress(bytes(LARGEST_REPLY + 1))
    with pytest.raises(Rejected, match="more than"):
        call(server.url, "GET")


# what the other side says


@pytest.mark.parametrize(
    ("status", "method", "error"),
    [
        (302, "POST", Rejected),
        (400, "POST", Rejected),
        (401, "POST", NeedsAttention),
        (403, "GET", NeedsAttention),
        (404, "GET", Rejected),
        (408, "POST", Unreachable),
        (429, "POST", RateLimited),
        (500, "POST", Uncertain),
        (500, "GET", Unreachable),
        (502, "PUT", Unreachable),
        (503, "POST", Uncertain),
    ],
)
def test_a_status_is_named_for_what_happens_next(server, status, method, error):
    """Endpoint, verb, host and status stand in the text."""
    server.status = status
    with pytest.raises(error, match=rf"shop could not send: 127\.0\.0\.1 said {status}") as caught:
        call(server.url, method)
    assert type(caught.value) is error
    assert caught.value.code == status


def test_a_redirect_is_not_followed(server):
    """Credentials stay with the host that they are for."""
    server.status = 307
    server.headers["location"] = server.url + "/elsewhere"
    with pytest.raises(Rejected, match="it redirects"):
        call(server.url)
    assert [path for _, path, *_ in server.seen] == ["/v1"]


def test_a_503_that_says_when_to_come_back_did_not_happen(server):
    """Nobody asks for a repetition of what was done."""
    server.status, server.headers["retry-after"] = 503, "7"
    with pytest.raises(Unreachable) as caught:
        call(server.url)
    assert caught.value.after == 7


def test_a_429_says_how_long_to_wait(server):
    """In seconds."""
    server.status, server.headers["Retry-After"] = 429, "12"
    with pytest.raises(RateLimited) as caught:
        call(server.url)
    assert caught.value.after == 12


@pytest.mark.parametrize(
    ("value", "wait"),
    [("120", 120), ("Fri, 01 Jan 2010 00:00:00 GMT", 0), ("9" * 400, LONGEST_WAIT)],
    ids=["seconds", "past", "endless"],
)
def test_retry_after_is_a_day_at_most_and_never_the_past(value, wait):
    """Whatever the other side writes, the worker can act on it."""
    assert Reply(status=429, headers={"retry-after": value}, body=b"").retry_after == wait


def test_retry_after_may_be_a_date():
    """It is turned into seconds from now."""
    value = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3500 <= (Reply(status=429, headers={"retry-after": value}, body=b"").retry_after or 0) <= 3600


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "Fri, 99 Jan 2010 00:00:00 GMT"])
def test_a_retry_after_that_says_nothing_is_none(value):
    """Then core's own back-off decides."""
    assert Reply(status=429, headers={"retry-after": value}, body=b"").retry_after is None


def test_html_instead_of_json_is_malformed_and_told_by_its_kind(server):
    """A proxy's page, not the API."""
    server.body, server.headers = b"<html>", {"Content-Type": "text/html; charset=utf-8"}
    with pytest.raises(Malformed, match="the answer is not JSON but text/html"):
        call(server.url).json()


def test_a_connector_may_explain_an_answer_in_its_own_words(server):
    """Endpoint, verb and host are put before them, secrets and numbers are taken out."""
    server.status = 400
    server.body = json.dumps({"error": {"code": 131047, "message": "tok-12345 for +4915112345678"}}).encode()

    def explain(reply):
        error = reply.json()["error"]
        return Rejected(f"{error['code']} ({error['message']})", code=error["code"])

    http = Http("shop", redact=Redactor([Secret("tok-12345")]))
    with pytest.raises(Rejected) as caught:
        http.call(Call(method="POST", url=server.url), verb="send", explain=explain)
    assert str(caught.value) == "shop could not send: 127.0.0.1 said 131047 (*** for (number))"
    assert caught.value.text == str(caught.value)
    assert caught.value.code == 131047


@pytest.mark.parametrize("explain", [lambda reply: None, lambda reply: reply.json()])
def test_what_a_connector_cannot_explain_is_explained_by_its_status(server, explain):
    """Also where it expected JSON and found a page."""
    server.status, server.body, server.headers = 401, b"<html>", {"Content-Type": "text/html"}
    with pytest.raises(NeedsAttention, match=r"said 401 \(text/html\)"):
        Http("shop").call(Call(method="POST", url=server.url), explain=explain)


def test_neither_call_nor_reply_shows_its_body():
    """They may end up in a log."""
    assert "secret" not in repr(Call(method="POST", url="https://a/", body=b"secret"))
    assert "secret" not in repr(Reply(status=200, headers={}, body=b"secret"))
