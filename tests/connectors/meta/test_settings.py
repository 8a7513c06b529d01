"""The settings of everything at the Graph API: secrets of a sandbox stay with the sandbox."""

import pytest
from marshmallow import ValidationError

from connectors.meta.sandbox.settings import random_secret
from connectors.meta.settings import MetaSettingsSchema
from connectors.whatsapp.settings import WhatsAppSettingsSchema

APP = {"app_secret": [{"env": "REAL"}, {"env": "PLAYED"}], "verify_token": {"env": "REAL"}}
NUMBER = {"phone_number_id": "106540352242922", "access_token": {"env": "PLAYED"}, "app_secret": {"env": "REAL"}}
CASES = [(MetaSettingsSchema, APP, "app_secret"), (WhatsAppSettingsSchema, NUMBER, "access_token")]


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    monkeypatch.setenv("REAL", "a-real-secret")
    monkeypatch.setenv("PLAYED", random_secret().reveal())


@pytest.mark.parametrize(("schema", "table", "key"), CASES)
@pytest.mark.parametrize("address", [{}, {"graph_url": "https://graph.example.com"}])
def test_a_secret_of_the_sandbox_is_refused_elsewhere(schema, table, key, address):
    """One in a list, too; the key that has it is named, and the value is not."""
    with pytest.raises(ValidationError) as caught:
        schema().load({**table, **address})
    assert list(caught.value.messages) == [key]
    assert "is a secret of the sandbox" in str(caught.value)
    assert "sandbox-" not in str(caught.value)


@pytest.mark.parametrize(("schema", "table", "key"), CASES)
def test_it_is_good_at_the_sandbox(schema, table, key):
    """Which is on this machine."""
    assert getattr(schema().load({**table, "graph_url": "http://127.0.0.1:8090"}), key)


@pytest.mark.parametrize(("schema", "table", "key"), CASES)
def test_other_secrets_are_good_everywhere(schema, table, key):
    """Nothing else is said of them."""
    assert schema().load({**table, key: {"env": "REAL"}})
