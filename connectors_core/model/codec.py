"""Events as JSON and back: what the store keeps, the journal holds and the HTTP API speaks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, Union, get_args

import cattrs
from cattrs.strategies import configure_tagged_union

from connectors_core.errors import Malformed
from connectors_core.model import parts
from connectors_core.model.events import Event, Handover, Link, Message, Notice, Receipt
from connectors_core.model.results import TemplateInfo, parse_json

PART_NAMES = {
    kind: "".join(f"_{char.lower()}" if char.isupper() else char for char in kind.__name__).lstrip("_")
    for kind in get_args(parts.Part)
}
"""The name of every part in JSON: `Text` is "text", `OptIn` is "opt_in"."""

NOUNS: dict[str, type[Event]] = {
    "message": Message,
    "link": Link,
    "handover": Handover,
    "receipt": Receipt,
    "notice": Notice,
}
NOUN_OF = {kind: name for name, kind in NOUNS.items()}


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(omit_if_default=True, forbid_extra_keys=True, detailed_validation=False)
    converter.register_unstructure_hook(datetime, lambda value: value.astimezone(UTC).isoformat())
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    converter.register_unstructure_hook(timedelta, timedelta.total_seconds)
    converter.register_structure_hook(timedelta, lambda value, _: timedelta(seconds=value))
    converter.register_structure_hook(int | str | None, lambda value, _: value)
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)
    configure_tagged_union(
        Union[get_args(parts.Part)],  # noqa: UP007 - the strategy takes a typing.Union
        converter,
        tag_generator=lambda kind: PART_NAMES[kind],
        tag_name="part",
    )
    return converter


_Kind = TypeVar("_Kind")
_CONVERTER = _converter()
_ENCODER = json.JSONEncoder(separators=(",", ":"))


def to_dict(event: Event) -> dict[str, Any]:
    """Return an event as a JSON object, with its noun under "event"; what has its default is left out."""
    found: dict[str, Any] = _CONVERTER.unstructure(event)
    return {"event": NOUN_OF[type(event)], **found}


def from_dict(document: dict[str, Any]) -> Event:
    """Return the event that `to_dict` wrote; raise Malformed for anything else."""
    try:
        rest = dict(document)
        return _CONVERTER.structure(rest, NOUNS[rest.pop("event")])
    except Malformed:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a strange document breaks, it is no event
        raise Malformed(f"this is no event: {type(error).__name__}") from None


def parts_from(documents: list[dict[str, Any]]) -> tuple[parts.Part, ...]:
    """Return the parts of JSON objects with "part"; raise Malformed naming the first that is none."""
    found: list[parts.Part] = []
    for number, document in enumerate(documents):
        try:
            found.append(_CONVERTER.structure(document, parts.Part))  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - whatever cattrs meets in a stranger's JSON
            names = ", ".join(sorted(PART_NAMES.values()))
            text = f"parts[{number}] is no part ({type(error).__name__}); the kinds are {names}"
            raise Malformed(text) from None
    return tuple(found)


def structure(document: Any, kind: type[_Kind]) -> _Kind:
    """Return the value of an attrs class that a JSON object describes; raise Malformed for anything else."""
    try:
        return _CONVERTER.structure(document, kind)
    except Exception as error:  # noqa: BLE001 - whatever a strange document breaks
        raise Malformed(f"this is no {kind.__name__}: {type(error).__name__}") from None


def dumps(event: Event) -> str:
    """Return an event as JSON text in ASCII, so that every store keeps every character."""
    return _ENCODER.encode(to_dict(event))


def loads(text: str) -> Event:
    """Return the event that `dumps` wrote; raise Malformed for anything else."""
    document = parse_json(text)
    if not isinstance(document, dict):
        raise Malformed("this is no event: it is no JSON object")
    return from_dict(document)


def dump_template(info: TemplateInfo) -> str:
    """Return the description of a template as JSON text in ASCII."""
    return _ENCODER.encode(_CONVERTER.unstructure(info))


def load_template(text: str) -> TemplateInfo:
    """Return what `dump_template` wrote."""
    return _CONVERTER.structure(json.loads(text), TemplateInfo)
