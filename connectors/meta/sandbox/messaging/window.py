"""When a business may write.

Sources: MP/policy (2026-09-28): 24 hours, 7 days after the first message that follows an ad, 7 days for a human agent;
MP/discovery/private-replies (2026): 7 days after the comment.
"""

from __future__ import annotations

from connectors.meta.sandbox.store.customers import Customer

DAY = 24 * 3600.0
WEEK = 7 * DAY


def closes_at(customer: Customer) -> float | None:
    """Return when the window of a person closes or closed; None when it never opened."""
    if customer.opened_at is None:
        return None
    return max(customer.opened_at + DAY, float(customer.traits.get("ad_until", 0.0)))


def is_open(customer: Customer, now: float) -> bool:
    """Whether anything may be sent now."""
    closes = closes_at(customer)
    return closes is not None and now < closes


def human_until(customer: Customer) -> float | None:
    """Return until when a human agent may write; None when the person never wrote."""
    return None if customer.opened_at is None else customer.opened_at + WEEK
