"""The webhook connector, against a receiver on this machine that checks signatures with the reference library."""

import base64
import json
from datetime import UTC, datetime
from typing import get_args

import pytest
import standardwebhooks
from marshmallow import ValidationError

from connectors.webhook import signing
from connectors.webhook.connector import Webhook
from connectors.webhook.settings import WebhookSettings, WebhookSettingsSchema
from connectors_core import (
    Endpoint,
    Http,
    NeedsAttention,
    RateLimited,
    Redactor,
    Rejected,
    Secret,
    Uncertain,
    Unreachable,
)
from connectors_core.model import (
    ContactRef,
    ConversationRef,
    Done,
    Handover,
    HandoverAction,
    Link,
    LinkStatus,
    Message,
    MessageRef,
    Origin,
    Part,
    Receipt,
    ReceiptKind,
    Text,
    codec,
)

AT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
PLACE = {"endpoint": "crm", "account": "crm"}
NEW, OLD = (Secret("whsec_" + base64.b64encode(bytes([byte]) * 32).decode()) for byte in (1, 2))
API_KEY = Secret("api-key-of-the-crm")

EVENTS = {
    "message": Message(
        **PLACE,
        id="m1",
        at=AT,
        conversation=ConversationRef(**PLACE, id="c-4"),
        origin=Origin.CONTACT,
        parts=[Text(body="Guten Tag, Frau Müller 👋")],
        fields={"priority": "high"},
    ),
    "link": Link(**PLACE, id="l1", at=AT, status=LinkStatus.WANTED),
    "handover": Handover(**PLACE, id="h1", at=AT, action=HandoverAction.PASS, new_owner="crm"),
    "receipt": Receipt(**PLACE, id="r1", at=AT, kind=ReceiptKind.READ, messages=(MessageRef(**PLACE, id="m0"),)),
}


def endpoint(provider, **more):
    """Make a CRM at the receiver."""
    settings = WebhookSettings(**{"url": f"{provider.url}/events", "secret": (NEW,), **more})
    http = Http("crm", timeout=(2.0, 5.0), redact=Redactor([NEW, OLD, API_KEY]))
    return Endpoint.build("crm", Webhook(settings, http))


@pytest.mark.parametrize("noun", EVENTS)
def test_every_noun_is_delivered_whole(provider, noun):
    """The body has the noun, its time and the event, which reads back as what it was."""
    assert endpoint(provider).deliver(EVENTS[noun], "abcd1234-17/1") == Done()
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("POST", "/events")
    assert asked.headers["content-type"] == "application/json"
    body = asked.json()
    assert (body["type"], body["timestamp"]) == (noun, "2026-11-22T10:30:00+00:00")
    assert codec.from_dict(body["data"]) == EVENTS[noun]


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_the_reference_library_believes_every_secret(provider, secret):
    """While a secret is being changed the call carries a signature of each."""
    endpoint(provider, secret=(NEW, OLD)).deliver(EVENTS["message"], "abcd1234-17/1")
    (asked,) = provider.asked
    standardwebhooks.Webhook(secret.reveal()).verify(asked.body, asked.headers)
    assert asked.headers["webhook-id"] == "abcd1234-17/1"
    assert len(asked.headers["webhook-signature"].split(" ")) == 2


def test_the_reference_library_refuses_another_secret(provider):
    """A signature is worth something only if others fail."""
    endpoint(provider).deliver(EVENTS["message"], "k")
    (asked,) = provider.asked
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(OLD.reveal()).verify(asked.body, asked.headers)


def test_the_signature_is_the_reference_library_s():
    """The same words give the same signature, digit by digit."""
    body = json.dumps({"test": "ä"}).encode()
    theirs = standardwebhooks.Webhook(NEW.reveal()).sign("msg_1", AT, body.decode())
    assert signing.signature([NEW], "msg_1", int(AT.timestamp()), body) == theirs


def test_a_repetition_has_the_same_id(provider):
    """The receiver knows a repeated call by its `webhook-id`."""
    crm = endpoint(provider)
    for _ in range(2):
        crm.deliver(EVENTS["receipt"], "abcd1234-18/1")
    assert [asked.headers["webhook-id"] for asked in provider.asked] == ["abcd1234-18/1"] * 2


def test_a_strange_key_fits_into_a_header(provider):
    """Whatever a key is made of, the header is ASCII without line breaks, and signed as it is sent."""
    endpoint(provider).deliver(EVENTS["message"], "ü\r\nx: y")
    (asked,) = provider.asked
    assert asked.headers["webhook-id"] == "%C3%BC%0D%0Ax:%20y"
    standardwebhooks.Webhook(NEW.reveal()).verify(asked.body, asked.headers)


def test_further_headers_are_sent(provider):
    """Fixed ones as they stand, secret ones revealed for the call alone."""
    endpoint(provider, headers={"x-shop": "north", "authorization": API_KEY}).deliver(EVENTS["message"], "k")
    headers = provider.asked[0].headers
    assert (headers["x-shop"], headers["authorization"]) == ("north", "api-key-of-the-crm")


