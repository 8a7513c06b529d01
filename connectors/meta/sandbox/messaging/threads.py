"""Who controls a thread: this app, another one, or nobody.

Sources: MP/conversation-routing (2025-09-24), IG/features/conversation-routing (2026-06-30). This app plays the default
app: it answers what comes in, may take a thread, and hears of what the other does; with routing off all may answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.messaging import payloads, people
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.messaging.errors import Refusal
from connectors.meta.sandbox.messaging.window import DAY, WEEK
from connectors.meta.sandbox.store import Db, facts
from connectors.meta.sandbox.store.customers import Customer

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

LONGEST_METADATA = 1000
_ROUTING = "routing"


def routed(db: Db) -> bool:
    """Whether conversation routing is on."""
    return facts.get(db, _ROUTING) is not False


def route(db: Db, *, on: bool) -> None:
    """Switch it."""
    facts.put(db, _ROUTING, on)


def owner(sandbox: Sandbox, db: Db, customer: Customer, now: float) -> str:
    """Return the id of the app that controls a thread, "" for an idle one: 24 hours after the person's last word."""
    kept = facts.get(db, _key(customer)) or {}
    if now < float(kept.get("until", 0.0)):
        return str(kept["owner"])
    spoke = customer.opened_at is not None and now < customer.opened_at + DAY
    if not spoke or not routed(db):
        return ""
    return str(kept.get("owner") or sandbox.settings.app_id)


def held(sandbox: Sandbox, db: Db, customer: Customer, now: float) -> str:
    """Return the id of another app that controls a thread, "" when this one may write."""
    found = owner(sandbox, db, customer, now)
    return "" if found == sandbox.settings.app_id else found


def give(change: Change, customer: Customer, app: str, *, seconds: float = DAY) -> None:
    """Let an app control a thread from now on; "" lets it go."""
    facts.put(change.db, _key(customer), {"owner": app, "until": change.at + seconds if app else 0.0})
    change.show_customer(customer.id)


def tell(change: Change, channel: Channel, customer: Customer, kind: str, told: dict[str, Any]) -> None:
    """Tell this app of a thread that was passed to it, taken from it or asked of it."""
    item = payloads.event(customer, change.at, **{kind: told})
    payload = payloads.envelope(channel, customer.account, item, change.at)
    change.webhook(customer.id, channel.fields.handover, payload)


def inline(sandbox: Sandbox, change: Change, customer: Customer, control: Fields) -> None:
    """Do what a message says about its thread: pass it or let it go."""
    control.only("control_type", "app_id", "metadata")
    if control.choice("control_type", ("pass", "release")) == "release":
        give(change, customer, "")
    else:
        give(change, customer, _app(sandbox, control, "app_id"))


def _key(customer: Customer) -> str:
    return f"thread {customer.id}"


def _app(sandbox: Sandbox, asked: Fields, name: str) -> str:
    app = str(asked.data.get(name) or "")
    if not (app.isascii() and app.isdecimal()) or app == sandbox.settings.app_id:
        raise GraphError(100, f"Param {asked.name(name)} must be the id of another app.")
    return app


def _controlled(sandbox: Sandbox, call: GraphCall, *names: str) -> tuple[Channel, Customer, Fields]:
    """Return whose thread a call is about."""
    asked = people.asked(call)
    asked.only("recipient", "platform", *names)
    asked.text("metadata", LONGEST_METADATA, needed=False)
    given = asked.object("recipient")
    given.only("id")
    return *people.find(sandbox, call, given.text("id", 64)), asked


def _needs_control(sandbox: Sandbox, change: Change, channel: Channel, customer: Customer) -> None:
    if held(sandbox, change.db, customer, change.at):
        raise Refusal(channel.error("not the owner"))


def _pass(sandbox: Sandbox, call: GraphCall) -> Any:
    channel, customer, asked = _controlled(sandbox, call, "target_app_id", "metadata")
    app = _app(sandbox, asked, "target_app_id")
    with sandbox.change() as change:
        _needs_control(sandbox, change, channel, customer)
        give(change, customer, app)
    return {"success": True}


def _take(sandbox: Sandbox, call: GraphCall) -> Any:
    channel, customer, _ = _controlled(sandbox, call, "metadata")
    with sandbox.change() as change:
        if not routed(change.db):
            raise Refusal(channel.error("not the owner"))
        give(change, customer, sandbox.settings.app_id)
    return {"success": True}


def _release(sandbox: Sandbox, call: GraphCall) -> Any:
    channel, customer, _ = _controlled(sandbox, call, "metadata")
    with sandbox.change() as change:
        _needs_control(sandbox, change, channel, customer)
        give(change, customer, "")
    return {"success": True}


def _request(sandbox: Sandbox, call: GraphCall) -> Any:
    """Ask the owner, who hears it; nothing changes before it passes the thread."""
    _controlled(sandbox, call, "metadata")
    return {"success": True}


def _extend(sandbox: Sandbox, call: GraphCall) -> Any:
    channel, customer, asked = _controlled(sandbox, call, "duration")
    seconds = asked.number("duration", 1, WEEK)
    with sandbox.change() as change:
        _needs_control(sandbox, change, channel, customer)
        give(change, customer, sandbox.settings.app_id, seconds=seconds)
    return {"success": True}


def _owner(sandbox: Sandbox, call: GraphCall) -> Any:
    _, customer = people.find(sandbox, call, call.needed("recipient"))
    with sandbox.change() as change:
        found = owner(sandbox, change.db, customer, change.at)
        kept = facts.get(change.db, _key(customer)) or {}
    if not found:
        return {"data": []}
    until = max(float(kept.get("until", 0.0)), (customer.opened_at or 0.0) + DAY)
    return {"data": [{"thread_owner": {"app_id": int(found), "expiration": int(until)}}]}


_CALLS = {
    "pass_thread_control": _pass,
    "take_thread_control": _take,
    "release_thread_control": _release,
    "request_thread_control": _request,
    "extend_thread_control": _extend,
}
ROUTES: Routes = {
    **{("POST", kind, edge): act for kind in ("page", "instagram") for edge, act in _CALLS.items()},
    **{("GET", kind, "thread_owner"): _owner for kind in ("page", "instagram")},
}
