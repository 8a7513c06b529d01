"""Files through the door to the network: in pieces, bounded, and from nowhere inside."""

import gc
import socket
import ssl
import tracemalloc

import pytest
from files import FILE, Files, http, running

from connectors_core import Call, Http, NoCounterpart, NotAllowedNow, Rejected, Unreachable
from connectors_core.model import Content, Media, MediaKind


@pytest.fixture
def server(monkeypatch):
    """Run a server for one test."""
    monkeypatch.setenv("NO_PROXY", "*")
    with running(Files()) as files:
        yield files


def get(server, path="/file", **more):
    """Return a call for a file."""
    return Call(method="GET", url=server.url + path, **more)


def read(content):
    """Return all pieces together."""
    return b"".join(content.chunks)


def test_a_stream_gives_the_bytes_in_pieces(server):
    """None of them large, with the type and the size that the server told."""
    server.answers["/file"] = (200, {"Content-Type": "image/png; x=y"}, FILE)
    content = http().stream(get(server, headers={"authorization": "Bearer x"}))
    pieces = list(content.chunks)
    assert b"".join(pieces) == FILE
    assert max(map(len, pieces)) <= 65536
    assert (content.mime, content.size) == ("image/png", len(FILE))
    assert server.asked[0][2]["authorization"] == "Bearer x"
    assert server.asked[0][2]["accept-encoding"] == "identity"


def test_a_stream_of_unknown_size_says_so(server):
    """The pieces come all the same."""
    server.answers["/file"] = (200, {}, [FILE[:1000], FILE[1000:]])
    content = http().stream(get(server))
    assert content.size is None
    assert read(content) == FILE


def test_a_large_file_is_never_in_memory(server):
    """Sixteen megabytes pass with far less held at any time."""
    server.answers["/file"] = (200, {}, (b"x" * 65536 for _ in range(256)))
    content = http().stream(get(server, largest=1 << 25))
    tracemalloc.start()
    size = sum(len(piece) for piece in content.chunks)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 1 << 24
    assert peak < 1 << 21


def test_a_file_that_announces_too_much_is_refused_before_it_comes(server):
    """By its content length."""
    server.answers["/file"] = (200, {}, FILE)
    with pytest.raises(Rejected, match=r"shop could not fetch: 127\.0\.0\.1 has a file of 256000 bytes, and 1000 are"):
        http().stream(get(server, largest=1000))


def test_a_file_that_grows_too_large_is_refused_while_it_comes(server):
    """Nobody said how much would come."""
    server.answers["/file"] = (200, {}, [FILE, FILE])
    content = http().stream(get(server, largest=len(FILE) + 1))
    with pytest.raises(Rejected, match="more than 256001 bytes"):
        read(content)


def test_a_broken_stream_is_not_a_file(server):
    """Fewer bytes than announced are an error at their end, not a short file."""
    server.answers["/file"] = (200, {"content-length": str(len(FILE) + 5), "connection": "close"}, FILE)
    content = http().stream(get(server))
    with pytest.raises(Unreachable, match="broke off in the middle of a file"):
        read(content)


def test_an_answer_that_is_no_file_raises_as_a_call_does(server):
    """With the connector's own reading first."""
    server.answers["/file"] = (403, {}, b"{}")
    with pytest.raises(Rejected, match=r"shop could not look: 127\.0\.0\.1 said gone"):
        http().stream(get(server), verb="look", explain=lambda reply: Rejected("gone") if reply.status == 403 else None)


def test_a_stream_goes_to_named_hosts_alone(server):
    """As every call."""
    with pytest.raises(NotAllowedNow, match="settings do not name this host"):
        http(hosts=frozenset({"graph.facebook.com"})).stream(get(server))
    assert server.asked == []


def test_a_forgotten_stream_closes_its_connection(server):
    """Whoever never reads it, or stops in the middle, leaves nothing open; a warning would fail this test."""
    server.answers["/file"] = (200, {}, FILE)
    door = http()
    unread = door.stream(get(server))
    half = iter(door.stream(get(server)).chunks)
    next(half)
    del unread, half
    gc.collect()


def test_a_kept_file_is_opened_by_its_id():
    """By whoever keeps the files; its address is not looked at."""
    kept = {"f1": Content.of(b"lamp", "image/png", "lamp.png")}
    content = http(files=kept.__getitem__).open(Media(kind=MediaKind.IMAGE, id="f1", url="http://10.0.0.1/"))
    assert (read(content), content.mime, content.name) == (b"lamp", "image/png", "lamp.png")


def nothing(_id):
    """Keep nothing."""
    raise NoCounterpart("there is no such file")


def test_a_file_that_is_kept_nowhere_is_refused():
    """In a sentence, and not as a person that nobody knows."""
    for media in (Media(kind=MediaKind.IMAGE, id="f1"), Media(kind=MediaKind.IMAGE)):
        with pytest.raises(Rejected, match="shop could not send a file"):
            http(files=nothing).open(media)


