"""Whether the parameters of a template message fit its template, and what the message then says.

Sources: WA/templates/components and WA/support/error-codes (2025-12).
"""

from __future__ import annotations

import re
from typing import Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store.catalogue import Template
from connectors.meta.sandbox.templates import VARIABLE
from connectors.meta.sandbox.whatsapp.validate.fields import Fields

LONGEST_BODY, LONGEST_HEADER = 1024, 60
MEDIA = ("image", "video", "document")
MOST_CARDS = 10

_SPACES = re.compile(r"[\n\t]| {5}")
_STATES = {"PENDING": 132001, "REJECTED": 132007, "PAUSED": 132015, "DISABLED": 132016}
Json = dict[str, Any]


def usable(template: Template | None, asked: str) -> Template:
    """Return the template when it may be sent; raise GraphError with its state."""
    if template is None:
        raise GraphError(132001, f"Template name {asked} does not exist in the translation.")
    if code := _STATES.get(template.status):
        raise GraphError(code)
    return template


def needs_number(template: Template) -> bool:
    """Whether a template goes to phone numbers alone (WA/business-scoped-user-ids): one-time passwords do."""
    buttons = _of(template.components, "BUTTONS").get("buttons", [])
    return template.category == "AUTHENTICATION" and any(button.get("type") == "OTP" for button in buttons)


def render(template: Template, given: Fields) -> Json:
    """Return what the message says: header, body, footer and buttons; raise GraphError when it does not fit."""
    given.only("name", "language", "components", "namespace")
    parts = given.objects("components", 0, 20)
    for part in parts:
        part.choice("type", (*_PARTS, *(name.upper() for name in _PARTS)))
        carousel = part.data["type"].lower() == "carousel"
        part.only("type", "cards") if carousel else part.only("type", "sub_type", "index", "parameters")
    shown = _rendered(template, template.components, parts)
    shown["offer"] = _offer(template, _one(parts, "limited_time_offer"))
    shown["cards"] = _cards(template, _one(parts, "carousel"))
    return {name: value for name, value in shown.items() if value}


_PARTS = ("header", "body", "button", "limited_time_offer", "carousel")


def _rendered(template: Template, components: list[Json], parts: list[Fields]) -> Json:
    """Return what some components say, of the template or of one of its cards."""
    return {
        "header": _header(template, _of(components, "HEADER"), _one(parts, "header")),
        "body": _filled(template, _of(components, "BODY").get("text", ""), _one(parts, "body"), "body", LONGEST_BODY),
        "footer": _of(components, "FOOTER").get("text", ""),
        "buttons": _buttons(components, [part for part in parts if part.data["type"].lower() == "button"]),
    }


def _cards(template: Template, part: Fields | None) -> list[Json]:
    """Return the cards of a carousel; each of them has to be there (WA/templates/media-card-carousel, 2025-11)."""
    cards = _of(template.components, "CAROUSEL").get("cards", [])
    given = part.objects("cards", 0, MOST_CARDS) if part is not None else []
    if len(given) != len(cards):
        raise GraphError(132012, f"carousel: {len(given)} cards are given, and the template has {len(cards)}.")
    found = []
    for number, (card, one) in enumerate(zip(cards, given, strict=True)):
        one.only("card_index", "components")
        if one.number("card_index", 0, MOST_CARDS - 1) != number:
            raise GraphError(132012, f"carousel: card {number} must have the card_index {number}.")
        shown = _rendered(template, card["components"], one.objects("components", 0, 20))
        found.append({name: value for name, value in shown.items() if value})
    return found


def _offer(template: Template, part: Fields | None) -> Json:
    """Return what an offer says and when it ends (WA/templates/limited-time-offer, 2026-06-17)."""
    offer = _of(template.components, "LIMITED_TIME_OFFER").get("limited_time_offer", {})
    parameters = _parameters(part)
    _count("limited_time_offer", parameters, 1 if offer.get("has_expiration") else 0)
    shown: Json = {"text": offer.get("text", "")} if offer else {}
    for parameter in parameters:
        parameter.choice("type", ("limited_time_offer",))
        ends = parameter.object("limited_time_offer").number("expiration_time_ms", 0, 10**15)
        shown["ends"] = ends / 1000
    return shown


def _of(components: list[Json], kind: str) -> Json:
    return next((one for one in components if one.get("type", "").upper() == kind), {})


def _one(parts: list[Fields], kind: str) -> Fields | None:
    return next((part for part in parts if part.data["type"].lower() == kind), None)


