"""How a message of the business goes on: sent and echoed, delivered, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.messaging import payloads, threads
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.store import facts, messages
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

WITHOUT_MIDS = "deliveries without mids"
"""A fact: whether a delivery tells the time alone, as it may (MP/webhooks/webhook-events/message-deliveries)."""


def go(sandbox: Sandbox, change: Change, customer: Customer, entry: Entry) -> None:
    """Send a message: everybody hears the echo, and a phone that is online has it at once."""
    channel = sandbox.channels[customer.channel]
    messages.add(change.db, entry)
    standby = bool(threads.held(sandbox, change.db, customer, change.at))
    item = payloads.echoed(sandbox, change.db, channel, customer, entry)
    payload = payloads.envelope(channel, customer.account, item, change.at, standby=standby)
    change.webhook(customer.id, "standby" if standby else channel.fields.echo, payload)
    if customer.online:
        _deliver(sandbox, change, customer, [entry])
    change.show(customer.id, entry.id)
    change.show_customer(customer.id)


def come_online(sandbox: Sandbox, change: Change, customer: Customer) -> None:
    """Deliver what waited for the phone."""
    found = messages.waiting(change.db, customer.id, ("sent",), incoming=False)
    if found:
        _deliver(sandbox, change, customer, found)
        for entry in found:
            change.show(customer.id, entry.id)


def read(sandbox: Sandbox, change: Change, customer: Customer) -> int:
    """Read what has arrived, and return how much that was; without receipts the business is not told."""
    channel = sandbox.channels[customer.channel]
    found = messages.waiting(change.db, customer.id, ("delivered",), incoming=False)
    for entry in found:
        messages.change(change.db, entry.id, status="read")
        change.show(customer.id, entry.id)
    told = [entry for entry in found if not entry.silent] if customer.receipts else []
    if told and channel.watermarks:
        _tell(change, channel, customer, channel.fields.read, read={"watermark": payloads.ms(change.at)})
    elif told:
        for entry in told:
            _tell(change, channel, customer, channel.fields.read, read={"mid": entry.id})
    if found:
        change.show_customer(customer.id)
    return len(found)


def _deliver(sandbox: Sandbox, change: Change, customer: Customer, entries: list[Entry]) -> None:
    channel = sandbox.channels[customer.channel]
    for entry in entries:
        messages.change(change.db, entry.id, status="delivered")
    told = [entry.id for entry in entries if not entry.silent]
    if told and channel.fields.delivery:
        # {"delivery": {"mids": ["m_AG5Hz2Uq7tuwNEhX"], "watermark": 1458668856253}}, without timestamp
        delivery: dict[str, object] = {"watermark": payloads.ms(change.at)}
        if not facts.get(change.db, WITHOUT_MIDS):
            delivery = {"mids": told, **delivery}
        _tell(change, channel, customer, channel.fields.delivery, delivery=delivery)


def _tell(change: Change, channel: Channel, customer: Customer, field: str, **what: object) -> None:
    item = payloads.event(customer, change.at, **what)
    change.webhook(customer.id, field, payloads.envelope(channel, customer.account, item, change.at))