def test_ids_in_the_answer_become_refs(provider):
    """A CRM that tells its ids lets receipts and answers find their way back."""
    provider.answer(201, {"message": "m-17", "conversation": 4, "contact": "p-2"})
    assert endpoint(provider).deliver(EVENTS["message"], "k").refs == (
        MessageRef(**PLACE, id="m-17"),
        ConversationRef(**PLACE, id="4"),
        ContactRef(**PLACE, id="p-2"),
    )


@pytest.mark.parametrize(
    "answer",
    [b"", b"OK", b"[]", b"<html>", {"message": None}, {"contact": ""}, {"message": {}}, {"contact": "x" * 600}],
)
def test_an_answer_without_ids_is_good(provider, answer):
    """It has the event, whatever it says."""
    provider.answer(200, answer)
    assert endpoint(provider).deliver(EVENTS["message"], "k") == Done()


@pytest.mark.parametrize(
    ("status", "headers", "kind", "after"),
    [
        (400, {}, Rejected, None),
        (401, {}, NeedsAttention, None),
        (410, {}, NeedsAttention, None),
        (429, {"retry_after": "30"}, RateLimited, 30.0),
        (503, {"retry_after": "9"}, Unreachable, 9.0),
        (500, {}, Uncertain, None),
        (301, {"location": "https://elsewhere.example"}, Rejected, None),
    ],
)
def test_a_refusal_says_what_happens_next(provider, status, headers, kind, after):
    """One request each, an error named for what follows, and nothing secret in it."""
    provider.answer(status, b"Guten Tag", **headers)
    with pytest.raises(kind) as caught:
        endpoint(provider, headers={"authorization": API_KEY}).deliver(EVENTS["message"], "k")
    assert type(caught.value) is kind
    assert getattr(caught.value, "after", None) == after
    assert str(caught.value).startswith("crm could not send: 127.0.0.1 said ")
    for secret in ("whsec_", "api-key", "Guten Tag", "v1,"):
        assert secret not in str(caught.value)
    assert len(provider.asked) == 1


@pytest.mark.parametrize("idempotent", [True, False])
def test_whether_a_repetition_is_safe_is_a_setting(provider, idempotent):
    """Core repeats calls of unknown outcome only where the receiver knows them again; `check` says which."""
    crm = endpoint(provider, idempotent=idempotent)
    assert crm.abilities.idempotent is idempotent
    (finding,) = crm.check()
    assert ("repeated" in finding.text) is idempotent
    assert provider.asked == []


def test_everything_can_be_carried(provider):
    """A CRM behind this connector gets each part as what it is, and every receipt."""
    crm = endpoint(provider)
    assert set(crm.abilities.parts) == set(get_args(Part))
    assert crm.abilities.receipts == set(ReceiptKind)
    assert crm.verbs == {"send", "link_account", "hand_over", "acknowledge", "customer", "send_code", "check"}


@pytest.fixture
def load(monkeypatch):
    """Load settings, with secrets in the environment."""
    monkeypatch.setenv("SIGNING", NEW.reveal())
    monkeypatch.setenv("SIGNING_OLD", OLD.reveal())
    monkeypatch.setenv("PLAIN", "no signing secret")
    monkeypatch.setenv("SHORT", "whsec_c2hvcnQ=")

    def load(**more):
        return WebhookSettingsSchema().load({"url": "https://crm.example.com/events", **more})

    return load


def test_settings_load(load):
    """An address and a secret are enough; nothing secret shows."""
    settings = load(
        secret=[{"env": "SIGNING"}, {"env": "SIGNING_OLD"}],
        headers={"x-shop": "north", "authorization": {"env": "PLAIN"}},
    )
    assert settings.idempotent is True
    assert settings.headers == {"x-shop": "north", "authorization": Secret("no signing secret", "env PLAIN")}
    assert "whsec" not in repr(settings)
    assert "no signing secret" not in repr(settings)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"secret": {"env": "PLAIN"}}, "secret"),
        ({"secret": {"env": "SHORT"}}, "secret"),
        ({"secret": "whsec_literal"}, "secret"),
        ({"url": "http://crm.example.com"}, "url"),
        ({"idempotent": "yes"}, "idempotent"),
        ({"headers": {"Webhook-Id": "1"}}, "headers"),
        ({"headers": {"content-type": "text/plain"}}, "headers"),
        ({"headers": {"a b": "1"}}, "headers"),
        ({"headers": {"x": "1\r\ny: 2"}}, "headers"),
        ({"headers": {"x": 5}}, "headers"),
        ({"colour": 1}, "colour"),
    ],
)
def test_settings_refuse(load, wrong, path):
    """What could not work or would show a secret is refused at the start, and no value is repeated."""
    with pytest.raises(ValidationError) as caught:
        load(**{"secret": {"env": "SIGNING"}, **wrong})
    assert set(caught.value.messages) == {path}
    assert "no signing secret" not in str(caught.value)
