"""Telling the platform's copies of our own messages from what somebody else at the business wrote."""

from __future__ import annotations

from time import time
from typing import Any

from connectors_core.gateway import Gateway
from connectors_core.model import Message
from connectors_core.pipeline import evidence
from connectors_core.pipeline.people import Entry
from connectors_core.store import deliveries, events

PATIENCE = 120.0
"""Seconds that an echo waits at most for an open attempt of its conversation to be settled."""


def is_own(db: Any, gateway: Gateway, entry: Entry) -> bool:
    """Whether an echo is a copy of what we sent: by our key where it came back, else by the provider's id."""
    event = entry.event
    assert isinstance(event, Message)
    if event.echo is not None and event.echo.key:
        delivery = evidence.by_keys(db, gateway, [(event.endpoint, event.echo.key)]).get(
            (event.endpoint, event.echo.key)
        )
        if delivery is not None:
            evidence.prove_sent(db, delivery, event.account, event.id)
            return True
    return bool(events.find_refs(db, [(event.endpoint, event.id)]))


def hold_until(db: Any, entry: Entry) -> float | None:
    """Return until when an echo has to wait: an attempt that is open in its conversation may be what it copies."""
    if entry.conversation_id is None:
        return None
    pair = (entry.conversation_id, entry.event.endpoint)
    return time() + PATIENCE if deliveries.open_sends(db, [pair]) else None
