"""Files to WhatsApp and from it, against a provider on this machine."""

import hashlib
from datetime import UTC, datetime

import attrs
import pytest

from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import (
    Endpoint,
    Http,
    NeedsAttention,
    NoCounterpart,
    NotAllowedNow,
    NotSupported,
    Rejected,
    Retry,
    Secret,
    Unreachable,
)
from connectors_core.model import (
    Activity,
    ActivityKind,
    Content,
    ConversationRef,
    Done,
    Media,
    MediaKind,
    Message,
    MessageRef,
    Origin,
    Receipt,
    ReceiptKind,
    Template,
)

PLACE = {"endpoint": "shop", "account": "106540352242922"}
UP, MESSAGES = "/v26.0/106540352242922/media", "/v26.0/106540352242922/messages"
ACCEPTED = {"contacts": [{"wa_id": "16505551234"}], "messages": [{"id": "wamid.OUT1"}]}
LAMP = b"\x89PNG lamp" * 50
SHA = hashlib.sha256(LAMP).hexdigest()
KEPT = {
    "f1": ("image/png", "lamp.png"),
    "f2": ("audio/ogg; codecs=opus", ""),
    "f3": ("application/pdf", "receipt.pdf"),
}


def files(name):
    """Open a file that the gateway keeps."""
    if name not in KEPT:
        raise NoCounterpart("there is no such file")
    return Content.of(LAMP, *KEPT[name])


def endpoint(provider, hosts=frozenset(), **more):
    """Make a number at the provider, with kept files."""
    settings = WhatsAppSettings(
        phone_number_id=PLACE["account"], access_token=Secret("EAAG-token"), graph_url=provider.url, **more
    )
    return Endpoint.build("shop", WhatsApp(settings, Http("shop", hosts=hosts, timeout=(2.0, 5.0), files=files)))


@pytest.fixture
def shop(provider):
    """Make a number whose provider accepts every file and every message."""
    provider.on(UP, (200, {"id": "1013859600285441"}))
    provider.on(MESSAGES, (200, ACCEPTED))
    return endpoint(provider)


def message(part, **more):
    """Return a message of one part."""
    conversation = ConversationRef(**PLACE, id="16505551234")
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Message(
        **{**PLACE, "id": "m1", "at": at, "origin": Origin.AGENT, "conversation": conversation, "parts": [part], **more}
    )


def kept(kind=MediaKind.IMAGE, name="f1", **more):
    """Return a file as core gives it: the gateway's id, a link and a type."""
    mime = KEPT.get(name, ("image/png",))[0]
    return Media(**{"kind": kind, "id": name, "mime": mime, "url": f"https://hooks.example.com/media/{name}", **more})


def test_a_file_is_uploaded_and_then_sent(shop, provider):
    """Two requests: the bytes with their type and name, then the message with the id that they got."""
    done = shop.deliver(message(kept(caption="My lamp")), "k")
    upload, sent = provider.asked
    assert (upload.method, upload.path) == ("POST", UP)
    assert upload.headers["authorization"] == "Bearer EAAG-token"
    form = upload.form()
    assert form["messaging_product"].get_payload() == "whatsapp"
    assert form["type"].get_payload() == "image/png"
    assert form["file"].get_payload(decode=True) == LAMP
    assert (form["file"].get_content_type(), form["file"].get_filename()) == ("image/png", "lamp.png")
    assert sent.json()["image"] == {"id": "1013859600285441", "caption": "My lamp"}
    assert done.refs[0] == MessageRef(**PLACE, id="wamid.OUT1")


def test_a_voice_message_is_marked_and_named(shop, provider):
    """A file without a name gets one whose end fits its type."""
    shop.deliver(message(kept(MediaKind.VOICE, "f2")), "k")
    upload, sent = provider.asked
    assert upload.form()["file"].get_filename() == "file.ogg"
    assert sent.json()["audio"] == {"id": "1013859600285441", "voice": True}


def test_a_file_without_a_type_is_opened_first(shop, provider):
    """Who keeps it knows what it is, and what it is called."""
    shop.deliver(message(kept(MediaKind.DOCUMENT, "f3", mime="")), "k")
    assert provider.asked[1].json()["document"] == {"id": "1013859600285441", "filename": "receipt.pdf"}


def test_the_setting_sends_a_link_instead(provider):
    """One request, and no byte of the file."""
    provider.answer(200, ACCEPTED)
    endpoint(provider, media_by_link=True).deliver(message(kept()), "k")
    (sent,) = provider.asked
    assert sent.json()["image"] == {"link": "https://hooks.example.com/media/f1"}


