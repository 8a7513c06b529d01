"""From marshmallow's nested messages to problems, each with its dotted path and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields

from connectors_core.discovery import nearest
from connectors_core.errors import Problem

_BARE = re.compile(r"[A-Za-z0-9_-]+")

_PLAIN = {
    "Invalid input type.": "must be a table",
    "Invalid type.": "must be a table",
    "Not a valid mapping type.": "must be a table",
    "Not a valid list.": "must be a list",
    "Not a valid string.": "must be text in quotes",
    "Not a valid boolean.": "must be true or false",
    "Field may not be null.": "must have a value",
}
"""The messages of marshmallow that would not tell a reader of TOML what to write."""

_MISSING = "Missing data for required field."
_UNKNOWN = "Unknown field."


def join(path: str, key: str | int) -> str:
    """Return the dotted path of `key` below `path`, with quotes round a key that TOML would quote."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    shown = key if _BARE.fullmatch(key) else json.dumps(key)
    return f"{path}.{shown}" if path else shown


def flatten(messages: Any, path: str, node: object, known: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Yield the problems in what a ValidationError carries.

    `node` is the schema or field that raised it; `known` are keys that are read elsewhere at the same place.
    """
    if isinstance(messages, str):
        yield Problem(path, _said(messages, node))
    elif isinstance(messages, list):
        for message in messages:
            yield from flatten(message, path, node)
    elif isinstance(node, Schema):
        yield from _of_schema(messages, path, node, known)
    elif isinstance(node, fields.Nested) and not node.many:
        yield from _of_schema(messages, path, node.schema, ())
    elif isinstance(node, fields.Mapping):
        # marshmallow puts a level "key" and "value" between the key and its messages.
        for key, levels in messages.items():
            yield from flatten(levels.get("key", []), join(path, key), node.key_field)
            yield from flatten(levels.get("value", []), join(path, key), node.value_field)
    elif isinstance(messages, Mapping):
        inner = node.schema if isinstance(node, fields.Nested) else getattr(node, "inner", None)
        for key, below in messages.items():
            place = path if key == "_schema" else join(path, key)
            yield from flatten(below, place, inner)


def _of_schema(messages: Mapping[str, Any], path: str, schema: Schema, known: tuple[str, ...]) -> Iterator[Problem]:
    by_key = {field.data_key or name: field for name, field in schema.load_fields.items()}
    for key, below in messages.items():
        if key == "_schema":
            yield from flatten(below, path, None)
        elif key in by_key:
            yield from flatten(below, join(path, key), by_key[key])
        elif below == [_UNKNOWN]:
            yield Problem(join(path, key), f"unknown key.{nearest(str(key), [*by_key, *known])}")
        else:
            yield from flatten(below, join(path, key), None)


def _said(message: str, node: object) -> str:
    if message != _MISSING:
        return _PLAIN.get(message, message)
    described = node.metadata.get("description", "") if isinstance(node, fields.Field) else ""
    return f"is missing: {described[:1].lower()}{described[1:]}".removesuffix(".") if described else "is missing"
