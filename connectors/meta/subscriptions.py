"""What an app is told of, and where: the subscriptions of its webhooks (GA/reference/app/subscriptions, 2026)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from connectors.meta.errors import explain_graph
from connectors.meta.graph import Graph
from connectors.meta.messaging.subscriptions import INSTAGRAM_FIELDS, PAGE_FIELDS
from connectors.meta.settings import MetaSettings
from connectors.meta.split import TYPES
from connectors.meta.tokens import app_token
from connectors_core import Call, ConnectorsError, Http, NeedsAttention, Reply
from connectors_core.model import Change, Finding, wire
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
    ),
    "page": PAGE_FIELDS,
    "instagram": INSTAGRAM_FIELDS,
}
"""The fields that a callback is registered for, by object (WA/webhooks/overview, 2025-12-02).

WhatsApp's standby and handovers are not in that list, and are subscribed by hand where somebody shares a number.
"""

_PATH = "webhooks."
_BY_HAND = "put app_id, the number of the app in the developer dashboard, or enter the address there by hand"


def plan(http: Http, settings: MetaSettings, callback: str, types: Sequence[str]) -> Iterator[Change | Finding]:
    """Compare where the webhooks of each object go with `callback`, for the objects that endpoints are there for."""
    wanted = [name for name in FIELDS if TYPES[name] in types]
    if not wanted:
        return
    if not settings.app_id:
        text = f"where the webhooks of the app go is not known: {_BY_HAND}"
        yield Finding(level="warning", text=text, path="app_id")
    elif not callback:
        yield Finding(level="error", text="there is no callback address: put gateway.public_url", path="app_id")
    else:
        rows = wire.items(_asked(http, settings, "GET", "check"), "data")
        found = {wire.text(row, "object"): row for row in rows}
        for name in wanted:
            yield from _difference(name, found.get(name), callback)


def _difference(name: str, row: Json | None, callback: str) -> Iterable[Change]:
    before: Json | None = None
    if row is not None:
        fields = sorted(wire.text(field, "name") for field in wire.items(row, "fields"))
        on = wire.flag(row, "active") is not False
        before = {"address": wire.text(row, "callback_url"), "switched_on": on, "fields": fields}
        if on and before["address"] == callback and not set(FIELDS[name]) - set(fields):
            return
    # What somebody subscribed to by hand stays.
    kept = before["fields"] if before else ()
    after = {"address": callback, "switched_on": True, "fields": sorted({*FIELDS[name], *kept})}
    yield Change(
        path=f"{_PATH}{name}", title=f"the webhooks of {TYPES[name]}", before=before, after=after, level="error"
    )


def apply(http: Http, settings: MetaSettings, change: Change, callback: str) -> Finding:
    """Register `callback` for one object. Meta asks it for the verify token at once, so it has to be running."""
    name = change.path.removeprefix(_PATH)
    after = change.after if isinstance(change.after, dict) else {}
    wanted = {
        "object": name,
        "callback_url": callback,
        "verify_token": settings.verify_token.reveal(),
        "fields": ",".join(after.get("fields", FIELDS[name])),
        "include_values": True,
    }
    try:
        _asked(http, settings, "POST", "register the webhook", wanted)
    except ConnectorsError as error:
        text = f"{error.text}; the program must be running and {callback} must be reached from outside"
        return Finding(level="error", text=text, path=change.path)
    return Finding(level="ok", text=f"webhooks of {TYPES[name]} go to {callback}", path=change.path)


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