def test_a_sound_of_another_type_goes_as_a_document(shop, provider):
    """By link, as it cannot be uploaded."""
    shop.deliver(message(kept(MediaKind.VOICE, mime="audio/webm", name="f1")), "k")
    (sent,) = provider.asked
    assert sent.json()["document"] == {"link": "https://hooks.example.com/media/f1"}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((500, b"<html>"), Unreachable),
        ((200, {}), Retry),
        ((200, b"<html>"), Retry),
        ((400, {"error": {"code": 100}}), Rejected),
        ((400, {"error": {"code": 131053}}), Rejected),
        ((401, {"error": {"code": 190}}), NeedsAttention),
    ],
)
def test_an_upload_that_fails_sends_nothing(shop, provider, answer, kind):
    """It is tried again where that can help, and never uncertain: nobody sees a file that was uploaded twice."""
    provider.on(UP, answer)
    with pytest.raises(kind) as caught:
        shop.deliver(message(kept()), "k")
    assert type(caught.value) is kind
    assert [asked.path for asked in provider.asked] == [UP]


@pytest.mark.parametrize(
    ("part", "kind"),
    [(kept(name="f9", url=""), Rejected), (kept(size=99 * 1024 * 1024), NotSupported)],
)
def test_a_file_that_is_not_there_or_too_large_asks_for_nothing(shop, provider, part, kind):
    """The reason is known before."""
    with pytest.raises(kind):
        shop.deliver(message(part), "k")
    assert provider.asked == []


def test_nobody_to_send_to_is_known_before_the_upload(shop, provider):
    """A file for nobody stays here."""
    with pytest.raises(NoCounterpart):
        shop.deliver(message(kept(), conversation=None), "k")
    assert provider.asked == []


def test_a_template_fills_its_slots(shop, provider):
    """A link in its header goes as it is, a kept file is uploaded first."""
    values = {"header.image": "f1", "body.1": "Pablo", "button.0": "7"}
    shop.deliver(message(Template(name="order_update", language="en_US", values=values)), "k")
    upload, sent = provider.asked
    assert upload.path == UP
    template = sent.json()["template"]
    assert sent.json()["type"] == "template"
    assert (template["name"], template["language"]) == ("order_update", {"code": "en_US"})
    assert template["components"][0] == {
        "type": "header",
        "parameters": [{"type": "image", "image": {"id": "1013859600285441"}}],
    }
    linked = Template(name="order_update", language="en_US", values={"header.image": "https://example.com/a.png"})
    shop.deliver(message(linked), "k")
    (header,) = provider.asked[-1].json()["template"]["components"]
    assert header["parameters"][0]["image"] == {"link": "https://example.com/a.png"}
    assert len(provider.asked) == 3


def test_a_template_without_values_has_no_components(shop, provider):
    """And components of the sender's own go as they are."""
    shop.deliver(message(Template(name="hello_world", language="en_US")), "k")
    own = ({"type": "body", "parameters": [{"type": "text", "text": "x"}]},)
    shop.deliver(message(Template(name="hello_world", language="en_US", components=own)), "k")
    plain, given = (asked.json()["template"] for asked in provider.asked)
    assert "components" not in plain
    assert given["components"] == list(own)


def test_the_header_of_a_template_must_be_of_its_kind(shop, provider):
    """A PDF is no picture."""
    with pytest.raises(NotSupported, match=r"a file of the kind image, and this one goes as document"):
        shop.deliver(message(Template(name="t", language="en", values={"header.image": "f3"})), "k")
    assert provider.asked == []


@pytest.mark.parametrize(("kind", "typing"), [(ActivityKind.TYPING, {"type": "text"}), (ActivityKind.SEEN, None)])
def test_typing_marks_the_message_that_is_answered_as_read(shop, provider, kind, typing):
    """WhatsApp has no typing without it."""
    provider.on(MESSAGES, (200, {"success": True}))
    read = MessageRef(**PLACE, id="wamid.IN1")
    assert shop.deliver(message(Activity(kind=kind), reply_to=read), "k") == Done()
    sent = provider.asked[0].json()
    assert (sent["status"], sent["message_id"], sent.get("typing_indicator")) == ("read", "wamid.IN1", typing)
    with pytest.raises(NotSupported, match="id of a message"):
        shop.deliver(message(Activity(kind=kind)), "k")


