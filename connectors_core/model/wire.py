"""Typed reading of parsed JSON, for connectors: a missing name gives nothing, a wrong type is `Malformed`."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from typing import Any

from connectors_core.errors import Malformed

Json = dict[str, Any]


def obj(data: Json, name: str) -> Json:
    """Return the object called `name`, empty when it is not there."""
    value = data.get(name)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise Malformed(f"{name} is no object")


def needed(data: Json, name: str) -> Json:
    """Return the object called `name`, which must be there."""
    value = data.get(name)
    if isinstance(value, dict):
        return value
    raise Malformed(f"{name} is missing or no object")


def text(data: Json, name: str) -> str:
    """Return the text called `name`, "" when it is not there. Whole numbers, which some ids are, become text."""
    value = data.get(name)
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40:
        return str(value)
    raise Malformed(f"{name} is no text")


def items(data: Json, name: str) -> list[Json]:
    """Return the list of objects called `name`, empty when it is not there."""
    value = data.get(name)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return value
    raise Malformed(f"{name} is no list of objects")


def flag(data: Json, name: str) -> bool | None:
    """Return the yes or no called `name`, None when it is not there."""
    value = data.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise Malformed(f"{name} is neither true nor false")


def whole(data: Json, name: str) -> int | None:
    """Return the whole number called `name`, None when it is not there."""
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise Malformed(f"{name} is no whole number")


def needed_whole(data: Json, name: str) -> int:
    """Return the whole number called `name`, which must be there."""
    value = whole(data, name)
    if value is None:
        raise Malformed(f"{name} is missing")
    return value


def number(data: Json, name: str) -> float:
    """Return the number called `name`, which must be there."""
    value = data.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**40 and isfinite(value):
        return float(value)
    raise Malformed(f"{name} is missing or no number")


def seconds(data: Json, name: str) -> datetime:
    """Return the time called `name`, which must be there: Unix seconds, as a number or (usually) as text."""
    value = data.get(name)
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(int(value), UTC)
        except (ValueError, OverflowError, OSError):
            pass
    raise Malformed(f"{name} is missing or no time in seconds")
