"""What people see of a number before they write: its user name, prompts, commands, and a word of welcome.

Sources: WA/business-phone-numbers/conversational-components, 2025-10-31; WA/business-scoped-user-ids, 2026-08-24.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import attrs

from connectors.whatsapp.outbound import EXPLAIN, graph
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import ConnectorsError, Http
from connectors_core.model import Finding, wire
from connectors_core.model.wire import Json

_AGAIN = "run `connectors setup whatsapp --again`"
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


def set_up(http: Http, settings: WhatsAppSettings) -> Iterator[Finding]:
    """Bring to the number what the settings say of it; doing so again changes nothing."""
    if wanted := automation(settings):
        yield from _tried("prompts", lambda: _automate(http, settings, wanted))
    if settings.username:
        yield from _tried("username", lambda: _claim(http, settings))


def check(http: Http, settings: WhatsAppSettings) -> Iterator[Finding]:
    """Compare what the number has with what the settings say, without changing anything."""
    if wanted := automation(settings):
        yield from _tried("prompts", lambda: _compare(http, settings, wanted))
    if settings.username:
        yield from _tried("username", lambda: _look(http, settings))


def _tried(path: str, ask: Callable[[], Finding]) -> Iterable[Finding]:
    try:
        return [ask()]
    except ConnectorsError as error:
        return [Finding(level="error", text=error.text, path=path)]


def _automate(http: Http, settings: WhatsAppSettings, wanted: Json) -> Finding:
    call = graph(settings).call("POST", f"{settings.phone_number_id}/conversational_automation", wanted)
    http.call(attrs.evolve(call, harmless=True), verb="set up", explain=EXPLAIN)
    return Finding(level="ok", text="the prompts, commands and welcome of the settings are shown to people")


def _compare(http: Http, settings: WhatsAppSettings, wanted: Json) -> Finding:
    ask = graph(settings).call("GET", settings.phone_number_id, fields="conversational_automation")
    told = wire.obj(http.call(ask, verb="check", explain=EXPLAIN).object(), "conversational_automation")
    other = [name for name, value in wanted.items() if told.get(name) != value]
    if not other:
        return Finding(level="ok", text="the prompts, commands and welcome are those of the settings")
    text = f"WhatsApp shows another {', '.join(other)} than the settings say: {_AGAIN}"
    return Finding(level="warning", text=text, path="prompts")


def _claim(http: Http, settings: WhatsAppSettings) -> Finding:
    if _known(http, settings).get("username") == settings.username:
        return Finding(level="ok", text=f"the number has the user name {settings.username}")
    content = {"username": settings.username}
    call = graph(settings).call("POST", f"{settings.phone_number_id}/username", content)
    told = http.call(attrs.evolve(call, harmless=True), verb="set up", explain=EXPLAIN).object()
    state = wire.text(told, "status").upper() or "UNKNOWN"
    if state != "REJECTED":
        return Finding(level="ok", text=f"the user name {settings.username} was asked for: {state}")
    reasons = told.get("rejection_reasons")
    why = [_REASONS.get(str(one), "ask WhatsApp's support") for one in reasons] if isinstance(reasons, list) else []
    text = f"WhatsApp refuses the user name {settings.username}: {'; '.join(why) or 'choose another name'}"
    return Finding(level="error", text=text, path="username")


def _look(http: Http, settings: WhatsAppSettings) -> Finding:
    told = _known(http, settings)
    if wire.text(told, "username") == settings.username:
        return Finding(level="ok", text=f"the number has the user name {settings.username}")
    if wire.text(told, "requested_username") == settings.username:
        return Finding(level="warning", text=f"the user name {settings.username} is still being looked at")
    text = f"the number has not the user name {settings.username}: {_AGAIN}"
    return Finding(level="warning", text=text, path="username")


def _known(http: Http, settings: WhatsAppSettings) -> Json:
    ask = graph(settings).call("GET", f"{settings.phone_number_id}/username")
    return http.call(ask, verb="check", explain=EXPLAIN).object()
