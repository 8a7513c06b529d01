"""What others do with a thread of a number: a human in the business app.

A human who answers there takes the thread (WA/conversation routing, 2026-09-23), and what they write comes as an echo
(WA/coexistence, 2025-11-25). What the customer writes then comes on standby, until the thread is passed back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store import customers, facts, messages
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.whatsapp import payloads, threads

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

HUMAN = "escalation"
"""The role of whoever answers in the app."""


def answer(sandbox: Sandbox, customer_id: str, text: str, role: str = "") -> Entry:
    """Answer in the business app, or as another responder; either takes the thread."""
    if not text.strip():
        raise GraphError(100, "text is required.")
    with sandbox.change() as change:
        customer = _person(change, customer_id)
        facts.put(change.db, f"owner {customer.id}", role or HUMAN)
        entry = Entry(
            id=payloads.wamid(customer.address, incoming=False),
            customer=customer.id,
            incoming=False,
            at=change.at,
            type="text",
            content={"body": text},
            status="delivered" if customer.online else "sent",
            silent=True,
        )
        messages.add(change.db, entry)
        echo = payloads.echo(sandbox.settings, customer, entry, standby=bool(role))
        change.webhook(customer.id, "standby" if role else "smb_message_echoes", echo)
        change.show(customer.id, entry.id)
        change.show_customer(customer.id)
    return entry


def control(sandbox: Sandbox, customer_id: str, action: str, role: str = "", metadata: str = "") -> dict[str, Any]:
    """Let another responder take a thread, or pass it back to this number."""
    if action not in ("take", "pass"):
        raise GraphError(100, "action is take or pass.")
    with sandbox.change() as change:
        customer = _person(change, customer_id)
        before = threads.owner(change.db, customer) or threads.OURS
        after = (role or HUMAN) if action == "take" else threads.OURS
        if before != after:
            facts.put(change.db, f"owner {customer.id}", "" if after == threads.OURS else after)
            told = {"previous_owner_role": before, "new_owner_role": after}
            kind = "control_taken" if action == "take" else "control_passed"
            threads.tell(sandbox, change, customer, kind, {**told, **({"metadata": metadata} if metadata else {})})
    return {"owner": after}


def _person(change: Change, customer_id: str) -> Customer:
    customer = customers.get(change.db, customer_id)
    if customer is None or customer.is_group:
        raise GraphError(100, "There is no such customer.", subcode=33)
    return customer
