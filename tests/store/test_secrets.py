"""Tokens at rest: encrypted under the gateway's secret, and renewed once for all programs."""

from time import time

import pytest
from gateways import together

from connectors_core.errors import NeedsAttention
from connectors_core.redact import Secret
from connectors_core.store.secrets import Token, Vault, tokens

VALUE = "token-of-the-page"


@pytest.fixture
def vault():
    """Return a vault under one secret."""
    return Vault(Secret("secret-of-the-gateway", "test"))


def token(value=VALUE, left=None):
    """Return a token that ends in so many seconds."""
    return Token(Secret(value, "test"), None if left is None else time() + left)


def test_a_token_comes_back_as_it_was_put(store, vault):
    """And a later one takes its place."""
    with store.write() as db:
        assert vault.get(db, "page") is None
        vault.put(db, "page", token(left=60))
        assert vault.get(db, "page").value.reveal() == VALUE
        vault.put(db, "page", token("newer"))
        assert (vault.get(db, "page").value.reveal(), vault.get(db, "page").expires_at) == ("newer", None)


def test_a_token_at_rest_is_not_readable(store, vault):
    """A copy of the database is no key to the account."""
    with store.write() as db:
        vault.put(db, "page", token())
        (row,) = db.execute(tokens.select()).all()
    assert VALUE.encode() not in row.value
    assert VALUE not in repr(token())


def test_another_secret_asks_for_a_human(store, vault):
    """The text says what to do, and nothing of the token."""
    with store.write() as db:
        vault.put(db, "page", token())
        with pytest.raises(NeedsAttention, match="under another") as caught:
            Vault(Secret("another-secret", "test")).get(db, "page")
    assert VALUE not in caught.value.text


def test_a_token_that_is_good_for_long_is_not_renewed(store, vault):
    """Neither is one without an end, nor one that is not there."""
    with store.write() as db:
        vault.put(db, "long", token(left=3600))
        vault.put(db, "endless", token())
        for name in ("long", "endless"):
            assert vault.renewed(db, name, lambda _old: pytest.fail("too early"), 60).value.reveal() == VALUE
        assert vault.renewed(db, "absent", lambda _old: pytest.fail("there is none"), 60) is None


def test_a_token_that_ends_soon_is_renewed_by_one_program_alone(store, vault):
    """Four programs need it at the same moment; the old one is spent once."""
    with store.write() as db:
        vault.put(db, "page", token(left=10))
    spent = []

    def renew(old):
        spent.append(old.value.reveal())
        return token("fresh", left=3600)

    def use():
        with store.write() as db:
            return vault.renewed(db, "page", renew, 60).value.reveal()

    assert together(use, use, use, use) == ["fresh"] * 4
    assert spent == [VALUE]
