"""The JSON Schema of the settings."""

from __future__ import annotations

import tomllib

import pytest
from jsonschema import Draft202012Validator

from connectors_core.settings import jsonschema


@pytest.fixture
def schema():
    """Return the schema of what is installed, and what was left out."""
    return jsonschema.build()


def _errors(schema, text):
    return [error.json_path for error in Draft202012Validator(schema).iter_errors(tomllib.loads(text))]


def test_the_schema_is_one(schema):
    """The meta-schema of its own dialect takes it."""
    Draft202012Validator.check_schema(schema[0])


def test_good_settings_are_valid(schema, good):
    """What loads is what the schema takes."""
    assert _errors(schema[0], good) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('type = "ledger"', 'type = "ledgr"', "$.endpoints.books.type"),
        ('key = { env = "BOX_KEY" }', 'key = "literal"', "$.endpoints.shop.key"),
        ('key = { env = "BOX_KEY" }', "", "$.endpoints.shop"),
        ('key = { env = "BOX_KEY" }', 'key = { env = "A" }\nke = 1', "$.endpoints.shop"),
        ('box = "12"', 'box = "twelve"', "$.endpoints.shop.box"),
        ('app = "office"', "", "$.endpoints.shop"),
        ('type = "ledger"', 'type = "ledger"\nmood = "wild"', "$.endpoints.books.mood"),
        ('using = "phone_e164"', "value = 1", "$.routes[0].map.books[0]"),
        ("[gateway]", "[gateway]\nport = 70000", "$.gateway.port"),
    ],
)
def test_mistakes_are_seen_in_the_editor(schema, good, old, new, path):
    """Types, limits, names and missing keys of every installed connector are checked where they stand."""
    assert path in _errors(schema[0], good.replace(old, new, 1))


def test_every_key_of_an_installed_connector_is_described(schema):
    """An editor shows for each key what it is for, and completes the type from what is installed."""
    table = schema[0]["properties"]["endpoints"]["additionalProperties"]
    assert {"letters", "ledger"} <= set(table["properties"]["type"]["enum"])
    letters = next(rule["then"] for rule in table["allOf"] if rule["if"]["properties"]["type"]["const"] == "letters")
    assert letters["properties"]["box"]["description"] == "The number of the box."
    assert letters["properties"]["delivery"]["properties"]["pace"]["properties"]["rate"]["type"] == "number"
    assert letters["required"] == ["app", "box", "key", "type"]


def test_a_broken_connector_spoils_only_itself(tmp_path, monkeypatch):
    """What cannot be imported is left out and told of."""
    folder = tmp_path / "ruin-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: ruin\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text("[connectors]\nruin = no_such_module_ruin:Ruin\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found, problems = jsonschema.build()
    kinds = found["properties"]["endpoints"]["additionalProperties"]["properties"]["type"]["enum"]
    assert "ruin" not in kinds
    assert "ledger" in kinds
    assert any("ruin 1.0" in problem.text for problem in problems)
