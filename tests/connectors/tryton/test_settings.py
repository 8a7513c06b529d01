"""The settings of a Tryton."""

import pytest

from connectors.tryton.settings import TrytonSettingsSchema
from connectors_core.settings.fields import reading

GOOD = {"url": "https://tryton.example.com/erp", "database": "crm", "key": {"env": "KEY"}, "company": 1}


def problems(**changes):
    """Return what is wrong with the settings."""
    with reading({"KEY": "the key of the documentation"}):
        return TrytonSettingsSchema().validate({**GOOD, **changes})


def test_the_defaults_are_those_of_the_documentation():
    """An opportunity is open as a lead or an opportunity."""
    with reading({"KEY": "the key of the documentation"}):
        settings = TrytonSettingsSchema().load(GOOD)
    assert (settings.open_states, settings.recognise, settings.code_parties) == (("lead", "opportunity"), True, True)
    assert (settings.largest_attachment, settings.poll_every) == (1_500_000, 5.0)
    assert "documentation" not in repr(settings)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "http://tryton.example.com"),
        ("database", "a/b"),
        ("database", ""),
        ("company", 0),
        ("company", "1"),
        ("open_states", []),
        ("open_states", ["open"]),
        ("recognise", "yes"),
        ("poll_every", 0),
        ("largest_attachment", -1),
        ("colour", "green"),
    ],
)
def test_mistakes_are_told_at_start(key, value):
    """Each by the name of its setting."""
    assert list(problems(**{key: value})) == [key]
