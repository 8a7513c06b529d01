"""Typed reading of parsed JSON."""

from datetime import UTC, datetime

import pytest

from connectors_core import Malformed
from connectors_core.model import wire


def test_what_is_missing_is_nothing():
    """An absent or null value is empty, not an error."""
    for data in ({}, {"x": None}):
        assert wire.obj(data, "x") == {}
        assert wire.text(data, "x") == ""
        assert wire.items(data, "x") == []
        assert wire.flag(data, "x") is None
        assert wire.whole(data, "x") is None


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (wire.obj, []),
        (wire.needed, None),
        (wire.text, 1.5),
        (wire.text, True),
        (wire.text, 10**40),
        (wire.items, {}),
        (wire.items, [1]),
        (wire.flag, 1),
        (wire.whole, "1"),
        (wire.whole, True),
        (wire.number, "1"),
        (wire.number, 10**400),
        (wire.number, float("inf")),
        (wire.number, None),
        (wire.seconds, None),
        (wire.seconds, "soon"),
        (wire.seconds, "9" * 5000),
        (wire.seconds, 10**20),
        (wire.seconds, True),
    ],
)
def test_a_wrong_type_is_malformed(read, value):
    """A value of another type than documented is never guessed at."""
    with pytest.raises(Malformed, match="x"):
        read({"x": value}, "x")


def test_ids_may_be_numbers_and_times_may_be_text():
    """Meta writes some ids as numbers, and WhatsApp its times as text."""
    assert wire.text({"x": 16505551234}, "x") == "16505551234"
    assert wire.seconds({"x": "1790000000"}, "x") == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
    assert wire.seconds({"x": 1790000000}, "x") == wire.seconds({"x": "1790000000"}, "x")
