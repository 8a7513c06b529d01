"""Media: upload, look-up, download, deletion; what messages bring with them, and what customers send."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sandboxes import TOKEN, wait_until

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
BEARER = {"authorization": f"Bearer {TOKEN.reveal()}"}


def download(url, headers=BEARER):
    """Ask for a file."""
    return requests.get(url, headers=headers, timeout=20)


def attach(meta, data=PNG, mime="image/png", name="plant.png", who="sheena", **told):
    """Let a customer send a file; return what the API answers."""
    return meta.control("POST", f"customers/{who}/files", files={"file": (name, data, mime)}, data=told)


def test_an_upload_can_be_looked_up_and_downloaded(meta):
    """With its digest in hexadecimal digits, by an address that needs the token."""
    status, answer = meta.upload(PNG)
    assert status == 200, answer
    told = meta.graph("GET", answer["id"])[1]
    assert (told["file_size"], told["mime_type"]) == (len(PNG), "image/png")
    assert told["sha256"] == hashlib.sha256(PNG).hexdigest()
    found = download(told["url"])
    assert (found.content, found.headers["content-type"]) == (PNG, "image/png")
    assert download(told["url"], {}).status_code == 401


def test_an_address_is_good_for_five_minutes(meta):
    """And cannot be made longer."""
    told = meta.graph("GET", meta.upload(PNG)[1]["id"])[1]["url"]
    expires = int(parse_qs(urlsplit(told).query)["ext"][0])
    for other in (expires + 3600, 1, "x"):
        assert download(told.replace(f"ext={expires}", f"ext={other}")).status_code == 404


def test_a_deleted_file_is_gone(meta):
    """Its id and its address."""
    name = meta.upload(PNG)[1]["id"]
    url = meta.graph("GET", name)[1]["url"]
    assert meta.graph("DELETE", name) == (200, {"success": True})
    assert meta.graph("GET", name)[1]["error"]["error_subcode"] == 33
    assert download(url).status_code == 404


@pytest.mark.parametrize(
    ("data", "mime", "code"),
    [(b"<svg/>", "image/svg+xml", 100), (b"x" * (5 * 1024 * 1024 + 1), "image/png", 131053), (b"x", "", 100)],
)
def test_what_whatsapp_does_not_take_is_refused(meta, data, mime, code):
    """Other types, and files above the limit of their type."""
    assert meta.upload(data, mime or "application/x-nothing")[1]["error"]["code"] == code


def test_a_picture_that_was_uploaded_is_sent(meta, callback):
    """Once it was found to be a picture."""
    meta.write()
    name = meta.upload(PNG)[1]["id"]
    sent = meta.sent("image", {"id": name, "caption": "This one"})
    wait_until(lambda: callback.steps(sent) == ["sent", "delivered"])
    shown = meta.find(sent)["content"]
    assert requests.get(f"{meta.url}/sandbox/files/{shown['file']}", timeout=20).content == PNG


@pytest.mark.parametrize(
    "content", [{"id": "4711"}, {"link": "http://127.0.0.1:9/x.png"}, {"link": "http://10.0.0.1/"}]
)
def test_a_file_that_is_not_there_fails_later_with_131053(meta, callback, content):
    """An id that is none, a link that leads nowhere, a link into a private network."""
    meta.write()
    sent = meta.sent("image", content)
    wait_until(lambda: callback.steps(sent) == ["failed"])
    assert callback.statuses(sent)[0]["errors"][0]["code"] == 131053


def test_a_file_of_another_kind_fails_later_with_131053(meta, callback):
    """A document is no sticker."""
    meta.write()
    name = meta.upload(b"%PDF-1.4", "application/pdf", "a.pdf")[1]["id"]
    sent = meta.sent("sticker", {"id": name})
    wait_until(lambda: callback.steps(sent) == ["failed"])
    assert "application/pdf" in callback.statuses(sent)[0]["errors"][0]["error_data"]["details"]


def test_a_link_is_fetched_and_kept(meta, callback, provider):
    """The phone shows a copy, also when the link is long gone."""
    provider.answer(200, PNG, content_type="image/png")
    provider.headers["content-type"] = "image/png"
    meta.write()
    sent = meta.sent("document", {"link": f"{provider.url}/price.pdf", "filename": "price.pdf"})
    wait_until(lambda: callback.statuses(sent))
    assert provider.asked[0].path == "/price.pdf"
    assert "authorization" not in provider.asked[0].headers


def test_a_customers_picture_is_told_and_fetched(meta, callback):
    """With its digest in Base64, an id, and an address that the gateway's token opens."""
    attach(meta, caption="Taj Mahal")
    wait_until(callback.messages)
    told = callback.messages()[0]["image"]
    assert told["caption"] == "Taj Mahal"
    assert told["mime_type"] == "image/png"
    assert told["sha256"] == base64.b64encode(hashlib.sha256(PNG).digest()).decode()
    assert download(told["url"]).content == PNG
    assert meta.graph("GET", told["id"])[1]["file_size"] == len(PNG)


@pytest.mark.parametrize(
    ("mime", "told", "kind", "more"),
    [
        ("audio/ogg; codecs=opus", {"kind": "audio", "voice": "1"}, "audio", {"voice": True}),
        ("audio/mpeg", {}, "audio", {"voice": False}),
        ("video/mp4", {}, "video", {}),
        ("image/webp", {"kind": "sticker"}, "sticker", {"animated": False}),
        ("application/pdf", {}, "document", {"filename": "name.bin"}),
        ("text/html", {}, "document", {"filename": "name.bin"}),
    ],
)
def test_every_kind_of_file_has_its_shape(meta, callback, mime, told, kind, more):
    """As the documentation has it."""
    attach(meta, b"data", mime, "name.bin", **told)
    wait_until(callback.messages)
    message = callback.messages()[0]
    assert message["type"] == kind
    assert set(message[kind]) == {"mime_type", "sha256", "id", "url", *more}
    assert {name: message[kind][name] for name in more} == more


def test_a_voice_message_that_was_heard_is_played(meta, callback):
    """After it was read."""
    meta.write()
    name = meta.upload(b"OggS", "audio/ogg", "v.ogg")[1]["id"]
    sent = meta.sent("audio", {"id": name, "voice": True})
    wait_until(lambda: len(callback.steps(sent)) == 2)
    meta.control("POST", "customers/sheena/played", {"message": sent})
    wait_until(lambda: callback.steps(sent) == ["sent", "delivered", "read", "played"])


@pytest.mark.parametrize(
    "mime", ["text/html", "image/svg+xml", "application/xhtml+xml", "application/pdf", "TEXT/HTML"]
)
def test_what_could_run_in_a_browser_is_a_download(meta, mime):
    """Without a type that it would be shown by, and in a sandbox."""
    attach(meta, b"<script>alert(1)</script>", mime, "x.html")
    found = meta.chat()[0]["content"]["id"]
    answer = requests.get(f"{meta.url}/sandbox/files/{found}", timeout=20)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("path", ["..%2fsandbox.db", "%2e%2e%2fsandbox.db", "1%2f..%2f..%2fsandbox.db", "0", "x"])
def test_only_files_that_were_sent_are_served(meta, path):
    """Whatever a path says."""
    assert requests.get(f"{meta.url}/sandbox/files/{path}", timeout=20).status_code == 404


def test_a_name_of_a_file_is_no_path(meta):
    """What a browser says of folders is left out."""
    attach(meta, b"x", "application/pdf", "../../etc/passwd")
    assert meta.chat()[0]["content"]["filename"] == "passwd"
