"""Approved templates: what the account has, and what a message fills in (WA/templates/components, 2025-11-21)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import attrs

from connectors_core import NotSupported
from connectors_core.model import Slot, TemplateInfo, wire
from connectors_core.model.wire import Json

MEDIA = ("image", "video", "document")
"""The kinds of a header that is a file."""

PLACE = ("latitude", "longitude", "name", "address")
"""What a header that is a location is made of."""

PRODUCT = ("product", "catalogue")
"""What a header that is a product is made of: its id, and that of the catalogue."""

SIMPLE = frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"})
"""The components whose slots `values` can fill; any other needs `components`."""

OFFER = "offer.expires"
"""The slot of an offer: when it ends, in ISO 8601 with a zone."""

OFFER_KIND = "limited_time_offer"

EXTRAS = {"payload": "QUICK_REPLY", "flow": "FLOW", "catalogue": "CATALOG"}
"""The last word of a key that a button may do without, and the type of the button."""

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_STATES = {
    "PAUSED": "it is paused because of bad feedback; improve it, or use another",
    "DISABLED": "it is disabled because of bad feedback; use another",
    "REJECTED": "Meta rejected it; edit it and hand it in again",
    "PENDING": "Meta has not approved it yet",
    "IN_APPEAL": "the appeal is not decided yet",
    "PENDING_DELETION": "it is being deleted",
    "DELETED": "it is deleted",
    "LIMIT_EXCEEDED": "the account has too many templates",
    "ARCHIVED": "it is archived",
}


def info(data: Json) -> TemplateInfo:
    """Read one row of `message_templates`."""
    # as in {"name": "order_update", "language": "en_US", "status": "APPROVED", "category": "UTILITY", "components": [
    #  {"type": "BODY", "text": "Hi {{1}}", "example": {...}}, {"type": "BUTTONS", "buttons": [...]}]},
    #  where a button is {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}"}
    parts = wire.items(data, "components")
    status = wire.text(data, "status").upper()
    found = {wire.text(part, "type").upper(): part for part in parts}
    texts = [_shown(found[name], name.lower()) for name in ("HEADER", "BODY", "FOOTER") if name in found]
    texts += [
        _shown(part, f"card.{number}.body")
        for number, card in enumerate(wire.items(found.get("CAROUSEL", {}), "cards"))
        for part in wire.items(card, "components")
        if wire.text(part, "type").upper() == "BODY"
    ]
    return TemplateInfo(
        name=wire.text(data, "name"),
        language=wire.text(data, "language"),
        usable=status == "APPROVED",
        reason="" if status == "APPROVED" else _reason(data, status),
        category=wire.text(data, "category").lower(),
        body="\n".join(text for text in texts if text),
        slots=tuple(slot for part in parts for slot in _slots(part)),
        components=tuple(parts),
    )


def _reason(data: Json, status: str) -> str:
    why = wire.text(data, "rejected_reason")
    said = _STATES.get(status, f"its state is {status or 'not told'}")
    return f"{said} ({why})" if why and why != "NONE" else said


def _shown(part: Json, place: str) -> str:
    """Return the text of a component with the key of each slot in double braces."""
    return _VARIABLE.sub(lambda match: f"{{{{{place}.{match[1]}}}}}", wire.text(part, "text"))


def worded(place: str, part: Json, values: Mapping[str, str]) -> str:
    """Return the text of a component at `place` with its values in it."""
    return _VARIABLE.sub(lambda match: values.get(f"{place}.{match[1]}", ""), wire.text(part, "text"))


def _slots(part: Json) -> Iterator[Slot]:
    kind, form = wire.text(part, "type").upper(), wire.text(part, "format").lower()
    if kind == "HEADER" and form in (*MEDIA, "location", "product"):
        yield from _header_slots(form)
    elif kind in ("HEADER", "BODY"):
        place, examples = kind.lower(), _examples(part)
        names = dict.fromkeys(_VARIABLE.findall(wire.text(part, "text")))
        yield from (Slot(key=f"{place}.{name}", example=examples.get(name, "")) for name in names)
    elif kind == "BUTTONS":
        for number, button in enumerate(wire.items(part, "buttons")):
            yield from _button_slot(number, button)
    elif kind == "LIMITED_TIME_OFFER" and wire.flag(wire.obj(part, OFFER_KIND), "has_expiration"):
        yield Slot(key=OFFER, example="2026-12-24T18:00:00+00:00")
    elif kind == "CAROUSEL":
        for number, card in enumerate(wire.items(part, "cards")):
            inner = (slot for one in wire.items(card, "components") for slot in _slots(one))
            yield from (attrs.evolve(slot, key=f"card.{number}.{slot.key}") for slot in inner)


def _header_slots(form: str) -> Iterator[Slot]:
    if form in MEDIA:
        yield Slot(key=f"header.{form}", kind=form)
    else:
        yield from (Slot(key=f"header.{name}") for name in (PLACE if form == "location" else PRODUCT))


def _button_slot(number: int, button: Json) -> Iterator[Slot]:
    """Yield the slot of a button: the end of a link, or a code. What a quick reply brings back need not be given."""
    kind, label = wire.text(button, "type").upper(), wire.text(button, "text")
    example = button.get("example")
    shown = next((one for one in (example if isinstance(example, list) else [example]) if isinstance(one, str)), "")
    # The button of an authentication template takes the code once more, as the end of a link.
    if kind == "OTP" or (kind == "URL" and _VARIABLE.search(wire.text(button, "url"))):
        yield Slot(key=f"button.{number}", label=label, example=shown)
    elif kind == "COPY_CODE":
        yield Slot(key=f"button.{number}.code", label=label, example=shown)


def _examples(part: Json) -> dict[str, str]:
    """Return the example of each variable, whichever of the documented forms it has."""
    told = wire.obj(part, "example")
    for name, value in told.items():
        if name.endswith("_named_params") and isinstance(value, list):
            rows = (row for row in value if isinstance(row, dict))
            return {wire.text(row, "param_name"): wire.text(row, "example") for row in rows}
        if name in ("body_text", "header_text") and isinstance(value, list):
            row = value[0] if value and isinstance(value[0], list) else value
            return {str(n): one for n, one in enumerate(row, 1) if isinstance(one, str)}
    return {}


Resolve = Callable[[str, str], Json]
"""Makes `{"link": …}` or `{"id": …}` of the kind of a header and its value: a link, or the id of a kept file."""


def filled(values: Mapping[str, str], resolve: Resolve) -> list[Json]:
    """Return the `components` of a message that fills the slots of a template; raise NotSupported for a key of no kind.

    Keys: `header.image`, `header.1` or `header.name_of_it`, `header.latitude`, `header.product`, `body.1` or
    `body.name_of_it`, `button.0` (the end of a link), `button.0.code`, `button.0.payload`, `button.0.flow`,
    `button.0.catalogue`, `offer.expires`; and `card.0.` before any of them for a card of a carousel.
    """
    header: dict[str, str] = {}
    body: dict[str, str] = {}
    cards: dict[int, dict[str, str]] = {}
    others: list[Json] = []
    for key, value in values.items():
        place, _, name = key.partition(".")
        if place == "header" and name:
            header[name] = value
        elif place == "body" and name:
            body[name] = value
        elif key == OFFER:
            others.append(_offer(value))
        elif place == "button" and (button := _button(name, value)):
            others.append(button)
        elif place == "card" and (number := name.partition(".")[0]).isdecimal():
            cards.setdefault(int(number), {})[name.partition(".")[2]] = value
        else:
            raise NotSupported(f"a template has no slot of the kind {key}; see `Slot.key` of its description")
    found: list[Json] = [{"type": "header", "parameters": _header(header, resolve)}] if header else []
    found += [{"type": "body", "parameters": _texts(body)}] if body else []
    found += sorted(others, key=lambda one: int(one.get("index", -1)))
    if cards:
        filled_cards = [{"card_index": n, "components": filled(cards[n], resolve)} for n in sorted(cards)]
        found.append({"type": "carousel", "cards": filled_cards})
    return found


def moment(value: str) -> datetime | None:
    """Return a time in ISO 8601 with a zone, None for anything else."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.utcoffset() is not None else None


