"""What a dead worker left: its lanes are freed, and its started attempts are judged."""

from __future__ import annotations

import logging
from time import time
from typing import Any

from connectors_core.gateway import Gateway
from connectors_core.model import Outcome
from connectors_core.store import deliveries, events, lanes, media, operations, profiles, templates
from connectors_core.store.deliveries import SENT, STARTED, WAITING
from connectors_core.worker.decisions import Decision, is_passing, is_proven, is_repeatable, still_unknown

log = logging.getLogger(__name__)

REASON = "the worker died during the call; whether it took effect is not known"


def bury(db: Any, gateway: Gateway, worker: int) -> int:
    """Free what a dead worker held; return how many lanes that were."""
    held = lanes.held_by(db, worker)
    heads = deliveries.heads(db, held)
    ends, attempts, due = [], [], dict.fromkeys(held, time())
    rows = deliveries.by_id(db, heads.values(), lock=True).values()
    told = {row.event_id for row in rows}
    named, documents = events.named(db, told), events.by_id(db, told)
    for row in rows:
        if row.state != STARTED:
            continue
        document = documents[row.event_id].document
        decision = _judge(gateway, row, document, proven=is_proven(row, named))
        due[row.lane_id] = decision.due if decision.due is not None else time()
        ends.append(
            {
                "delivery": row.id,
                "new_state": decision.state,
                "settled": time() if decision.settled else None,
                "new_code": "",
                "new_reason": decision.reason,
            }
        )
        attempts.append(
            {
                "delivery_id": row.id,
                "number": row.attempts,
                "started_at": row.started_at,
                "ended_at": time(),
                "outcome": decision.outcome,
                "error": "WorkerDied",
                "code": "",
                "reason": decision.reason,
                "worker": str(worker),
            }
        )
    deliveries.end(db, ends)
    deliveries.add_attempts(db, attempts)
    settled = {end["delivery"] for end in ends if end["settled"] is not None}
    after = deliveries.heads(db, held)
    for lane in held:
        if lane not in after:
            lanes.free(db, [lane], None)
        else:
            lanes.free(db, [lane], time() if heads.get(lane) in settled else due[lane])
    media.free(db, worker)
    templates.free(db, worker)
    profiles.free(db, worker)
    operations.leave(db, worker)
    log.warning("a worker has died: %d lanes go on, %d of its calls have an unknown outcome", len(held), len(attempts))
    return len(held)


def _judge(gateway: Gateway, row: Any, document: str, *, proven: bool) -> Decision:
    """Decide about an attempt that was started and whose worker is gone."""
    if proven:
        # A receipt or an echo came for it, so the provider has it.
        return Decision(outcome=Outcome.SENT, state=SENT)
    base = Decision(outcome=Outcome.UNKNOWN, state=STARTED, reason=REASON)
    endpoint = gateway.endpoints.get(row.target)
    if endpoint is None:
        return Decision(outcome=Outcome.UNKNOWN, state=deliveries.UNKNOWN, reason=REASON)
    if is_repeatable(endpoint, row.verb, document, row.attempts):
        return Decision(outcome=Outcome.UNKNOWN, state=WAITING, due=time(), reason=REASON)
    if is_passing(row.verb, document):
        return Decision(outcome=Outcome.UNKNOWN, state=deliveries.UNKNOWN, reason=REASON)
    return still_unknown(base, endpoint, started_at=row.started_at, now=time())
