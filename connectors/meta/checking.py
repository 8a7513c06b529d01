"""What keeps a template from being sent, said before it is tried."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from connectors.meta.templates import EXTRAS, MEDIA, OFFER, SIMPLE, filled, moment, worded
from connectors_core import Malformed, NotSupported
from connectors_core.model import Template, TemplateInfo, wire
from connectors_core.model.wire import Json

LONGEST_BODY = 1024
"""Characters of the body, with its values (WA/templates/components, 2025-11-21)."""

LONGEST_HEADER = 60
LONGEST_CODE = 15
LONGEST_LINK = 2000

_BLANKS = re.compile(r"[\n\t\r]| {5,}")
"""What a value may not have (WA/support/error-codes, 2025-12: 132018)."""

_FORMS = frozenset({"text", "currency", "date_time", "image", "video", "document", "location", "payload", "coupon_code",
                    "action", "product", "limited_time_offer", "tap_target_configuration"})  # fmt: skip


def problems(template: Template, info: TemplateInfo) -> Iterator[str]:
    """Say in a sentence each what is wrong with a message that uses the template `info`: counts, types, lengths."""
    if template.name != info.name:
        yield f"this is the template {info.name}, not {template.name}"
        return
    if template.language != info.language:
        yield f"the template {info.name} is approved in {info.language}, not in {template.language}"
        return
    if not info.usable:
        yield f"the template {info.name} cannot be sent now: {info.reason}"
    try:
        if template.components:
            yield from _given(list(template.components), info)
        else:
            yield from _values(template.values, info)
    except Malformed as error:
        yield f"the parameters cannot be read: {error.text}"


def _values(values: Mapping[str, str], info: TemplateInfo) -> Iterator[str]:
    """Compare the values with the slots."""
    strange = {_kind(part) for part in info.components} - SIMPLE
    if strange:
        yield f"the template has {', '.join(sorted(strange)).lower()}, which only `components` can fill"
    known = {slot.key: slot for slot in info.slots}
    optional = {"header.name", "header.address"} if "header.latitude" in known else set()
    yield from (f"the value of {key} is missing" for key in known if key not in values and key not in optional)
    for key, value in values.items():
        if key not in known and not _is_extra(key, info):
            yield f"the template has no slot {key}"
        elif not value.strip():
            yield f"the value of {key} is empty"
        elif key == OFFER and moment(value) is None:
            yield f"the value of {key} is no time with a zone, such as 2026-12-24T18:00:00+00:00"
        elif key in known and known[key].kind == "text":
            yield from _text(key, value)
    if values.keys() <= known.keys():
        yield from _whole(values, info)


def _is_extra(key: str, info: TemplateInfo) -> bool:
    """Whether a key sets what a button brings back or shows, which is no slot that must be filled."""
    match = re.fullmatch(r"(?:card\.(\d{1,2})\.)?button\.(\d{1,2})\.(\w+)", key)
    if match is None or match[3] not in EXTRAS:
        return False
    parts = [dict(part) for part in info.components]
    if match[1] is not None:
        cards = [card for part in parts if _kind(part) == "CAROUSEL" for card in wire.items(part, "cards")]
        parts = wire.items(cards[int(match[1])], "components") if int(match[1]) < len(cards) else []
    kinds = [_kind(button) for part in parts if _kind(part) == "BUTTONS" for button in _buttons(part)]
    number = int(match[2])
    return number < len(kinds) and kinds[number] == EXTRAS[match[3]]


def _text(key: str, value: str) -> Iterator[str]:
    if _BLANKS.search(value):
        yield f"the value of {key} has a line break, a tab or more than four blanks in a row; WhatsApp refuses those"
    most = LONGEST_CODE if key.endswith(".code") else LONGEST_LINK if key.startswith("button.") else LONGEST_BODY
    if len(value) > most:
        yield f"the value of {key} has {len(value)} characters, and {most} are allowed"


def _whole(values: Mapping[str, str], info: TemplateInfo) -> Iterator[str]:
    """Look at the length of what the person would read."""
    for name, most in (("header", LONGEST_HEADER), ("body", LONGEST_BODY)):
        for part in info.components:
            length = len(worded(name, part, values)) if _kind(part) == name.upper() else 0
            if length > most:
                yield f"the {name} would have {length} characters, and {most} are allowed"


def _given(given: list[Json], info: TemplateInfo) -> Iterator[str]:
    """Compare components in the channel's own shape with what the slots ask for."""
    try:
        asked = filled({slot.key: slot.example or "x" for slot in info.slots}, lambda _kind, _value: {})
    except NotSupported:
        return
    wanted = {_place(part): wire.items(part, "parameters") for part in asked}
    found = {_place(part): wire.items(part, "parameters") for part in given}
    twice = [place for place, count in Counter(map(_place, given)).items() if count > 1]
    yield from (f"{place} is given twice" for place in twice)
    for place, parameters in wanted.items():
        yield from _compared(place, parameters, found.get(place, []))
    for place in found.keys() - wanted.keys():
        if place in ("header", "body") and found[place]:
            yield f"the {place} of the template takes no parameters, and {len(found[place])} are given"
        elif place.startswith("button ") and not place.endswith(("quick_reply", "flow", "catalog", "mpm")):
            yield f"the template has no {place}"
    for parameters in found.values():
        for form in {wire.text(one, "type").lower() for one in parameters} - _FORMS:
            yield f"a parameter has the unknown type {form or 'nothing'}"


def _compared(place: str, wanted: list[Json], found: list[Json]) -> Iterator[str]:
    if place == "header" and wanted and (kind := wire.text(wanted[0], "type")) in (*MEDIA, "location"):
        if [wire.text(one, "type").lower() for one in found] != [kind]:
            yield f"the header must be one {kind}"
        return
    if len(found) != len(wanted):
        yield f"{place} takes {len(wanted)} parameters, and {len(found)} are given"
    names = {wire.text(one, "parameter_name") for one in wanted} - {""}
    if missing := names - {wire.text(one, "parameter_name") for one in found}:
        yield f"{place} lacks the parameters {', '.join(sorted(missing))}"


def _place(part: Json) -> str:
    kind = wire.text(part, "type").lower()
    return f"button {wire.text(part, 'index')} {wire.text(part, 'sub_type').lower()}" if kind == "button" else kind


def _kind(part: Mapping[str, object]) -> str:
    return str(part.get("type", "")).upper()


def _buttons(part: Json) -> list[Json]:
    return wire.items(part, "buttons")
