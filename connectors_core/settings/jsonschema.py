"""A JSON Schema of the settings, with the keys of every installed connector, for editors to complete from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from marshmallow import Schema, fields, validate

from connectors_core import discovery
from connectors_core.errors import Problem, SettingsError, defect
from connectors_core.manifest import AppManifest, Manifest
from connectors_core.mapping import document, transforms
from connectors_core.settings.schemas import (
    NAME,
    ApiTokenSchema,
    AppKeys,
    EndpointKeys,
    GatewaySchema,
    RouteSchema,
    RuleSchema,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_Kind = tuple[Manifest | AppManifest, dict[str, Any]]

_TYPES: tuple[tuple[type[fields.Field[Any]], dict[str, Any]], ...] = (
    (fields.Email, {"type": "string", "format": "email"}),
    (fields.Url, {"type": "string", "format": "uri"}),
    (fields.UUID, {"type": "string", "format": "uuid"}),
    (fields.String, {"type": "string"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Float, {"type": "number"}),
    (fields.Decimal, {"type": "number"}),
    (fields.Boolean, {"type": "boolean"}),
)
"""The first fitting class counts, so that the narrower ones come first."""


def build() -> tuple[dict[str, Any], list[Problem]]:
    """Return the schema, and a problem for every installed connector or app that had to be left out."""
    problems: list[Problem] = []
    connectors = _installed(discovery.CONNECTORS, problems)
    apps = _installed(discovery.APPS, problems)
    rule = of_schema(RuleSchema())
    rule["oneOf"] = [{"required": ["from"]}, {"required": ["value"]}]
    # Both are open sets (indexes, functions of one's own), so that what is known is offered and nothing is refused.
    rule["properties"]["from"]["examples"] = [path.replace("[]", "[0]") for path in document.KNOWN]
    rule["properties"]["using"]["examples"] = list(transforms.known())
    route = of_schema(RouteSchema())
    route["properties"]["map"]["additionalProperties"] = {"type": "array", "items": rule}
    found = {
        "$schema": DIALECT,
        "title": "connectors.toml",
        "description": "The settings of the connector gateway.",
        "type": "object",
        "properties": {
            "gateway": of_schema(GatewaySchema()),
            "apps": _named(_typed(AppKeys(), apps), "What signs webhooks and owns a callback address."),
            "endpoints": _named(_typed(EndpointKeys(), connectors), "The channel accounts and CRMs to join."),
            "routes": {"type": "array", "items": route, "description": "Which endpoints are joined."},
            "api_tokens": _named(of_schema(ApiTokenSchema()), "Who may use the HTTP API, and for which endpoint."),
        },
        "additionalProperties": False,
    }
    return found, problems


def of_schema(schema: Schema) -> dict[str, Any]:
    """Return the JSON Schema of one marshmallow schema."""
    loaded = {field.data_key or name: field for name, field in schema.load_fields.items()}
    found: dict[str, Any] = {
        "type": "object",
        "properties": {key: of_field(field) for key, field in loaded.items()},
        "additionalProperties": False,
    }
    text = (type(schema).__doc__ or "").split("\n")[0]
    if text:
        found["description"] = text
    required = [key for key, field in loaded.items() if field.required]
    return {**found, "required": required} if required else found


def of_field(field: fields.Field[Any]) -> dict[str, Any]:
    """Return the JSON Schema of one field: its type, its limits, its description and its default."""
    found = dict(_shape(field))
    for validator in field.validators:
        found.update(_limits(validator, found.get("type")))
    if description := field.metadata.get("description"):
        found["description"] = description
    if isinstance(field.load_default, str | int | float | bool):
        found["default"] = field.load_default
    return found


def _shape(field: fields.Field[Any]) -> dict[str, Any]:
    own = getattr(field, "json_schema", None)
    if own is not None:
        return dict(own)
    if isinstance(field, fields.Nested):
        inner = of_schema(field.schema)
        return {"type": "array", "items": inner} if field.many else inner
    if isinstance(field, fields.List):
        return {"type": "array", "items": of_field(field.inner)}
    if isinstance(field, fields.Mapping):
        values = of_field(field.value_field) if field.value_field else {}
        return {"type": "object", "additionalProperties": values}
    if isinstance(field, fields.Enum):
        return {"enum": [str(each.value) if field.by_value else each.name for each in field.enum]}
    return next((dict(shape) for kind, shape in _TYPES if isinstance(field, kind)), {})


def _limits(validator: object, kind: object) -> dict[str, Any]:
    if isinstance(validator, validate.OneOf):
        return {"enum": list(validator.choices)}
    if isinstance(validator, validate.Equal):
        return {"const": validator.comparable}
    if isinstance(validator, validate.Regexp):
        # marshmallow matches from the start, and JSON Schema has the anchors of JavaScript.
        pattern = str(validator.regex.pattern).replace("\\Z", "$").removeprefix("\\A").removeprefix("^")
        return {} if validator.regex.flags & re.IGNORECASE else {"pattern": f"^{pattern}"}
    if isinstance(validator, validate.Length):
        unit = {"array": "Items", "object": "Properties"}.get(str(kind), "Length")
        least, most = validator.equal or validator.min, validator.equal or validator.max
        return _present({f"min{unit}": least, f"max{unit}": most})
    if isinstance(validator, validate.Range):
        low = "minimum" if validator.min_inclusive else "exclusiveMinimum"
        high = "maximum" if validator.max_inclusive else "exclusiveMaximum"
        return _present({low: validator.min, high: validator.max})
    return {}


def _present(limits: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in limits.items() if isinstance(value, int | float)}


def _installed(group: str, problems: list[Problem]) -> dict[str, _Kind]:
    """Return the manifest and own keys of all that is installed; what is broken spoils nothing but itself."""
    found: dict[str, _Kind] = {}
    for name in discovery.installed(group):
        try:
            manifest = discovery.find(name, group).manifest
            found[name] = manifest, of_schema(manifest.settings())
        except SettingsError as error:
            problems += error.problems
        except Exception as error:  # noqa: BLE001 - a settings schema of somebody else
            problems.append(Problem("", f'the settings of "{name}" cannot be described ({defect(error)})'))
    return found


def _named(table: dict[str, Any], text: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": text,
        "propertyNames": {"pattern": f"^{NAME.pattern}$"},
        "additionalProperties": table,
    }


def _typed(common: Schema, manifests: dict[str, _Kind]) -> dict[str, Any]:
    """Return the table of an app or endpoint: the common keys, and those of the type that it names.

    Validators read the `if`, which gives one clear error; some editors complete from `anyOf` and read no `if`.
    """
    shared = of_schema(common)
    kinds = dict(_kinds(shared, manifests))
    return {
        "type": "object",
        "description": shared["description"],
        "required": ["type"],
        "properties": {"type": {**shared["properties"]["type"], "enum": list(kinds)}},
        "allOf": [
            {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": kind}
            for name, kind in kinds.items()
        ],
        "anyOf": [{"properties": kind["properties"]} for kind in kinds.values()] or [{}],
    }


def _kinds(shared: dict[str, Any], manifests: dict[str, _Kind]) -> Iterable[tuple[str, dict[str, Any]]]:
    for name, (manifest, own) in manifests.items():
        kind = {"const": name, "description": manifest.title}
        needed = {"type", *own.get("required", ())} | ({"app"} if getattr(manifest, "app", "") else set())
        yield (
            name,
            {
                **own,
                "description": manifest.title,
                "properties": {**shared["properties"], "type": kind, **own["properties"]},
                "required": sorted(needed),
            },
        )


def dumps() -> tuple[str, list[Problem]]:
    """Return the schema as JSON text, and the problems of `build`."""
    found, problems = build()
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n", problems
