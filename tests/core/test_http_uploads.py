"""Files on their way out: a form whose file is never in memory as a whole."""

import gc
import hashlib
from email.parser import BytesParser

import pytest
from files import FILE, Files, http, running

from connectors_core import Call, Rejected, Uncertain, Unreachable
from connectors_core.model import Content


@pytest.fixture
def server(monkeypatch):
    """Run a server for one test."""
    monkeypatch.setenv("NO_PROXY", "*")
    with running(Files()) as files:
        yield files


def parts(headers, body):
    """Return the parts of an upload by their names."""
    message = BytesParser().parsebytes(f"content-type: {headers['content-type']}\r\n\r\n".encode() + body)
    return {part.get_param("name", header="content-disposition"): part for part in message.get_payload()}


@pytest.mark.parametrize("size", [len(FILE), None])
def test_an_upload_arrives_whole(server, size):
    """Fields and file, with a content length in either case."""
    server.answers["/up"] = (200, {}, b"{}")
    content = Content(chunks=(FILE[:1000], FILE[1000:]), mime="image/png", name="lamp.png", size=size)
    call = Call.form("POST", f"{server.url}/up", {"type": "image/png"}, content, {"authorization": "Bearer x"})
    http().call(call)
    ((_, _, headers, body),) = server.asked
    headers = {name.lower(): value for name, value in headers.items()}
    assert headers["content-length"] == str(len(body))
    assert "transfer-encoding" not in headers
    assert headers["authorization"] == "Bearer x"
    found = parts(headers, body)
    assert found["type"].get_payload() == "image/png"
    assert found["file"].get_filename() == "lamp.png"
    assert found["file"].get_content_type() == "image/png"
    assert hashlib.sha256(found["file"].get_payload(decode=True)).digest() == hashlib.sha256(FILE).digest()


def test_the_part_of_the_file_has_the_name_that_is_asked_for(server):
    """Some platforms want the file under the name of a field of theirs."""
    server.answers["/up"] = (200, {}, b"{}")
    http().call(Call.form("POST", f"{server.url}/up", {"a": "1"}, Content.of(FILE, "image/png"), part="photo"))
    ((_, _, headers, body),) = server.asked
    found = parts({name.lower(): value for name, value in headers.items()}, body)
    assert found.keys() == {"a", "photo"}


def test_a_name_cannot_break_out_of_its_place(server):
    """Quotes and line ends in the name of a file, or in its type, stay inside."""
    server.answers["/up"] = (200, {}, b"{}")
    content = Content.of(b"x", 'text/plain\r\nx-evil: "1"', 'a"\r\nx-evil: 1; name="type')
    http().call(Call.form("POST", f"{server.url}/up", {}, content))
    body = server.asked[0][3]
    assert body.count(b"\r\n") == 6
    assert b'filename="a%22%0D%0Ax-evil: 1; name=%22type"' in body


@pytest.mark.parametrize("size", [3, 5])
def test_a_file_of_another_size_than_announced_is_not_uploaded(server, size):
    """The other side would wait for bytes that do not come, or take some for the next request."""
    content = Content(chunks=(b"lamp",), mime="image/png", size=size)
    with pytest.raises(Rejected, match=f"not the {size} bytes"):
        http().call(Call.form("POST", f"{server.url}/up", {}, content))


def test_the_error_of_a_source_ends_the_upload(server):
    """A file that breaks off on its way in is what stopped it on its way out."""

    def chunks():
        yield b"la"
        raise Unreachable("the source broke off")

    with pytest.raises(Unreachable, match="the source broke off"):
        http().call(Call.form("POST", f"{server.url}/up", {}, Content(chunks=chunks(), mime="image/png", size=4)))


def test_an_upload_never_sent_leaves_no_file_open():
    """The temporary file of a call that nobody makes is closed; a warning would fail this test."""
    Call.form("POST", "http://127.0.0.1:1/", {}, Content(chunks=(b"x",), mime="text/plain"))
    gc.collect()


@pytest.mark.parametrize(("harmless", "kind"), [(True, Unreachable), (False, Uncertain)])
def test_a_harmless_call_is_not_uncertain(server, harmless, kind):
    """Nobody sees whether it was made twice, so a fault is simply tried again."""
    server.answers["/up"] = (500, {}, b"")
    with pytest.raises(kind):
        http().call(Call(method="POST", url=f"{server.url}/up", harmless=harmless))
