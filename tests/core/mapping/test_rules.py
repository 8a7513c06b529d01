"""Rules: from a document to fields."""

from __future__ import annotations

import pytest

from connectors_core.mapping import Rule, Rules, matches
from connectors_core.mapping.paths import compile_path
from connectors_core.mapping.transforms import lower, phone_e164

DOCUMENT = {"contact": {"name": "Sheena", "phones": ["030"], "vip": True}, "event": {"origin": "contact", "count": 1}}


def _fields(*rules):
    return Rules(rules).fields(DOCUMENT)


def test_a_rule_writes_what_stands_at_its_path():
    """Through the transform when it has one; a fixed value needs no path."""
    name = compile_path("contact.name")
    rules = Rule(to="a", source=name), Rule(to="b", source=name, using=lower), Rule(to="c", value=7)
    assert _fields(*rules) == {"a": "Sheena", "b": "sheena", "c": 7}


def test_a_missing_value_is_the_default_or_nothing():
    """A target without value and default is not written at all."""
    missing = compile_path("contact.email")
    assert _fields(Rule(to="a", source=missing), Rule(to="b", source=missing, default="none")) == {"b": "none"}


def test_a_failing_transform_gives_the_default_and_says_so_once(caplog):
    """No message waits for a bad number, and the log has neither the number nor a line for each message."""
    rules = Rules((Rule(to="phone", source=compile_path("contact.phones[0]"), using=phone_e164, default="?"),))
    assert [rules.fields(DOCUMENT), rules.fields(DOCUMENT)] == [{"phone": "?"}, {"phone": "?"}]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert 'mapping to "phone": phone_e164 failed (ValueError)' in caplog.text
    assert "030" not in caplog.text


def test_the_later_of_two_rules_wins_when_it_has_a_value():
    """So a general rule can stand before a special one."""
    general, special = Rule(to="a", value="general"), Rule(to="a", value="special", when={"event.origin": "agent"})
    assert _fields(general, special) == {"a": "general"}
    assert _fields(special, general, Rule(to="a", value="last")) == {"a": "last"}


@pytest.mark.parametrize(
    ("when", "result"),
    [
        ({}, True),
        ({"event.origin": "contact"}, True),
        ({"event.origin": "contact", "contact.name": "Kerry"}, False),
        ({"contact.vip": True}, True),
        ({"contact.vip": 1}, False),
        ({"event.count": 1}, True),
        ({"event.count": True}, False),
        ({"contact.email": ""}, False),
    ],
)
def test_when_is_equality_on_paths(when, result):
    """All of them have to hold, and `true` is not 1."""
    assert matches(when, DOCUMENT) is result
