"""Sending through WhatsApp, against a provider on this machine."""

import hashlib
import hmac
from datetime import UTC, datetime

import attrs
import pytest
from marshmallow import ValidationError

from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.settings import WhatsAppSettings, WhatsAppSettingsSchema
from connectors_core import (
    Endpoint,
    Http,
    NeedsAttention,
    NoCounterpart,
    NotAllowedNow,
    NotSupported,
    RateLimited,
    Redactor,
    Rejected,
    Retry,
    Secret,
    Uncertain,
)
from connectors_core.model import (
    ConversationRef,
    Done,
    Identity,
    Message,
    MessageRef,
    OptIn,
    Origin,
    Text,
)

PLACE = {"endpoint": "shop", "account": "106540352242922"}
TOKEN = Secret("EAAG-access-token")
ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "16505551234", "wa_id": "16505551234"}],
    "messages": [{"id": "wamid.OUT1"}],
}


@pytest.fixture
def shop(provider):
    """Make a number whose provider accepts everything."""
    provider.answer(200, ACCEPTED)
    return endpoint(provider)


def endpoint(provider, **more):
    """Make a number at the provider."""
    settings = WhatsAppSettings(phone_number_id=PLACE["account"], access_token=TOKEN, graph_url=provider.url, **more)
    http = Http("shop", timeout=(2.0, 5.0), redact=Redactor([TOKEN]))
    return Endpoint.build("shop", WhatsApp(settings, http))


def message(body="Hello!", to="16505551234", **more):
    """Return a message to somebody."""
    conversation = ConversationRef(**PLACE, id=to) if to else None
    return Message(
        **PLACE,
        id="m1",
        at=datetime(2026, 11, 22, tzinfo=UTC),
        origin=Origin.AGENT,
        **{"conversation": conversation, "parts": [Text(body=body)], **more},
    )


def test_a_text_is_one_request(shop, provider):
    """Words, number and key go out as the page says, with the token in its header alone."""
    done = shop.deliver(message(), "abcd1234-17/1")
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("POST", "/v26.0/106540352242922/messages")
    assert asked.headers["authorization"] == "Bearer EAAG-access-token"
    assert asked.json() == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "16505551234",
        "type": "text",
        "text": {"body": "Hello!", "preview_url": False},
        "biz_opaque_callback_data": "abcd1234-17/1",
    }
    assert done == Done(
        refs=[MessageRef(**PLACE, id="wamid.OUT1"), ConversationRef(**PLACE, id="16505551234", aliases=())]
    )


@pytest.mark.parametrize(
    ("to", "address"),
    [
        ("16505551234", {"recipient_type": "individual", "to": "16505551234"}),
        ("US.13491208655302741918", {"recipient_type": "individual", "recipient": "US.13491208655302741918"}),
        ("US.ENT.1181", {"recipient_type": "individual", "recipient": "US.ENT.1181"}),
        ("R1JPVVA=", {"recipient_type": "group", "to": "R1JPVVA="}),
    ],
)
def test_people_are_addressed_by_what_is_known_of_them(shop, provider, to, address):
    """A number goes to `to`, a user id to `recipient`, and anything else is a group."""
    shop.deliver(message(to=to), "k")
    sent = provider.asked[0].json()
    assert {name: sent[name] for name in ("recipient_type", "to", "recipient") if name in sent} == address


@pytest.mark.parametrize(
    ("scheme", "value", "field"),
    [("phone", "+16505551234", "to"), ("wa_id", "16505551234", "to"), ("bsuid", "US.1349", "recipient")],
)
def test_an_agent_writes_first_to_an_identity(shop, provider, scheme, value, field):
    """Without a conversation the identity is the address."""
    shop.deliver(attrs.evolve(message(to=None), to=Identity(scheme=scheme, value=value)), "k")
    assert provider.asked[0].json()[field] == value


@pytest.mark.parametrize("to", [None, Identity(scheme="email", value="sheena@example.com")])
def test_nobody_is_written_to_without_an_address(shop, provider, to):
    """An e-mail address or nothing at all is no address here, and nothing is asked of the provider."""
    with pytest.raises(NoCounterpart):
        shop.deliver(attrs.evolve(message(to=None), to=to), "k")
    assert provider.asked == []


def test_an_answer_and_a_preview_are_told(shop, provider):
    """`reply_to` becomes the context, and a preview is asked for where the message does."""
    words = Text(body="See https://example.com", preview=True)
    shop.deliver(message(parts=[words], reply_to=MessageRef(**PLACE, id="wamid.IN1")), "k")
    sent = provider.asked[0].json()
    assert sent["context"] == {"message_id": "wamid.IN1"}
    assert sent["text"]["preview_url"] is True


