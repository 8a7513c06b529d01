"""The manifest: abilities as data that nobody can change behind core's back."""

import attrs
import pytest

from connectors_core import Abilities, Level, Limit, Manifest
from connectors_core.manifest import API
from connectors_core.model import ReceiptKind, Text
from connectors_core.settings import model as settings_model


def test_the_parts_of_abilities_cannot_be_changed():
    """Two endpoints may share one manifest."""
    parts = {Text: Limit()}
    abilities = Abilities(parts=parts)
    parts.clear()
    assert abilities.parts[Text].level is Level.FULL
    with pytest.raises(TypeError):
        abilities.parts[Text] = Limit()


def test_receipts_may_be_given_as_any_collection():
    """A set, a list or a tuple becomes a frozen set."""
    assert Abilities(receipts=[ReceiptKind.READ]).receipts == frozenset({ReceiptKind.READ})


def test_a_manifest_is_for_the_contract_of_its_day_unless_it_says_more():
    """A connector that names no range was written for the first version."""
    manifest = Manifest(name="a", title="A", kind="crm", settings=settings_model.Settings)
    assert manifest.api == (1, 1)
    assert manifest.api[0] <= API


def test_a_manifest_is_frozen():
    """Nobody renames a connector while it runs."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Manifest(name="a", title="A", kind="crm", settings=settings_model.Settings).name = "b"
