"""Utility messages: an approved template of the page and its parameters (MP/send-messages/utility-messages, 2026)."""

from __future__ import annotations

from typing import Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.messaging.validate.content import link
from connectors.meta.sandbox.store.catalogue import Template
from connectors.meta.sandbox.templates import VARIABLE

Json = dict[str, Any]

_PARTS = ("header", "body", "button", "buttons")


def render(template: Template | None, given: Fields) -> Json:
    """Return what the message says: header, picture, body, buttons; raise GraphError when it does not fit."""
    given.only("name", "language", "components")
    if template is None or template.status != "APPROVED":
        raise GraphError(100, "There is no approved template of this name and language.")
    parts = given.objects("components", 0, 20)
    for part in parts:
        part.choice("type", (*_PARTS, *(name.upper() for name in _PARTS)))
        part.only("type", "sub_type", "index", "parameters")
    shown: Json = {}
    for component in template.components:
        kind = component["type"].upper()
        mine = [part for part in parts if part.data["type"].lower() == kind.lower()]
        parameters = [one for part in mine for one in part.objects("parameters", 0, 20)]
        if kind == "HEADER" and component.get("format", "TEXT").upper() == "IMAGE":
            shown["picture"] = _picture(parameters)
        elif kind in ("HEADER", "BODY", "FOOTER"):
            shown[kind.lower()] = _filled(template, kind, str(component.get("text", "")), parameters)
        elif kind == "BUTTONS":
            shown["buttons"] = component.get("buttons", [])
    return shown


def _picture(parameters: list[Fields]) -> str:
    if len(parameters) != 1:
        raise GraphError(100, "header: the template has a picture, and needs one parameter.")
    parameters[0].choice("type", ("image",))
    return link(parameters[0].object("image"), "link")


def _filled(template: Template, where: str, text: str, parameters: list[Fields]) -> str:
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    if len(parameters) != len(names):
        raise GraphError(100, f"{where}: {len(parameters)} parameters are given, and the template has {len(names)}.")
    values = {}
    for number, parameter in enumerate(parameters, 1):
        parameter.only("type", "text", "parameter_name")
        parameter.choice("type", ("text",))
        named = template.format == "NAMED"
        values[parameter.text("parameter_name", 64) if named else str(number)] = parameter.text("text", 1024)
    if unknown := set(names) - set(values):
        raise GraphError(100, f"{where}: there is no parameter named {min(unknown)}.")
    return VARIABLE.sub(lambda found: values[found[1]], text)
