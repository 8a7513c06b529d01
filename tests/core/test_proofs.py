"""The two proofs that most providers use."""

import hmac

import pytest

from connectors_core import Secret, Untrusted, knowing, signed
from connectors_core.model import Request, Trusted

BODY = b'{"text": "hello"}'
SECRETS = (Secret("the-new-secret"), Secret("the-old-secret"))


def stamp(secret, digest="sha256"):
    """Return the HMAC of the body."""
    return hmac.new(secret.encode(), BODY, digest).hexdigest()


def request(value, method="POST"):
    """Return a request with a header."""
    return Request(method=method, path="/hooks/shop", headers={"x-stamp": value}, body=BODY)


@pytest.mark.parametrize("secret", ["the-new-secret", "the-old-secret"])
def test_each_valid_secret_signs(secret):
    """While a secret is changed two are valid."""
    assert signed(request(f"v1={stamp(secret)}"), SECRETS, header="X-Stamp", prefix="v1=") == Trusted()
    assert knowing(request(secret), SECRETS, header="X-Stamp") == Trusted()


def test_another_digest_may_be_asked_for():
    """Some providers use SHA-1 or SHA-512."""
    assert signed(request(stamp("the-new-secret", "sha512")), SECRETS, header="x-stamp", digest="sha512") == Trusted()


@pytest.mark.parametrize("value", ["", "x", stamp("another"), f"v1={stamp('the-new-secret')}", "\u00e9" * 64, "\ud800"])
def test_whatever_else_stands_there_is_not_trusted(value):
    """Neither nonsense nor another secret nor a prefix that nobody uses."""
    with pytest.raises(Untrusted):
        signed(request(value), SECRETS, header="x-stamp")
    with pytest.raises(Untrusted):
        knowing(request(value), SECRETS, header="x-stamp")


def test_without_a_secret_nobody_is_trusted():
    """An empty list is no open door."""
    with pytest.raises(Untrusted):
        signed(request(stamp("")), (), header="x-stamp")


def test_only_a_post_is_trusted():
    """A GET has no body that was signed."""
    with pytest.raises(Untrusted):
        signed(request(stamp("the-new-secret"), "GET"), SECRETS, header="x-stamp")
