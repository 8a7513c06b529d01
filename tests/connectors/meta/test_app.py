"""The app at Meta: who is believed."""

import hashlib
import hmac

import pytest
from marshmallow import ValidationError

from connectors.meta.app import Meta
from connectors.meta.settings import MetaSettings, MetaSettingsSchema
from connectors_core import App, Http, Malformed, Secret, Untrusted
from connectors_core.model import Challenge, Request, Trusted

BODY = b'{"object":"page","entry":[],"word":"\\u00e4"}'
NEW, OLD = Secret("new app secret"), Secret("old app secret")


@pytest.fixture
def app():
    """Make an app whose secret is being changed."""
    settings = MetaSettings(app_secret=(NEW, OLD), verify_token=Secret("open sesame"))
    return App.build("meta", Meta(settings, Http("meta")))


def sign(secret, body=BODY):
    """Return the header that Meta sends."""
    return "sha256=" + hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()


def post(signature, body=BODY):
    """Return a webhook."""
    headers = {} if signature is None else {"x-hub-signature-256": signature}
    return Request(method="POST", path="/hooks/meta", headers=headers, body=body)


def verify(**query):
    """Return the question by which Meta verifies an address."""
    return Request(method="GET", path="/hooks/meta", query={f"hub.{name}": value for name, value in query.items()})


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_every_valid_secret_is_believed(app, secret):
    """While a secret is being changed, both are good."""
    assert app.authenticate(post(sign(secret))) == Trusted()


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        sign(Secret("someone else's")),
        sign(NEW).replace("sha256=", ""),
        sign(NEW).upper(),
        sign(NEW).replace("sha256", "sha1"),
        sign(NEW)[:-1],
        sign(NEW) + "0",
        "sha256=" + "é" * 64,
        "sha256=sha256=" + "0" * 57,
    ],
)
def test_no_other_signature_is_believed(app, signature):
    """A signature that is absent, misshapen or made with another secret is refused without a word of why."""
    with pytest.raises(Untrusted) as caught:
        app.authenticate(post(signature))
    assert caught.value.text == "The request does not prove who sent it."


@pytest.mark.parametrize("position", [0, len(BODY) // 2, len(BODY) - 1])
def test_one_flipped_bit_is_seen(app, position):
    """The signature covers every byte of the body as it came."""
    changed = bytearray(BODY)
    changed[position] ^= 1
    with pytest.raises(Untrusted):
        app.authenticate(post(sign(NEW), bytes(changed)))


def test_the_address_is_verified_with_the_token(app):
    """Meta's question is answered with its challenge when it knows our word."""
    asked = verify(mode="subscribe", verify_token="open sesame", challenge="1158201444")
    assert app.authenticate(asked) == Challenge("1158201444")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "open", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "ö\ud800", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": "open sesame", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "open sesame"},
    ],
)
def test_nobody_else_verifies_the_address(app, query):
    """A wrong or absent token, another mode and an empty challenge get no answer."""
    with pytest.raises(Untrusted):
        app.authenticate(verify(**query))


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b"\xff", b"[" * 100_000, b'{"a": NaN}'])
def test_what_is_no_json_object_cannot_be_split(app, body):
    """A trusted body that is no JSON object is malformed as a whole."""
    with pytest.raises(Malformed):
        app.split(post(None, body))


def test_settings_say_everything_that_is_wrong(monkeypatch):
    """Secrets are references, versions are versions, and addresses are encrypted."""
    monkeypatch.setenv("APP_SECRET", "s3cr3t-value")
    with pytest.raises(ValidationError) as caught:
        MetaSettingsSchema().load(
            {"app_secret": "literal", "graph_version": "26", "graph_url": "http://example.com", "colour": 1}
        )
    assert set(caught.value.messages) == {"app_secret", "verify_token", "graph_version", "graph_url", "colour"}


def test_settings_take_one_secret_or_two(monkeypatch):
    """One reference and a list of references both load as a tuple, and show no value."""
    monkeypatch.setenv("APP_SECRET", "s3cr3t-value")
    reference = {"env": "APP_SECRET"}
    for given, count in ((reference, 1), ([reference, reference], 2)):
        settings = MetaSettingsSchema().load({"app_secret": given, "verify_token": reference})
        assert len(settings.app_secret) == count
        assert settings.graph_version == "v26.0"
        assert "s3cr3t" not in repr(settings)
