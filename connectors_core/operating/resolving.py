"""Settling an attempt whose outcome nobody else can tell: a human looked, and says it."""

from __future__ import annotations

from time import time
from typing import Any

from connectors_core.errors import ConnectorsError
from connectors_core.gateway import Gateway
from connectors_core.model import Outcome, ReceiptKind
from connectors_core.pipeline.batch import id_source
from connectors_core.pipeline.receipts import advance, own_receipt
from connectors_core.store import deliveries, events, lanes, openings
from connectors_core.store.deliveries import SENT, UNCERTAIN, UNKNOWN

REASON = "settled by a human"


def resolve(gateway: Gateway, delivery_id: int, *, sent: bool) -> None:
    """Settle an `unknown` or `uncertain` delivery; raise ConnectorsError when it is neither.

    `sent`: it is there, and the status of its message moves. Else it goes out under the same key as before.
    """
    with gateway.store.write() as db:
        known = deliveries.by_id(db, [delivery_id]).get(delivery_id)
        if known is None:
            raise ConnectorsError(f"there is no delivery {delivery_id}")
        # The lane is locked before the delivery, as the worker does.
        if known.state == UNCERTAIN and lanes.is_held(db, known.lane_id):
            raise ConnectorsError(f"{known.target} is being asked about delivery {delivery_id} just now; try again")
        row = deliveries.by_id(db, [delivery_id], lock=True)[delivery_id]
        if row.state not in (UNKNOWN, UNCERTAIN):
            raise ConnectorsError(f"delivery {delivery_id} is {row.state}: there is nothing to resolve")
        _note(db, row, sent=sent)
        if sent:
            end = {"delivery": row.id, "new_state": SENT, "settled": time(), "new_code": "", "new_reason": ""}
            deliveries.end(db, [end])
            _tell(gateway, db, row)
        else:
            if row.target not in gateway.endpoints:
                raise ConnectorsError(f"the settings have no endpoint {row.target} any more: nothing can be sent there")
            deliveries.reopen(db, row.id)
            openings.give_back(db, [row.id])
            lanes.enqueue(db, {row.lane_id: row.target}, time())
        lanes.wake(db, [row.lane_id], time())
        gateway.store.announce(db)


def _note(db: Any, row: Any, *, sent: bool) -> None:
    """Keep among the attempts that it was a human who knew."""
    attempt = {
        "delivery_id": row.id,
        "number": row.attempts,
        "started_at": row.started_at or row.created_at,
        "ended_at": time(),
        "outcome": Outcome.SENT if sent else Outcome.NOT_SENT,
        "error": "",
        "code": "",
        "reason": REASON,
        "worker": "",
    }
    deliveries.add_attempts(db, [attempt])


def _tell(gateway: Gateway, db: Any, row: Any) -> None:
    """Move the status of the message to sent, and tell its writer."""
    if row.verb != "send" or row.target not in gateway.endpoints:
        return
    message = events.by_id(db, [row.event_id])[row.event_id]
    next_id = id_source(gateway, db)
    news = own_receipt(db, gateway, row, message, ReceiptKind.SENT, None, next_id)
    if news is not None:
        advance(db, gateway, [news], next_id)