@pytest.mark.parametrize(
    "parts", [[], [OptIn(topic="news")], [Text(body="a"), Text(body="b")], [Text(body=" ")], [Text(body="x" * 4097)]]
)
def test_what_is_not_declared_is_refused_before_any_request(shop, provider, parts):
    """Core makes one text of it beforehand, or refuses it."""
    with pytest.raises(NotSupported):
        shop.deliver(message(parts=parts), "k")
    assert provider.asked == []


def test_a_number_that_whatsapp_corrects_names_the_conversation(shop, provider):
    """Webhooks will come with the number that WhatsApp made of ours, so both name the conversation."""
    contact = {"input": "5551999998888", "wa_id": "555199998888", "user_id": "BR.7"}
    provider.answer(200, {**ACCEPTED, "contacts": [contact]})
    done = shop.deliver(message(to="5551999998888"), "k")
    assert done.refs[1] == ConversationRef(**PLACE, id="555199998888", aliases=("BR.7", "5551999998888"))


def test_a_group_keeps_its_name(shop, provider):
    """The answer for a group names the group and no person."""
    provider.answer(200, {"messages": [{"id": "wamid.OUT1", "group_id": "R1JPVVA="}]})
    assert shop.deliver(message(to="R1JPVVA="), "k").refs[1].id == "R1JPVVA="


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"<html>", b"[]", {}),
        *({"messages": []}, {"messages": [{}]}, {"messages": "x"}, {"messages": [{"id": []}]}),
        {**ACCEPTED, "contacts": "x"},
    ],
)
def test_a_good_status_without_an_id_is_uncertain(shop, provider, answer):
    """It was accepted, so it must not be sent again; what it is called there is not known."""
    provider.answer(200, answer)
    with pytest.raises(Uncertain):
        shop.deliver(message(), "k")
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 131047, NotAllowedNow),
        (400, 130429, RateLimited),
        (500, 131000, Retry),
        (401, 190, NeedsAttention),
        (400, 100, Rejected),
        (500, 987654, Uncertain),
    ],
)
def test_the_code_of_an_error_decides(shop, provider, status, code, kind):
    """Codes say whether something happened; a fault without a known code may have sent it."""
    words = "to +1 650 555 1234: my broken lamp"
    provider.answer(status, {"error": {"message": words, "code": code}})
    with pytest.raises(kind) as caught:
        shop.deliver(message("my broken lamp"), "k")
    assert type(caught.value) is kind
    assert "shop could not send" in str(caught.value)
    for secret in ("lamp", "650 555", "16505551234", "EAAG"):
        assert secret not in str(caught.value)
    assert len(provider.asked) == 1


def test_html_with_a_fault_is_uncertain(shop, provider):
    """A proxy that breaks says nothing of what happened behind it."""
    provider.answer(502, b"<html>")
    with pytest.raises(Uncertain):
        shop.deliver(message(), "k")


def test_the_proof_is_sent_where_the_app_demands_it(provider):
    """With an app secret every call is signed (appsecret_proof)."""
    provider.answer(200, ACCEPTED)
    endpoint(provider, app_secret=Secret("app secret")).deliver(message(), "k")
    proof = hmac.new(b"app secret", b"EAAG-access-token", hashlib.sha256).hexdigest()
    assert provider.asked[0].path.endswith(f"/messages?appsecret_proof={proof}")


def test_two_numbers_are_not_mixed(provider):
    """Each endpoint calls with its own number and version."""
    provider.answer(200, ACCEPTED)
    one, other = endpoint(provider), endpoint(provider, graph_version="v25.0")
    other.deliver(message(), "k")
    one.deliver(message(), "k")
    assert [asked.path.split("/")[1] for asked in provider.asked] == ["v25.0", "v26.0"]


def test_settings_say_everything_that_is_wrong():
    """The number itself in place of its id, a literal token and unknown keys are all told at once."""
    with pytest.raises(ValidationError) as caught:
        WhatsAppSettingsSchema().load({"phone_number_id": "+1 555", "access_token": "literal", "colour": 1})
    assert set(caught.value.messages) == {"phone_number_id", "access_token", "colour"}


def test_settings_load(monkeypatch):
    """Two settings are enough, and nothing secret shows."""
    monkeypatch.setenv("WHATSAPP_TOKEN", "EAAG-access-token")
    settings = WhatsAppSettingsSchema().load(
        {"phone_number_id": "106540352242922", "access_token": {"env": "WHATSAPP_TOKEN"}}
    )
    assert settings.graph_url == "https://graph.facebook.com"
    assert "EAAG" not in repr(settings)