def _parameters(part: Fields | None) -> list[Fields]:
    return part.objects("parameters", 0, 50) if part is not None else []


def _header(template: Template, component: Json, part: Fields | None) -> Json:
    parameters = _parameters(part)
    form = component.get("format", "").lower()
    if not component:
        _count("header", parameters, 0)
        return {}
    if form == "text":
        text = _filled(template, component.get("text", ""), part, "header", LONGEST_HEADER)
        return {"type": "text", "text": text}
    _count("header", parameters, 1)
    parameter = parameters[0]
    if parameter.text("type", 32) != form:
        raise GraphError(132012, f"header: Format mismatch, expected {form.upper()}.")
    value = parameter.object(form)
    if form in MEDIA and value.has("id") == value.has("link"):
        raise GraphError(131008, f"Exactly one of {value.name('id')} and {value.name('link')} is required.")
    return {"type": form, form: dict(value.data)}


def _filled(template: Template, text: str, part: Fields | None, where: str, most: int) -> str:
    """Return a text with its variables replaced."""
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    parameters = _parameters(part)
    _count(where, parameters, len(names))
    if template.format == "NAMED":
        values = {parameter.text("parameter_name", 64): _value(parameter) for parameter in parameters}
        if unknown := set(names) - set(values):
            raise GraphError(132012, f"{where}: there is no parameter named {min(unknown)}.")
    else:
        values = {str(number): _value(parameter) for number, parameter in enumerate(parameters, 1)}
    filled = VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)
    if len(filled) > most:
        raise GraphError(132005, f"{where}: Translated text is longer than {most} characters.")
    return filled


def _count(where: str, parameters: list[Fields], expected: int) -> None:
    if len(parameters) != expected:
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(parameters)}) does not match the expected number of "
            f"params ({expected})",
        )


def _value(parameter: Fields) -> str:
    """Return the text of a parameter; currencies and dates bring one to fall back on."""
    kind = parameter.text("type", 32)
    if kind == "text":
        text = parameter.text("text", 32768)
        if _SPACES.search(text):
            raise GraphError(132018, "Param text cannot have new-line/tab characters or more than 4 spaces in a row.")
        return text
    if kind in ("currency", "date_time"):
        return parameter.object(kind).text("fallback_value", 1024)
    raise GraphError(132012, f"Parameter of type {kind} is not allowed here.")


def _buttons(components: list[Json], parts: list[Fields]) -> list[Json]:
    buttons = [dict(button) for button in _of(components, "BUTTONS").get("buttons", [])]
    for part in parts:
        index = _index(part)
        if index >= len(buttons):
            raise GraphError(132012, f"buttons: there is no button at index {index}.")
        _button(buttons[index], part, index)
    for index, button in enumerate(buttons):
        if VARIABLE.search(button.get("url", "")) or (button["type"] == "COPY_CODE" and "code" not in button):
            raise GraphError(131008, f"buttons: Button at index {index} of type {button['type']} requires a parameter.")
    return buttons


def _index(part: Fields) -> int:
    value = part.data.get("index")
    if isinstance(value, bool) or not str(value).isdecimal():
        raise part.missing("index")
    return int(str(value))


def _button(button: Json, part: Fields, index: int) -> None:
    """Put the parameter of one button into it."""
    kind, parameters = part.text("sub_type", 32).lower(), _parameters(part)
    expected = {"OTP": "url", "SPM": "url"}.get(button["type"], button["type"].lower())
    if kind != expected:
        raise GraphError(132012, f"buttons: Button at index {index} is of type {button['type']}.")
    _count("buttons", parameters, 1)
    parameter = parameters[0]
    if kind == "quick_reply":
        button["payload"] = parameter.text("payload", 256)
    elif kind == "copy_code":
        button["code"] = parameter.text("coupon_code", 20)
    elif button["type"] == "OTP":
        button["code"] = parameter.text("text", 15)
    elif kind in ("flow", "catalog", "mpm"):
        parameter.choice("type", ("action",))
        action = parameter.object("action")
        action.only("flow_token", "flow_action_data", "thumbnail_product_retailer_id", "sections")
        button["flow_token"] = action.text("flow_token", 200, needed=False)
        button["product"] = action.text("thumbnail_product_retailer_id", 256, needed=False)
    else:
        button["url"] = VARIABLE.sub(parameter.text("text", 2000), button.get("url", ""), count=1)