def receipt(kind=ReceiptKind.READ, *names):
    """Return a receipt about messages of a person."""
    refs = tuple(MessageRef(**PLACE, id=name) for name in names)
    return Receipt(**PLACE, id="r", at=datetime(2026, 11, 22, tzinfo=UTC), kind=kind, messages=refs)


def test_reading_is_told_by_the_last_message(shop, provider):
    """It stands for all before it. A fault is simply tried again."""
    provider.on(MESSAGES, (200, {"success": True}), (500, b""))
    assert shop.deliver(receipt(ReceiptKind.READ, "wamid.IN1", "wamid.IN2"), "k") == Done()
    assert provider.asked[0].json() == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.IN2",
    }
    with pytest.raises(Unreachable):
        shop.deliver(receipt(ReceiptKind.READ, "wamid.IN1"), "k")


@pytest.mark.parametrize("noun", [receipt(), receipt(ReceiptKind.DELIVERED, "wamid.IN1")])
def test_other_receipts_are_not_told(shop, provider, noun):
    """WhatsApp has no word for them, nor for a message without an id."""
    with pytest.raises(NotSupported):
        shop.deliver(noun, "k")
    assert provider.asked == []


FILE = Media(kind=MediaKind.IMAGE, id="1003", mime="image/png", sha256=SHA, name="lamp.png")


def stored(provider, body=LAMP, status=200, **more):
    """Put a file where WhatsApp keeps it."""
    told = {"url": f"{provider.url}/blob", "mime_type": "image/png", "sha256": SHA, "file_size": str(len(LAMP)), **more}
    provider.on("/v26.0/1003", (200, {name: value for name, value in told.items() if value is not None}))
    provider.on("/blob", (status, body))


def test_a_file_is_fetched_with_the_token(shop, provider):
    """Its address is asked for anew each time, as it lives five minutes."""
    stored(provider)
    content = shop.fetch(FILE)
    assert b"".join(content.chunks) == LAMP
    assert (content.mime, content.name, content.size) == ("image/png", "lamp.png", len(LAMP))
    look, load = provider.asked
    assert look.path == "/v26.0/1003?phone_number_id=106540352242922"
    assert load.path == "/blob"
    assert {look.headers["authorization"], load.headers["authorization"]} == {"Bearer EAAG-token"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"body": LAMP[:-1], "file_size": None}, "checksum"),
        ({"body": LAMP[:-1]}, "bytes instead of"),
        ({"body": LAMP[:-1], "sha256": None, "file_size": None}, "checksum"),
    ],
)
def test_a_file_that_is_not_what_was_announced_is_fetched_again(shop, provider, more, said):
    """By its size, or its checksum, which the webhook tells too."""
    stored(provider, **more)
    content = shop.fetch(FILE)
    with pytest.raises(Retry, match=said):
        b"".join(content.chunks)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_address_that_expired_is_asked_for_again(shop, provider, status):
    """The token was good a moment ago, so it is no reason to pause."""
    stored(provider, b"", status)
    with pytest.raises(Unreachable, match="a new one is asked for"):
        shop.fetch(FILE)


def test_a_file_that_whatsapp_forgot_is_refused(shop, provider):
    """After seven days there is nothing to fetch."""
    provider.on("/v26.0/1003", (400, {"error": {"code": 100, "error_subcode": 33}}))
    with pytest.raises(Rejected, match="the file is gone"):
        shop.fetch(FILE)


def test_the_token_goes_to_known_hosts_alone(provider):
    """Whatever address WhatsApp names for a file."""
    stored(provider, url="https://evil.example.com/blob")
    with pytest.raises(NotAllowedNow, match="do not name this host"):
        endpoint(provider, hosts=frozenset({"127.0.0.1"})).fetch(FILE)


def test_an_id_stays_in_its_place(shop, provider):
    """It is an id, whatever is written in it."""
    provider.answer(400, {"error": {"code": 100}})
    with pytest.raises(Rejected):
        shop.fetch(attrs.evolve(FILE, id="../me?x="))
    assert provider.asked[0].path.startswith("/v26.0/..%2Fme%3Fx%3D?")


def test_a_file_of_another_responder_is_fetched_without_the_token(shop, provider):
    """Its address is from outside, and none inside a network is looked at."""
    with pytest.raises(NotAllowedNow, match="inside a network"):
        shop.fetch(Media(kind=MediaKind.IMAGE, url=f"{provider.url}/blob"))
    assert provider.asked == []
