"""How an outgoing message goes on: sent, delivered, read, played, or failed; each step is one webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store import customers, messages
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.whatsapp import payloads, people

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

NOWHERE = "nobody"
"""The lane of statuses about people that WhatsApp does not know."""


def step(sandbox: Sandbox, change: Change, customer: Customer, entry: Entry, name: str) -> None:
    """Move a message one step on, and tell it."""
    messages.change(change.db, entry.id, status=name)
    payload = payloads.status(sandbox.settings, customer, entry, name, change.at, address=customer.address)
    told = (
        [payloads.of_member(payload, one) for one in people.members(change.db, customer)] if customer.is_group else []
    )
    for one in () if entry.silent else told or [payload]:
        change.webhook(customer.id, "messages", one)
    if name == "delivered" and entry.type == "reaction":
        _mark(change, customer, entry)
    change.show(customer.id, entry.id)
    change.show_customer(customer.id)


def go(sandbox: Sandbox, change: Change, customer: Customer, entry: Entry) -> None:
    """Send a message that was accepted: a phone that is online has it at once."""
    step(sandbox, change, customer, entry, "sent")
    if customer.online:
        step(sandbox, change, customer, attrs.evolve(entry, status="sent"), "delivered")


def fail(sandbox: Sandbox, change: Change, entry: Entry, failure: GraphError, address: str) -> None:
    """End a message that was accepted and cannot be delivered."""
    customer = customers.get(change.db, entry.customer)
    told = failure.in_status()
    messages.change(change.db, entry.id, status="failed", failure=told)
    payload = payloads.status(sandbox.settings, customer, entry, "failed", change.at, address=address, failure=failure)
    if not entry.silent:
        change.webhook(entry.customer or NOWHERE, "messages", payload)
    if entry.customer:
        change.show(entry.customer, entry.id)


def come_online(sandbox: Sandbox, change: Change, customer: Customer) -> None:
    """Deliver what waited for the phone."""
    for entry in messages.waiting(change.db, customer.id, ("sent",), incoming=False):
        step(sandbox, change, customer, entry, "delivered")


def read(sandbox: Sandbox, change: Change, customer: Customer) -> int:
    """Read what has arrived, and return how much that was; without receipts the business is not told."""
    found = messages.waiting(change.db, customer.id, ("delivered",), incoming=False)
    for entry in found:
        if customer.receipts:
            step(sandbox, change, customer, entry, "read")
        else:
            messages.change(change.db, entry.id, status="read")
    if found:
        change.show_customer(customer.id)
    return len(found)


def play(sandbox: Sandbox, change: Change, customer: Customer, entry: Entry) -> None:
    """Listen to a voice message."""
    if entry.type == "audio" and entry.status in ("delivered", "read"):
        if entry.status == "delivered":
            step(sandbox, change, customer, entry, "read")
        step(sandbox, change, customer, entry, "played")


def _mark(change: Change, customer: Customer, entry: Entry) -> None:
    """Put the reaction of the business on its message, or take it off."""
    target = messages.get(change.db, entry.content["message_id"])
    if target is None:
        return
    marks = {**target.marks, "business": entry.content.get("emoji", "")}
    messages.change(change.db, target.id, marks={who: emoji for who, emoji in marks.items() if emoji})
    change.show(customer.id, target.id)
