"""The built-in transforms."""

from __future__ import annotations

import pytest

from connectors_core.errors import SettingsError
from connectors_core.mapping.transforms import BUILT_IN, find


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("phone_e164", "4930123456", "+4930123456"),
        ("phone_e164", "+49 (30) 123-456", "+4930123456"),
        ("phone_e164", "0049 30 123456", "+4930123456"),
        ("digits", "a1b2 ٣", "12"),
        ("lower", "ÄB", "äb"),
        ("upper", "äb", "ÄB"),
        ("strip", "  a \n b ", "a b"),
        ("first_name", "Sheena Ann Nelson", "Sheena Ann"),
        ("first_name", "Sheena", "Sheena"),
        ("last_name", "Sheena Ann Nelson", "Nelson"),
        ("last_name", "Sheena", None),
        ("iso_date", "2026-05-01T23:30:00+00:00", "2026-05-01"),
        ("join", ["a", 1, True], "a, 1, true"),
        ("text", 1.5, "1.5"),
        ("text", False, "false"),
    ],
)
def test_a_transform_makes_one_value_of_another(name, value, result):
    """Pure: what comes out depends on what goes in."""
    assert BUILT_IN[name](value) == result


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phone_e164", "030 123456"), ("phone_e164", "123"), ("phone_e164", "1" * 16), ("phone_e164", 49),
        ("lower", 5), ("iso_date", "yesterday"), ("join", "abc"), ("text", {}), ("text", None),
    ],
)  # fmt: skip
def test_a_transform_refuses_what_it_cannot_read(name, value):
    """A wrong value is worse than the default."""
    with pytest.raises((ValueError, TypeError)):
        BUILT_IN[name](value)


def test_a_function_of_ones_own_is_found():
    """`module:function` names any function that can be imported."""
    assert find("os.path:basename")("/a/b") == "b"


@pytest.mark.parametrize(
    ("name", "word"), [("lowr", 'Did you mean "lower"'), ("os:nothing", "AttributeError"), (":", "ValueError")]
)
def test_what_cannot_be_found_is_told(name, word):
    """The text says what is missing, or which name is near."""
    with pytest.raises(SettingsError, match=word):
        find(name)
