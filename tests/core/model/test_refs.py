"""Ids: opaque, bounded, and such that every store keeps them."""

from datetime import datetime

import pytest

from connectors_core import Malformed
from connectors_core.model import ContactRef, Identity, MessageRef, OptIn, Scheme
from connectors_core.model.refs import LONGEST_ID


def ref(value):
    """Return a reference with this id."""
    return MessageRef(endpoint="shop", account="1", id=value)


@pytest.mark.parametrize("value", ["", None, True, 1.5, b"abc", [], "x" * (LONGEST_ID + 1)])
def test_what_is_no_id_is_malformed(value):
    """An empty, an endless or a structured id never reaches the store."""
    with pytest.raises(Malformed):
        ref(value)


def test_a_number_is_taken_as_its_text():
    """Some platforms write ids as JSON numbers."""
    assert ref(106540352242922).id == "106540352242922"


def test_an_id_keeps_every_character_that_a_store_can_keep():
    """NUL and half a surrogate pair are replaced: PostgreSQL refuses the first, UTF-8 the second."""
    assert ref("größe😀").id == "größe😀"
    assert ref("a\x00b").id == "a\ufffdb"
    ref("a\ud800b").id.encode()


def test_aliases_are_cleaned_and_four_at_most():
    """A payload with a thousand names for one person is cut."""
    aliases = ContactRef(endpoint="a", account="b", id="c", aliases=range(1, 9)).aliases
    assert aliases == ("1", "2", "3", "4")


def test_an_identity_says_scheme_scope_and_value():
    """That is its key in the store."""
    assert str(Identity(scheme=Scheme.PSID, scope="page", value="7")) == "psid:page:7"


def test_a_part_refuses_a_time_without_its_zone():
    """It would be another moment on another machine."""
    with pytest.raises(Malformed, match="expires has no time zone"):
        OptIn(topic="news", expires=datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake that is tested
