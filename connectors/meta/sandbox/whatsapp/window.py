"""The customer service window: 24 hours from each message of the person (WA/messages/send-messages, 2025-12)."""

from __future__ import annotations

from connectors.meta.sandbox.store.customers import Customer

HOURS = 24


def closes_at(customer: Customer) -> float | None:
    """Return when the window of a customer closes or closed; None when it never opened."""
    return None if customer.opened_at is None else customer.opened_at + HOURS * 3600


def is_open(customer: Customer, now: float) -> bool:
    """Whether free-form messages may be sent now."""
    closes = closes_at(customer)
    return closes is not None and now < closes
