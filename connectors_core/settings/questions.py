"""A schema as questions to a person: one for each key that a line of text can answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from marshmallow import RAISE, Schema, fields

from connectors_core.settings.fields import SecretField, SecretsField
from connectors_core.settings.problems import flatten

_TRUTHS = {"true": True, "yes": True, "y": True, "false": False, "no": False, "n": False}


@attrs.frozen(kw_only=True)
class Question:
    """One key of a table. `asked` is False for what only few need; `generated`: a random value does as well."""

    key: str
    description: str
    required: bool
    secret: bool
    asked: bool
    generated: bool
    _field: fields.Field[Any]

    def value(self, line: str) -> Any:
        """Return what an answer would be in TOML; the schema judges whether it is one."""
        match self._field:
            case fields.Boolean():
                return _TRUTHS.get(line.lower(), line)
            case fields.Integer() | fields.Float():
                return _number(line)
            case fields.List():
                return [one.strip() for one in line.split(",")]
        return line


def questions(schema: type[Schema]) -> list[Question]:
    """Return what to ask for a table: the required keys first, then in the order of the schema.

    Tables in the table are left out. A field says by its metadata `ask = False` that only few need it, and by
    `generate = True` that a random value is as good as any.
    """
    found = [_question(key, field) for key, field in _fields(schema) if not isinstance(field, _TABLES)]
    return sorted(found, key=lambda one: not one.required)


def fault(schema: type[Schema], key: str, values: Mapping[str, Any]) -> str:
    """Return why the value of `key` is refused, beside the others in `values`; "" when it is not."""
    made = schema(unknown=RAISE)
    try:
        messages = made.validate(dict(values), partial=True)
    except Exception:  # noqa: BLE001 - a check across keys, made for whole tables; the whole is checked in the end
        return ""
    told = flatten({key: messages[key]}, "", made) if key in messages else ()
    return "; ".join(problem.text for problem in told)


_TABLES = (fields.Nested, fields.Mapping)


def _fields(schema: type[Schema]) -> Iterator[tuple[str, fields.Field[Any]]]:
    for name, field in schema().load_fields.items():
        yield field.data_key or name, field


def _question(key: str, field: fields.Field[Any]) -> Question:
    return Question(
        key=key,
        description=field.metadata.get("description", ""),
        required=field.required,
        secret=isinstance(field, SecretField | SecretsField),
        asked=field.metadata.get("ask", True),
        generated=field.metadata.get("generate", False),
        field=field,
    )


def _number(line: str) -> Any:
    for kind in (int, float):
        try:
            return kind(line)
        except ValueError:
            continue
    return line
