"""What two readings of the same bytes have differently, as values and as lines for people."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

ADDED, CHANGED, REMOVED = "added", "changed", "removed"


@attrs.frozen(kw_only=True)
class Change:
    """One event that a replay reads otherwise than it is stored. `event_id` is None for a new one.

    `before` and `after` are its documents, None where there is none. What is removed stays stored: it may have been
    delivered.
    """

    kind: str
    journal_id: int
    noun: str
    endpoint: str
    external_id: str
    event_id: int | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


def lines(change: Change) -> Iterator[str]:
    """Yield a change as a heading and a unified diff of the fields, a line each."""
    stored = f", event {change.event_id}" if change.event_id is not None else ""
    yield f"journal {change.journal_id}{stored}: {change.noun} of {change.endpoint} {change.kind}"
    before, after = list(_fields(change.before)), list(_fields(change.after))
    yield from list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]


def _fields(document: dict[str, Any] | None) -> Iterable[str]:
    """Yield every value of a document with its path: `parts[0].body = "Hello"`."""
    if document is not None:
        yield from _flat(document, "")


def _flat(value: Any, path: str) -> Iterable[str]:
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _flat(value[key], f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for number, one in enumerate(value):
            yield from _flat(one, f"{path}[{number}]")
    else:
        yield f"{path} = {json.dumps(value, ensure_ascii=False)}"
