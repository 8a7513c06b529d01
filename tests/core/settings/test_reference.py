"""The reference page of the settings, and the example."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from connectors_core.app import build_app, build_endpoint
from connectors_core.settings import jsonschema, load, schemas

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "connectors.toml"
ENVIRON = {
    "CONNECTORS_SECRET": "a-secret-of-the-gateway",
    "META_APP_SECRET": "a-secret-of-the-app",
    "META_VERIFY_TOKEN": "a-word-for-meta",
    "WHATSAPP_TOKEN": "a-token-of-the-number",
    "CRM_SIGNING_SECRET": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "CRM_API_TOKEN": "a-token-of-the-backend",
}
TABLES = [kind for kind in schemas.Table.__subclasses__() if kind.__module__ == schemas.__name__]


@pytest.mark.parametrize("table", TABLES, ids=lambda kind: kind.__name__)
def test_every_setting_is_documented(table):
    """A key that the schema takes has a row on the page, with the description that editors show."""
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    for name, field in table().load_fields.items():
        rows = [line for line in page.splitlines() if line.startswith(f"| `{field.data_key or name}` | ")]
        assert [row for row in rows if row.endswith(f"| {field.metadata['description']} |")], name


def test_the_example_works():
    """It loads, and everything in it can be built."""
    settings = load(EXAMPLE, ENVIRON)
    assert [build_endpoint(settings, name).name for name in settings.endpoints] == ["shop_whatsapp", "crm"]
    assert [build_app(settings, name).name for name in settings.apps] == ["meta"]
    assert [route.between for route in settings.routes] == [("shop_whatsapp", "crm")]


def test_the_example_is_valid_in_an_editor():
    """The schema that its first line names takes it."""
    schema, _ = jsonschema.build()
    assert EXAMPLE.read_text(encoding="utf-8").startswith("#:schema ")
    Draft202012Validator(schema).validate(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")))
