"""The account behind a number: its templates, its state, and what it needs to be told of messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import attrs

from connectors.meta import templates, tokens, wire
from connectors.meta.errors import explain_graph
from connectors.meta.graph import Graph
from connectors.meta.wire import Json
from connectors.whatsapp.outbound import EXPLAIN, graph
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import ConnectorsError, Http, Malformed, NotSupported
from connectors_core.model import Finding, TemplateInfo

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

MOST_PAGES = 100
_PAGE = 100
_TEMPLATE = "name,language,status,category,components,rejected_reason"
_NUMBER = "verified_name,quality_rating,status,name_status,whatsapp_business_manager_messaging_limit"
_NO_ACCOUNT = "put business_account_id, the id of the WhatsApp Business Account"


def all_templates(http: Http, settings: WhatsAppSettings) -> list[TemplateInfo]:
    """Return the templates of the account (WA/templates/template-management, 2025-12); an account has 6,000 at most."""
    if not settings.business_account_id:
        raise NotSupported(f"{http.endpoint} cannot list its templates: {_NO_ACCOUNT}")
    found: list[TemplateInfo] = []
    query = {"fields": _TEMPLATE, "limit": str(_PAGE)}
    for _ in range(MOST_PAGES):
        call = graph(settings).call("GET", f"{settings.business_account_id}/message_templates", None, **query)
        page = http.call(call, verb="list templates", explain=explain_graph).object()
        found += [templates.info(row) for row in wire.items(page, "data")]
        # The address of the next page holds the token; the cursor in it is all that is needed.
        paging = wire.obj(page, "paging")
        cursor = wire.text(wire.obj(paging, "cursors"), "after")
        if not cursor or not wire.text(paging, "next") or cursor == query.get("after"):
            return found
        query["after"] = cursor
    raise Malformed(f"{http.endpoint} has more than {MOST_PAGES * _PAGE} templates")


def set_up(http: Http, settings: WhatsAppSettings) -> Iterator[Finding]:
    """Subscribe the app to the account, so that its webhooks come, and look at the number."""
    if settings.business_account_id:
        call = graph(settings).call("POST", f"{settings.business_account_id}/subscribed_apps")
        # Subscribing twice changes nothing.
        yield from _tried(
            lambda: http.call(attrs.evolve(call, harmless=True), verb="set up", explain=explain_graph),
            "the app is told of the messages of the business account",
            "business_account_id",
        )
    else:
        yield Finding(
            level="warning", text=f"the app is not subscribed to the account: {_NO_ACCOUNT}", path="business_account_id"
        )
    yield from _number(http, settings)


def check(http: Http, settings: WhatsAppSettings) -> Iterator[Finding]:
    """Look at the number, the subscription of the account and the token, without changing anything."""
    yield from _number(http, settings)
    yield from _subscribed(http, settings)
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
        return [Finding(level="warning", text=f"whether webhooks come is not known: {_NO_ACCOUNT}", path=path)]
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
