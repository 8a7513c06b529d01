"""The account behind a number: its state, and what it needs to be told of messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from connectors.meta import tokens
from connectors.meta.errors import explain_graph
from connectors.meta.graph import Graph, graph
from connectors.meta.plans import compared, tried
from connectors.whatsapp import greeting
from connectors.whatsapp.outbound import EXPLAIN
from connectors.whatsapp.settings import WhatsAppSettings
from connectors.whatsapp.templates import NO_ACCOUNT, library
from connectors_core import ConnectorsError, Http
from connectors_core.model import Change, Finding, wire
from connectors_core.model.wire import Json

SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")

GUIDE = (
    "In the dashboard of the app add the product WhatsApp, and connect your business account and its number.",
    "WhatsApp, API Setup, shows the id of the phone number (not the number itself) and that of the business account.",
    "In Business Settings, Users, System users, make one, and assign the app and the WhatsApp account to it.",
    "Generate a token for it that never expires; the one of the page API Setup ends after a day.",
    "The token needs the permissions whatsapp_business_messaging and whatsapp_business_management.",
    "Give the app secret here too where the app demands signed calls (Require App Secret).",
    "With the app secret and the app id here, the end and the permissions of the token are watched.",
)
"""WA/get-started and GA/guides/secure-requests, 2025-12."""

SUBSCRIPTION = "business_account_id"
_ADDRESS_OF_THE_APP = "that of the app"
_NUMBER = "verified_name,quality_rating,status,name_status,whatsapp_business_manager_messaging_limit"


def plan(http: Http, settings: WhatsAppSettings, callback: str) -> Iterator[Change | Finding]:
    """Compare with the settings: the subscription to the account, its templates, and what people see of the number."""
    if settings.business_account_id:
        yield from tried(SUBSCRIPTION, lambda: _subscription(http, settings, callback))
        yield from tried("templates", library(http, settings).plan)
    else:
        text = f"whether webhooks come is not known: {NO_ACCOUNT}"
        yield Finding(level="warning", text=text, path=SUBSCRIPTION)
    yield from greeting.plan(http, settings)


def apply(http: Http, settings: WhatsAppSettings, change: Change, callback: str) -> Finding:
    """Make one of these differences disappear."""
    if change.path == SUBSCRIPTION:
        return _subscribe(http, settings, change, callback)
    if change.path.startswith("templates"):
        return library(http, settings).hand_in(change.path)
    return greeting.apply(http, settings, change)


def _subscription(http: Http, settings: WhatsAppSettings, callback: str) -> Iterable[Change]:
    """Compare the subscription; with a verify token of our own, its address too (WA/webhooks/override, 2026-06-28)."""
    call = graph(settings).call("GET", f"{settings.business_account_id}/subscribed_apps")
    rows = wire.items(http.call(call, verb="compare", explain=explain_graph).object(), "data")
    found = {wire.text(wire.obj(row, "whatsapp_business_api_data"), "id"): row for row in rows}
    row = found.get(settings.app_id) if settings.app_id else next(iter(found.values()), None)
    own = callback if settings.verify_token is not None else ""
    before = None if row is None else {"address": wire.text(row, "override_callback_uri") or _ADDRESS_OF_THE_APP}
    after = {"address": own or (before or {}).get("address", _ADDRESS_OF_THE_APP)}
    return compared(SUBSCRIPTION, "the subscription to the business account", before, after, "error")


def _subscribe(http: Http, settings: WhatsAppSettings, change: Change, callback: str) -> Finding:
    own, done = None, "the app is told of the messages of the business account"
    if settings.verify_token is not None and callback:
        own = {"override_callback_uri": callback, "verify_token": settings.verify_token.reveal()}
        done = f"the messages of the business account come to {callback}, wherever those of the app go"
    call = graph(settings).call("POST", f"{settings.business_account_id}/subscribed_apps", own)
    # Subscribing twice changes nothing.
    http.call(attrs.evolve(call, harmless=True), verb="subscribe", explain=explain_graph)
    return Finding(level="ok", text=done, path=change.path)


def check(http: Http, settings: WhatsAppSettings) -> Iterator[Finding]:
    """Look at the number and the token, without changing anything."""
    yield from _number(http, settings)
    if settings.app_id and settings.app_secret is not None:
        own = tokens.app_token(settings.app_id, settings.app_secret)
        app = Graph(url=settings.graph_url, version=settings.graph_version, token=own)
        yield from tokens.check(http, app, settings.access_token, SCOPES, settings.app_id)


def _number(http: Http, settings: WhatsAppSettings) -> Iterable[Finding]:
    """Say whether the token reaches the number, and how it is (WA/business-phone-numbers/phone-numbers, 2025-12)."""
    ask = graph(settings).call("GET", settings.phone_number_id, fields=_NUMBER)
    try:
        told = http.call(ask, verb="check", explain=EXPLAIN).object()
        return list(_standing(told))
    except ConnectorsError as error:
        return [Finding(level="error", text=error.text, path="access_token")]


def _standing(told: Json) -> Iterator[Finding]:
    quality = wire.text(told, "quality_rating") or "UNKNOWN"
    name, state = wire.text(told, "verified_name") or "no approved name", wire.text(told, "status")
    good = quality not in ("YELLOW", "RED")
    advice = "" if good else "; people block or report it: send less, and only what they asked for"
    yield Finding(level="ok" if good else "warning", text=f"the number of {name} is reached; quality {quality}{advice}")
    if state not in ("", "CONNECTED"):
        mend = "register it in WhatsApp Manager, or see there why it is restricted"
        yield Finding(level="error", text=f"the number has the state {state}: {mend}", path="phone_number_id")
    approval = wire.text(told, "name_status")
    if approval in ("DECLINED", "EXPIRED", "PENDING_REVIEW"):
        level = "warning" if approval == "PENDING_REVIEW" else "error"
        yield Finding(level=level, text=f"the display name is {approval}: see WhatsApp Manager", path="phone_number_id")
    if limit := wire.text(told, "whatsapp_business_manager_messaging_limit"):
        yield Finding(level="ok", text=f"outside of windows the business may write to {limit} people in 24 hours")
