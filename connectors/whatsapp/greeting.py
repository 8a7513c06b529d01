"""What people see of a number before they write: its user name, prompts, commands, and a word of welcome.

Sources: WA/business-phone-numbers/conversational-components, 2025-10-31; WA/business-scoped-user-ids, 2026-08-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from connectors.meta.graph import graph
from connectors.meta.plans import compared, tried
from connectors.whatsapp.outbound import EXPLAIN
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import Http
from connectors_core.model import Change, Finding, wire
from connectors_core.model.wire import Json

_AUTOMATION = {
    "enable_welcome_message": ("welcome_message", "the word of welcome"),
    "prompts": ("prompts", "the prompts"),
    "commands": ("commands", "the commands"),
}
"""The key of the settings, and what it is, for each that WhatsApp keeps."""

_REASONS = {
    "REQUIRE_FB_ACCOUNT_LINKING": "link the number to the Facebook Page that has this name",
    "REQUIRE_IG_ACCOUNT_LINKING": "link the number to the Instagram account that has this name",
    "EXISTING_PENDING_REQUEST": "another name is still being looked at",
    "NOT_AVAILABLE": "choose another name",
    "ACCOUNT_INELIGIBLE": "have the display name approved and the business verified first",
}


def automation(settings: WhatsAppSettings) -> Json:
    """Return what the settings say of prompts, commands and welcome; empty when they say nothing of it."""
    found: Json = {}
    if settings.welcome_message is not None:
        found["enable_welcome_message"] = settings.welcome_message
    if settings.prompts is not None:
        found["prompts"] = list(settings.prompts)
    if settings.commands is not None:
        found["commands"] = [
            {"command_name": name, "command_description": text} for name, text in settings.commands.items()
        ]
    return found


def plan(http: Http, settings: WhatsAppSettings) -> Iterator[Change | Finding]:
    """Compare what the number has with what the settings say, without changing anything."""
    if wanted := automation(settings):
        yield from tried("prompts", lambda: _automation(http, settings, wanted))
    if settings.username:
        yield from tried("username", lambda: _username(http, settings))


def apply(http: Http, settings: WhatsAppSettings, change: Change) -> Finding:
    """Bring to the number what the settings say of it."""
    if change.path == "username":
        return _claim(http, settings)
    # All that is declared goes in one call: what such a call does not name may be taken for nothing.
    call = graph(settings).call("POST", f"{settings.phone_number_id}/conversational_automation", automation(settings))
    http.call(attrs.evolve(call, harmless=True), verb="set", explain=EXPLAIN)
    return Finding(level="ok", text=f"{change.title}: people see what the settings say", path=change.path)


def _automation(http: Http, settings: WhatsAppSettings, wanted: Json) -> Iterator[Change]:
    ask = graph(settings).call("GET", settings.phone_number_id, fields="conversational_automation")
    told = wire.obj(http.call(ask, verb="compare", explain=EXPLAIN).object(), "conversational_automation")
    for name, (path, title) in _AUTOMATION.items():
        if name in wanted:
            yield from compared(path, title, told.get(name), wanted[name])


def _username(http: Http, settings: WhatsAppSettings) -> Iterable[Change | Finding]:
    told = _known(http, settings)
    if wire.text(told, "requested_username") == settings.username:
        text = f"the user name {settings.username} is still being looked at"
        return [Finding(level="warning", text=text, path="username")]
    return compared("username", "the user name", wire.text(told, "username"), settings.username)


def _claim(http: Http, settings: WhatsAppSettings) -> Finding:
    content = {"username": settings.username}
    call = graph(settings).call("POST", f"{settings.phone_number_id}/username", content)
    told = http.call(attrs.evolve(call, harmless=True), verb="claim the user name", explain=EXPLAIN).object()
    state = wire.text(told, "status").upper() or "UNKNOWN"
    if state != "REJECTED":
        return Finding(level="ok", text=f"the user name {settings.username} was asked for: {state}", path="username")
    reasons = told.get("rejection_reasons")
    why = [_REASONS.get(str(one), "ask WhatsApp's support") for one in reasons] if isinstance(reasons, list) else []
    text = f"WhatsApp refuses the user name {settings.username}: {'; '.join(why) or 'choose another name'}"
    return Finding(level="error", text=text, path="username")


def _known(http: Http, settings: WhatsAppSettings) -> Json:
    ask = graph(settings).call("GET", f"{settings.phone_number_id}/username")
    return http.call(ask, verb="check", explain=EXPLAIN).object()
