"""What an app is told of, and where: the subscriptions of its webhooks (GA/reference/app/subscriptions, 2026)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connectors.meta.errors import explain_graph
from connectors.meta.graph import Graph
from connectors.meta.settings import MetaSettings
from connectors.meta.tokens import app_token
from connectors_core import Call, ConnectorsError, Http, NeedsAttention, Reply
from connectors_core.model import Finding, wire
from connectors_core.model.wire import Json

WHATSAPP = "whatsapp_business_account"

FIELDS = {
    WHATSAPP: (
        "messages",
        "account_alerts",
        "account_review_update",
        "account_update",
        "business_capability_update",
        "calls",
        "flows",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "history",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "phone_number_username_update",
        "security",
        "smb_app_state_sync",
        "smb_message_echoes",
        "template_category_update",
        "user_preferences",
    )
}
"""The fields that a callback is registered for, by object (WA/webhooks/overview, 2025-12-02).

Standby and handovers are not in that list, and are subscribed by hand where somebody shares a number.
"""

NEEDED = {WHATSAPP: "messages"}
"""The field without which an object tells of no message."""

_BY_HAND = "put app_id, the number of the app in the developer dashboard, or enter the address there by hand"


def set_up(http: Http, settings: MetaSettings, callback: str) -> Iterator[Finding]:
    """Register `callback` for every object. Meta asks it for the verify token at once, so it has to be running."""
    if not settings.app_id:
        yield Finding(level="warning", text=f"the callback address is not registered: {_BY_HAND}", path="app_id")
        return
    if not callback:
        yield Finding(level="error", text="there is no callback address: put gateway.public_url", path="app_id")
        return
    for name, fields in FIELDS.items():
        wanted = {
            "object": name,
            "callback_url": callback,
            "verify_token": settings.verify_token.reveal(),
            "fields": ",".join(fields),
            "include_values": True,
        }
        try:
            _asked(http, settings, "POST", "set up", wanted)
        except ConnectorsError as error:
            text = f"{error.text}; the program must be running and {callback} must be reached from outside"
            yield Finding(level="error", text=text, path="app_id")
        else:
            yield Finding(level="ok", text=f"webhooks of {name} go to {callback}", path="app_id")


def check(http: Http, settings: MetaSettings) -> Iterator[Finding]:
    """Say where the webhooks of the app go, and what is missing there."""
    if not settings.app_id:
        yield Finding(level="warning", text=f"the subscriptions of the app are not known: {_BY_HAND}", path="app_id")
        return
    try:
        found = {wire.text(row, "object"): row for row in wire.items(_asked(http, settings, "GET", "check"), "data")}
        for name in FIELDS:
            yield from _subscribed(name, found.get(name))
    except ConnectorsError as error:
        yield Finding(level="error", text=error.text, path="app_secret")


def _subscribed(name: str, row: Json | None) -> Iterable[Finding]:
    mend = "run `connectors setup meta --again`"
    if row is None:
        yield Finding(level="error", text=f"the app has no subscription to {name}: {mend}", path="app_id")
        return
    callback = wire.text(row, "callback_url")
    fields = {wire.text(field, "name") for field in wire.items(row, "fields")}
    if wire.flag(row, "active") is False:
        yield Finding(level="error", text=f"the subscription to {name} is switched off: {mend}", path="app_id")
    elif NEEDED[name] not in fields:
        text = f"the subscription to {name} lacks the field {NEEDED[name]}: {mend}"
        yield Finding(level="error", text=text, path="app_id")
    else:
        yield Finding(level="ok", text=f"webhooks of {name} go to {callback}, {len(fields)} fields", path="app_id")


def _asked(http: Http, settings: MetaSettings, method: str, verb: str, content: Json | None = None) -> Json:
    """Call with the app's own token; while the secret is being changed, with each that is given."""
    *others, last = (_call(settings, number, method, content) for number in range(len(settings.app_secret)))
    for call in others:
        try:
            return _answer(http, call, verb).object()
        except NeedsAttention:
            continue
    return _answer(http, last, verb).object()


def _call(settings: MetaSettings, number: int, method: str, content: Json | None) -> Call:
    token = app_token(settings.app_id, settings.app_secret[number])
    graph = Graph(url=settings.graph_url, version=settings.graph_version, token=token)
    return graph.call(method, f"{settings.app_id}/subscriptions", content)


def _answer(http: Http, call: Call, verb: str) -> Reply:
    return http.call(call, verb=verb, explain=explain_graph)