def _offer(value: str) -> Json:
    """Return an offer that ends at a time; WhatsApp counts milliseconds."""
    if (ends := moment(value)) is None:
        raise NotSupported(f"the value of {OFFER} is no time with a zone, such as 2026-12-24T18:00:00+00:00")
    told = {"expiration_time_ms": int(ends.timestamp() * 1000)}
    return {"type": OFFER_KIND, "parameters": [{"type": OFFER_KIND, OFFER_KIND: told}]}


def _header(values: Mapping[str, str], resolve: Resolve) -> list[Json]:
    for kind in MEDIA:
        if kind in values:
            return [{"type": kind, kind: resolve(kind, values[kind])}]
    if "product" in values:
        product = {"product_retailer_id": values["product"], "catalog_id": values.get("catalogue", "")}
        return [{"type": "product", "product": product}]
    if "latitude" in values or "longitude" in values:
        return [{"type": "location", "location": {name: values[name] for name in PLACE if name in values}}]
    return _texts(values)


def _texts(values: Mapping[str, str]) -> list[Json]:
    """Return the parameters of a text: numbered ones in their order, named ones with their names."""
    if all(name.isdecimal() for name in values):
        return [{"type": "text", "text": values[name]} for name in sorted(values, key=int)]
    return [{"type": "text", "parameter_name": name, "text": value} for name, value in values.items()]


_BUTTONS: dict[str, tuple[str, Callable[[str], Json]]] = {
    "": ("url", lambda value: {"type": "text", "text": value}),
    "code": ("copy_code", lambda value: {"type": "coupon_code", "coupon_code": value}),
    "payload": ("quick_reply", lambda value: {"type": "payload", "payload": value}),
    "flow": ("flow", lambda value: {"type": "action", "action": {"flow_token": value}}),
    "catalogue": (
        "catalog",
        lambda value: {"type": "action", "action": {"thumbnail_product_retailer_id": value}},
    ),
}
"""The kind of a button and its parameter, by the last word of the key."""


def _button(name: str, value: str) -> Json | None:
    number, _, what = name.partition(".")
    if not number.isdecimal() or what not in _BUTTONS:
        return None
    kind, parameter = _BUTTONS[what]
    return {"type": "button", "sub_type": kind, "index": number, "parameters": [parameter(value)]}
