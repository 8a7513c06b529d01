"""The account behind a number: its state, and what it needs to be told of messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import attrs

from connectors.meta import tokens
from connectors.meta.errors import explain_graph
from connectors.meta.graph import Graph
from connectors.whatsapp import greeting, templates
from connectors.whatsapp.outbound import EXPLAIN, graph
from connectors.whatsapp.settings import WhatsAppSettings
from connectors.whatsapp.templates import NO_ACCOUNT
from connectors_core import ConnectorsError, Http
from connectors_core.model import Finding, wire
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

_NUMBER = "verified_name,quality_rating,status,name_status,whatsapp_business_manager_messaging_limit"


def set_up(http: Http, settings: WhatsAppSettings, callback: str) -> Iterator[Finding]:
    """Subscribe the app to the account, so that its webhooks come, hand in templates, and look at the number."""
    if settings.business_account_id:
        yield from _subscribe(http, settings, callback)
        yield from templates.hand_in(http, settings)
    else:
        yield Finding(
            level="warning", text=f"the app is not subscribed to the account: {NO_ACCOUNT}", path="business_account_id"
        )
    yield from greeting.set_up(http, settings)
    yield from _number(http, settings)


def _subscribe(http: Http, settings: WhatsAppSettings, callback: str) -> Iterable[Finding]:
    """Subscribe the app; with a verify token of our own, to this gateway (WA/webhooks/override, 2026-06-28)."""
    own, done = None, "the app is told of the messages of the business account"
    if settings.verify_token is not None and callback:
        own = {"override_callback_uri": callback, "verify_token": settings.verify_token.reveal()}
        done = f"the messages of the business account come to {callback}, wherever those of the app go"
    call = graph(settings).call("POST", f"{settings.business_account_id}/subscribed_apps", own)
    # Subscribing twice changes nothing.
    return _tried(
        lambda: http.call(attrs.evolve(call, harmless=True), verb="set up", explain=explain_graph),
        done,
        "business_account_id",
    )


def check(http: Http, settings: WhatsAppSettings) -> Iterator[Finding]:
    """Look at the number, the subscription of the account and the token, without changing anything."""
    yield from _number(http, settings)
    yield from _subscribed(http, settings)
    yield from greeting.check(http, settings)
    if settings.app_id and settings.app_secret is not None:
        own = tokens.app_token(settings.app_id, settings.app_secret)
        app = Graph(url=settings.graph_url, version=settings.graph_version, token=own)
        yield from tokens.check(http, app, settings.access_token, SCOPES, settings.app_id)


def _tried(call: Callable[[], object], good: str, path: str) -> Iterable[Finding]:
    try:
        call()
    except ConnectorsError as error:
        return [Finding(level="error", text=error.text, path=path)]
    return [Finding(level="ok", text=good)]


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


def _subscribed(http: Http, settings: WhatsAppSettings) -> Iterable[Finding]:
    path = "business_account_id"
    if not settings.business_account_id:
        return [Finding(level="warning", text=f"whether webhooks come is not known: {NO_ACCOUNT}", path=path)]
    call = graph(settings).call("GET", f"{settings.business_account_id}/subscribed_apps")
    try:
        rows = wire.items(http.call(call, verb="check", explain=explain_graph).object(), "data")
        apps = [wire.obj(row, "whatsapp_business_api_data") for row in rows]
        ids = {wire.text(app, "id") for app in apps}
    except ConnectorsError as error:
        return [Finding(level="error", text=error.text, path=path)]
    if not ids or (settings.app_id and settings.app_id not in ids):
        mend = "run `connectors setup whatsapp --again`"
        text = f"the app is not subscribed to the business account, so no webhook comes: {mend}"
        return [Finding(level="error", text=text, path=path)]
    return [Finding(level="ok", text="the business account tells an app of its messages")]