@pytest.mark.parametrize("size", [4, None])
def test_a_kept_file_that_is_too_large_is_refused(size):
    """Whether its size is known or not."""
    kept = Content(chunks=(b"la", b"mp"), mime="image/png", size=size)
    with pytest.raises(Rejected, match="3"):
        read(http(files=lambda _id: kept).open(Media(kind=MediaKind.IMAGE, id="f1"), largest=3))


def test_an_address_from_outside_is_fetched(server):
    """With the host of the address, and without anything of ours."""
    server.answers["/lamp.png?x=1"] = (200, {"content-type": "image/png"}, FILE)
    port = server.server_port
    content = http(files=nothing).open(
        Media(kind=MediaKind.IMAGE, id="f", url=f"http://shop.example.com:{port}/lamp.png?x=1")
    )
    assert read(content) == FILE
    assert content.mime == "image/png"
    ((_, path, headers, _),) = server.asked
    assert (path, headers["host"]) == ("/lamp.png?x=1", f"shop.example.com:{port}")
    assert "authorization" not in headers


def test_the_guard_is_asked_for_every_address(server):
    """An address outside that redirects inside leads nowhere."""
    port = server.server_port
    inside = "http://169.254.169.254/latest"
    server.answers["/a"] = (302, {"location": "/b"}, b"")
    server.answers["/b"] = (302, {"location": inside}, b"")
    asked = []

    def guard(url):
        asked.append(url)
        if url == inside:
            raise NotAllowedNow("inside a network")
        return "127.0.0.1"

    with pytest.raises(NotAllowedNow):
        http(guard=guard).open(Media(kind=MediaKind.IMAGE, url=f"http://shop.example.com:{port}/a"))
    assert asked == [f"http://shop.example.com:{port}/a", f"http://shop.example.com:{port}/b", inside]
    assert len(server.asked) == 2


def test_the_real_guard_is_the_default(server):
    """A loopback address in a payload is refused without a request."""
    with pytest.raises(NotAllowedNow, match="inside a network"):
        Http("shop").open(Media(kind=MediaKind.IMAGE, url=f"{server.url}/file"))
    assert server.asked == []


def test_a_proxy_is_told_the_address_that_was_looked_at(server, monkeypatch):
    """And not the name: it would look that up a second time, and might find another address."""
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", server.url)
    server.answers["http://192.0.2.7:80/lamp.png"] = (200, {}, FILE)
    server.answers["http://[2001:db8::7]:8080/lamp.png"] = (200, {}, FILE)
    for address, netloc in (("192.0.2.7", "shop.example.com"), ("2001:db8::7", "shop.example.com:8080")):
        door = http(guard=lambda _url, found=address: found)
        assert read(door.open(Media(kind=MediaKind.IMAGE, url=f"http://{netloc}/lamp.png"))) == FILE
        assert server.asked[-1][2]["host"] == netloc


def test_a_file_that_takes_for_ever_is_given_up(server, monkeypatch):
    """However slowly its bytes come, there is an end to it."""
    monkeypatch.setattr("connectors_core.http.streams.LONGEST", -1.0)
    server.answers["/file"] = (200, {}, FILE)
    with pytest.raises(Unreachable, match="for a file"):
        read(http().stream(get(server)))


def test_an_endless_redirect_ends(server):
    """After three."""
    server.answers["/a"] = (302, {"location": "/a"}, b"")
    with pytest.raises(Rejected, match="redirects more than 3 times"):
        http().open(Media(kind=MediaKind.IMAGE, url=f"{server.url}/a"))
    assert len(server.asked) == 4


@pytest.mark.parametrize(("status", "kind"), [(404, Rejected), (403, Rejected), (503, Unreachable), (302, Rejected)])
def test_an_address_without_a_file_says_what_happens_next(server, status, kind):
    """What is gone is gone; a fault may pass."""
    server.answers["/a"] = (status, {}, b"")
    with pytest.raises(kind, match=f"answered {status}"):
        http().open(Media(kind=MediaKind.IMAGE, url=f"{server.url}/a"))


def test_a_host_that_does_not_answer_is_unreachable():
    """It may come back."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Unreachable, match=r"shop\.example\.com does not answer"):
        http().open(Media(kind=MediaKind.IMAGE, url=f"http://shop.example.com:{port}/"))


def test_tls_is_proven_for_the_name_and_not_for_the_address(server, monkeypatch, certificate):
    """The connection goes to the address that the guard gave; the certificate must be that of the name."""
    path, names = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    server.answers["/a"] = (200, {}, b"lamp")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    door, port = http(), server.server_port
    assert read(door.open(Media(kind=MediaKind.IMAGE, url=f"https://{names[0]}:{port}/a"))) == b"lamp"
    with pytest.raises(Unreachable):
        door.open(Media(kind=MediaKind.IMAGE, url=f"https://other.example.com:{port}/a"))


@pytest.fixture
def certificate(tmp_path):
    """Make a certificate for one name, signed by itself."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 - for this fixture alone

    from cryptography import x509  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 - as above

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example.com")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "shop.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path, ["shop.example.com"]
