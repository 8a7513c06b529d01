"""What has to be looked at now and then: the dead, late receipts, what waited for its conversation or its message."""

from __future__ import annotations

from time import time
from typing import Any

from connectors_core.gateway import Gateway
from connectors_core.linking.limits import KEPT
from connectors_core.pipeline import incoming_receipts, telling
from connectors_core.pipeline.batch import id_source
from connectors_core.pipeline.storing import deliver, give_back, store_late
from connectors_core.store import deliveries, events, lanes, linkings, receipts
from connectors_core.worker import copies
from connectors_core.worker.burial import bury
from connectors_core.worker.presence import Presence

PACE_MEMORY = 3600.0
"""Seconds for which the pace of a lane without work is remembered: longer than any burst takes to be paid back."""


def sweep(gateway: Gateway, presence: Presence) -> set[str]:
    """Do one round in one transaction; return the endpoints that have new work."""
    woken: set[str] = set()
    with gateway.store.write() as db:
        for worker in presence.dead(db):
            bury(db, gateway, worker)
            woken |= set(gateway.endpoints)
        late = receipts.found_late(db)
        if late:
            woken |= incoming_receipts.join_late(db, gateway, late, id_source(gateway, db))
        proven = receipts.sent_late(db)
        if proven:
            woken |= incoming_receipts.apply_late(db, gateway, proven, id_source(gateway, db))
        receipts.give_up(db, time())
        lanes.forget_idle(db, time() - PACE_MEMORY)
        woken |= store_late(gateway, db)
        woken |= release_echoes(db, gateway)
        woken |= give_back(gateway, db)
        linkings.sweep(db, time() - KEPT)
        woken |= telling.sweep(gateway, db, id_source(gateway, db))
    return woken


def release_echoes(db: Any, gateway: Gateway) -> set[str]:
    """End the waiting of echoes: ours are known by now, the others are messages of the native app."""
    held = events.held(db)
    if not held:
        return set()
    ours = copies.claim(db, gateway, held)
    events.let_go(db, ours)
    held = [row for row in held if row.id not in ours]
    # In this order: an attempt that is settled between the two questions has left its name by the second.
    still_open = deliveries.open_sends(db, {(row.conversation_id, row.endpoint) for row in held})
    own = events.find_refs(db, {(row.endpoint, row.external_id) for row in held})
    now = time()
    gone, foreign = [], []
    for row in held:
        if (row.endpoint, row.external_id) in own:
            gone.append(row.id)
        elif (row.conversation_id, row.endpoint) not in still_open or row.held_until < now:
            foreign.append(row)
    events.let_go(db, [*gone, *(row.id for row in foreign)])
    return deliver(gateway, db, foreign, live=True)
