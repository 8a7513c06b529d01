"""What others do with a thread: a human in the native inbox, or another app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.messaging import payloads, steps, threads
from connectors.meta.sandbox.store import customers
from connectors.meta.sandbox.store.messages import Entry

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

ACTIONS = ("take", "pass", "request", "release")


def answer(sandbox: Sandbox, customer_id: str, text: str, app: str = "") -> Entry:
    """Answer in the native inbox, which takes the thread where routing is on, or as another `app`, which does not."""
    if not text.strip():
        raise GraphError(100, "text is required.")
    with sandbox.change() as change:
        customer = customers.get(change.db, customer_id)
        if customer is None or customer.channel not in sandbox.channels:
            raise GraphError(100, "There is no such customer.", subcode=33)
        channel = sandbox.channels[customer.channel]
        if not app and threads.routed(change.db):
            _take(sandbox, change, customer_id, channel.inbox)
        entry = Entry(
            id=payloads.new_mid(channel),
            customer=customer_id,
            incoming=False,
            at=change.at,
            type="message",
            content={"text": text, "app": app or channel.inbox},
        )
        steps.go(sandbox, change, customer, entry)
    return entry


def control(sandbox: Sandbox, customer_id: str, action: str, app: str = "", metadata: str = "") -> dict[str, Any]:
    """Let another app, the inbox unless one is named, take a thread, pass it here, ask for it, or let it go."""
    if action not in ACTIONS:
        raise GraphError(100, f"action is one of {', '.join(ACTIONS)}.")
    with sandbox.change() as change:
        customer = customers.get(change.db, customer_id)
        if customer is None or customer.channel not in sandbox.channels:
            raise GraphError(100, "There is no such customer.", subcode=33)
        channel = sandbox.channels[customer.channel]
        other, ours = app or channel.inbox, sandbox.settings.app_id
        said = {"metadata": metadata} if metadata else {}
        if action == "take":
            _take(sandbox, change, customer_id, other, **said)
        elif action == "pass":
            holds = threads.held(sandbox, change.db, customer, change.at)
            threads.give(change, customer, ours)
            told: dict[str, Any] = {"previous_owner_app_id": holds or None, "new_owner_app_id": ours, **said}
            threads.tell(change, channel, customer, "pass_thread_control", told)
        elif action == "request":
            told = {"requested_owner_app_id": int(other), **said}
            threads.tell(change, channel, customer, "request_thread_control", told)
        else:
            threads.give(change, customer, "")
        found = threads.owner(sandbox, change.db, customer, change.at)
    return {"owner": found}


def _take(sandbox: Sandbox, change: Change, customer_id: str, other: str, **said: str) -> None:
    """Take a thread; taking one that is idle, or one's own, is told to nobody."""
    customer = customers.get(change.db, customer_id)
    if customer is None:
        return
    before = threads.owner(sandbox, change.db, customer, change.at)
    threads.give(change, customer, other)
    if before == sandbox.settings.app_id:
        told = {"previous_owner_app_id": before, "new_owner_app_id": int(other), **said}
        threads.tell(change, sandbox.channels[customer.channel], customer, "take_thread_control", told)
