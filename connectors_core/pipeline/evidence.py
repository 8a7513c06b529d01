"""What settles an attempt from outside: a receipt or an echo that can only come of a message that was sent."""

from __future__ import annotations

from collections.abc import Iterable
from time import time
from typing import Any

from connectors_core.gateway import Gateway
from connectors_core.keys import Key
from connectors_core.store import deliveries, events, lanes


def by_keys(db: Any, gateway: Gateway, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Return the deliveries that keys name: (endpoint that gave the key back, key) -> delivery."""
    parsed = {pair: Key.parse(pair[1], gateway.store.installation) for pair in keys}
    # Locked: what a worker settles at this moment is seen as it then is.
    rows = deliveries.of_events(db, {key.event_id for key in parsed.values() if key}, lock=True)
    named = {(row.target, row.event_id, row.piece, row.generation): row for row in rows if row.verb == "send"}
    found = {}
    for pair, key in parsed.items():
        row = named.get((pair[0], key.event_id, key.piece, key.generation)) if key else None
        if row is not None:
            found[pair] = row
    return found


def prove_sent(db: Any, delivery: Any, account: str, external_id: str) -> None:
    """Store that a delivery is at its target under `external_id` ("" where it is not told), and end its uncertainty."""
    if external_id:
        ref = {"endpoint": delivery.target, "account": account, "external_id": external_id}
        events.add_refs(db, [{**ref, "event_id": delivery.event_id, "delivery_id": delivery.id}])
    if delivery.state in (deliveries.UNCERTAIN, deliveries.UNKNOWN):
        end = {
            "delivery": delivery.id,
            "new_state": deliveries.SENT,
            "settled": time(),
            "new_code": "",
            "new_reason": "",
        }
        deliveries.end(db, [end])
        lanes.wake(db, [delivery.lane_id], time())
