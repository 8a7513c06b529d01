"""Storing how calls ended: outcome, names, consequences, and what their lanes do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from time import time
from typing import Any

import attrs

from connectors_core.endpoint import Endpoint
from connectors_core.errors import Refused
from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.keys import Key
from connectors_core.model import (
    OTHER,
    OURS,
    ContactRef,
    ConversationRef,
    Done,
    Failure,
    Handover,
    HandoverAction,
    MessageRef,
    Origin,
    Outcome,
    ReceiptKind,
    Ref,
    codec,
)
from connectors_core.pipeline import incoming_receipts, serving
from connectors_core.pipeline.people import clean
from connectors_core.pipeline.reading import dump
from connectors_core.pipeline.receipts import News, NextId, advance, own_receipt
from connectors_core.store import (
    deliveries,
    events,
    is_unavailable,
    journal,
    lanes,
    openings,
    operations,
    people,
    receipts,
)
from connectors_core.store.deliveries import OPEN_STATES, SENT, UNKNOWN, WAITING
from connectors_core.switchboard import THEIRS
from connectors_core.worker.decisions import DELIVERED, Decision, after_error, is_proven, still_unknown
from connectors_core.worker.tasks import LeaseLost, Result, is_sent

LONGEST_REASON = 1000
"""Characters."""


@attrs.define
class Settlement:
    """What one transaction of the worker writes, and what its process has to know afterwards."""

    gateway: Gateway
    db: Any
    next_id: NextId
    worker: int
    worker_name: str
    sent: list[int] = attrs.field(factory=list)
    ends: list[dict[str, Any]] = attrs.field(factory=list)
    attempts: list[dict[str, Any]] = attrs.field(factory=list)
    refs: list[dict[str, Any]] = attrs.field(factory=list)
    names: list[tuple[people.Key, int]] = attrs.field(factory=list)
    failed: list[tuple[Any, Decision]] = attrs.field(factory=list)
    due: dict[int, float | None] = attrs.field(factory=dict)
    paced: dict[int, float] = attrs.field(factory=dict)
    used: list[tuple[int, str, int]] = attrs.field(factory=list)
    unused: list[int] = attrs.field(factory=list)
    pauses: dict[str, str] = attrs.field(factory=dict)
    woken: set[str] = attrs.field(factory=set)
    steps: list[serving.Step] = attrs.field(factory=list)


def settle(settlement: Settlement, results: Sequence[Result], decisions: Mapping[int, Decision]) -> None:
    """Store results whose lanes are still ours, and of the others what is known for certain."""
    db = settlement.db
    mine = lanes.still_mine(db, [result.task.claim for result in results], settlement.worker)
    rows = deliveries.by_id(db, [result.task.row.id for result in results], lock=True)
    unknown = {rows[id_].event_id for id_, decision in decisions.items() if decision.outcome is Outcome.UNKNOWN}
    named = events.named(db, unknown)
    for result in results:
        row, decision = rows[result.task.row.id], decisions[result.task.row.id]
        held = result.task.claim.lane in mine
        if held:
            settlement.paced[result.task.claim.lane] = _paced(result)
        settlement.names += _names(result.task.row, result.made)
        if row.settled_at is not None and row.state != UNKNOWN:
            # A receipt or an echo settled it meanwhile; what it is called and what followed is known here alone.
            if is_sent(result):
                _happened(settlement, result)
            continue
        if decision.outcome is Outcome.UNKNOWN and is_proven(row, named):
            decision = DELIVERED  # the evidence came while the call ran
        _spend(settlement, result, decision)
        current = row.attempts == result.task.attempt and row.state in OPEN_STATES and held
        if current or is_sent(result):
            _settle_one(settlement, result, decision)
            if not held:
                lanes.wake(db, [result.task.claim.lane], time())
    deliveries.end_sent(db, settlement.sent, time())
    deliveries.end(db, settlement.ends)
    deliveries.add_attempts(db, settlement.attempts)
    events.add_refs(db, settlement.refs)
    people.add_links(db, settlement.names)
    openings.use(db, settlement.used)
    openings.give_back(db, settlement.unused)
    for endpoint, reason in settlement.pauses.items():
        operations.pause(db, endpoint, "attention", reason)
    _tell(settlement)
    _release(settlement, mine)
    serving.keep(db, settlement.steps, settlement.next_id)


def _spend(settlement: Settlement, result: Result, decision: Decision) -> None:
    """Note whether the one answer that a window allows is out, or was thought to be and is not."""
    row = result.task.row
    if decision.outcome is not Outcome.NOT_SENT:
        settlement.used += [(row.conversation_id, result.answered, row.id)] if result.answered else []
    elif result.task.reconcile:
        settlement.unused.append(row.id)


def decide(result: Result, endpoint: Endpoint, gateway: Gateway) -> Decision:
    """Return what a result means, in words that may be stored and shown."""
    decision = _decide(result, endpoint, gateway)
    if not decision.reason:
        return decision
    # The other side's words: they may name a secret, and hold what no store keeps.
    reason = clean(gateway.redact(decision.reason))[:LONGEST_REASON]
    return attrs.evolve(decision, reason=reason, code=clean(decision.code)[:100])


def _decide(result: Result, endpoint: Endpoint, gateway: Gateway) -> Decision:
    if is_sent(result):
        return DELIVERED
    row, now = result.task.row, time()
    if result.reconciled is not None:
        base = Decision(
            outcome=Outcome.UNKNOWN, state=row.state, error=row.reason and "Uncertain", code=row.code, reason=row.reason
        )
        if result.reconciled.outcome is Outcome.NOT_SENT:
            return attrs.evolve(base, outcome=Outcome.NOT_SENT, state=WAITING, due=now)
        return still_unknown(base, endpoint, started_at=row.started_at, now=now)
    assert result.error is not None
    if result.task.reconcile:
        base = Decision(outcome=Outcome.UNKNOWN, state=row.state, error="Uncertain", code=row.code, reason=row.reason)
        return still_unknown(base, endpoint, started_at=row.started_at, now=now)
    if not result.prepared and not isinstance(result.error, Refused):
        return _unprepared(result.error, endpoint, now)
    return after_error(
        result.error,
        endpoint,
        gateway.settings.endpoints[endpoint.name].delivery,
        row,
        attempts=result.task.attempt,
        started_at=result.started_at,
        now=now,
    )


def _unprepared(error: Exception, endpoint: Endpoint, now: float) -> Decision:
    """Decide about a call that was never made, for a reason that its target has no part in."""
    base = Decision(outcome=Outcome.NOT_SENT, state=WAITING, due=now, error=type(error).__name__)
    if isinstance(error, LeaseLost):
        return attrs.evolve(base, reason="the worker lost its lease before the call")
    if is_unavailable(error):
        return attrs.evolve(base, due=now + 1.0, reason="the store could not be used before the call")
    text = f"{endpoint.name}: preparing the call failed with {type(error).__name__}; nothing was sent"
    return attrs.evolve(base, state=deliveries.DEAD, due=None, reason=text)


def _settle_one(settlement: Settlement, result: Result, decision: Decision) -> None:
    row, now = result.task.row, time()
    if decision.state == SENT:
        settlement.sent.append(row.id)
    else:
        settlement.ends.append(
            {
                "delivery": row.id,
                "new_state": decision.state,
                "settled": now if decision.settled else None,
                "new_code": decision.code,
                "new_reason": decision.reason,
            }
        )
    settlement.attempts.append(
        {
            "delivery_id": row.id,
            "number": result.task.attempt,
            "started_at": result.started_at,
            "ended_at": result.ended_at,
            "outcome": decision.outcome,
            "error": decision.error,
            "code": decision.code,
            "reason": decision.reason,
            "worker": settlement.worker_name,
        }
    )
    settlement.due[result.task.claim.lane] = decision.due
    _tell_control(settlement, result, decision)
    if decision.pause:
        settlement.pauses[row.target] = decision.reason
    if decision.state == SENT:
        _happened(settlement, result)
    elif decision.settled and decision.state != UNKNOWN and row.verb == "send":
        settlement.failed.append((row, decision))


def _tell_control(settlement: Settlement, result: Result, decision: Decision) -> None:
    """Journal what a call showed of the thread at its platform, where that is not what was believed."""
    row, home = result.task.row, result.task.home
    if not result.task.is_home or not decision.settled or row.verb not in ("send", "hand_over"):
        return
    if decision.error == "NotInControl" and result.prepared:
        owner = OTHER
    elif row.verb == "hand_over" and decision.state in (deliveries.REFUSED, deliveries.DEAD):
        owner = row.source
    elif row.verb == "send" and decision.state == SENT and home.held == THEIRS:
        owner = OURS
    else:
        return
    news = Handover(
        endpoint=row.target,
        account=home.account,
        id=f"found:{row.id}",
        at=datetime.fromtimestamp(result.started_at, UTC),
        action=HandoverAction.TAKE,
        origin=Origin.SYSTEM,
        new_owner=owner,
        summary=decision.reason,
        conversation=ConversationRef(endpoint=home.endpoint, account=home.account, id=home.external_id),
    )
    arrival = journal.Arrival(source=row.target, endpoint=row.target, kind=journal.DONE, body=dump([news]))
    journal.append(settlement.db, [arrival], PROGRAM)
    settlement.woken.add(row.target)


def _happened(settlement: Settlement, result: Result) -> None:
    """Store what it is called there, and journal what happened there as a consequence."""
    row = result.task.row
    done = result.done or (result.reconciled.done if result.reconciled else Done())
    settlement.names += _names(row, done.refs)
    settlement.refs += [
        {
            "endpoint": ref.endpoint,
            "account": ref.account,
            "external_id": ref.id,
            "event_id": row.event_id,
            "delivery_id": row.id,
        }
        for ref in done.refs
        if isinstance(ref, MessageRef)
    ]
    if result.task.is_home and row.verb == "send":
        step = serving.answered(row, codec.loads(row.document), result.started_at)
        settlement.steps += [step] if step is not None else []
    if done.events:
        key = str(Key(settlement.gateway.store.installation, row.event_id, row.piece, row.generation))
        named = [
            attrs.evolve(event, id=f"{key}/{number}", endpoint=row.target)
            for number, event in enumerate(done.events, 1)
        ]
        arrival = journal.Arrival(source=row.target, endpoint=row.target, kind=journal.DONE, body=dump(named))
        journal.append(settlement.db, [arrival], PROGRAM)


def _names(row: Any, refs: Iterable[Ref]) -> Iterable[tuple[people.Key, int]]:
    """Yield what the contact and the conversation of a delivery are called at its target."""
    for ref in refs:
        if not isinstance(ref, ContactRef | ConversationRef):
            continue
        contact = isinstance(ref, ContactRef)
        noun, local = (people.CONTACT, row.contact_id) if contact else (people.CONVERSATION, row.conversation_id)
        if local is not None:
            yield from (((noun, ref.endpoint, ref.account, name), local) for name in (ref.id, *ref.aliases))


def _tell(settlement: Settlement) -> None:
    """Move the status of messages: what failed here for good, and receipts that came before their send was stored."""
    db, gateway = settlement.db, settlement.gateway
    keys = [(ref["endpoint"], ref["external_id"]) for ref in settlement.refs]
    early = receipts.waiting_for(db, keys)
    if early:
        settlement.woken |= incoming_receipts.join_late(db, gateway, early, settlement.next_id)
    news: list[News] = []
    messages = events.by_id(db, {row.event_id for row, _ in settlement.failed})
    for row, decision in settlement.failed:
        if row.source != messages[row.event_id].endpoint:
            continue  # a copy: the message itself is with the person all the same
        failure = Failure(code=decision.code or decision.state, title=decision.reason)
        one = own_receipt(db, gateway, row, messages[row.event_id], ReceiptKind.FAILED, failure, settlement.next_id)
        if one is not None:
            news.append(one)
    settlement.woken |= advance(db, gateway, news, settlement.next_id)


def _release(settlement: Settlement, mine: set[int]) -> None:
    """Give the lanes back: due when their head is, or without work."""
    if not mine:
        return
    heads = deliveries.heads(settlement.db, mine)
    open_heads = {end["delivery"] for end in settlement.ends if end["settled"] is None}
    now = time()
    rows = []
    for lane in mine:
        paced = settlement.paced.get(lane, 0.0)
        head = heads.get(lane)
        if head is None:
            due = None
        elif head in open_heads:
            due = max(settlement.due.get(lane) or now, paced)
        else:
            due = max(now, paced)
        rows.append((lane, due, paced))
    lanes.release(settlement.db, rows)


def _paced(result: Result) -> float:
    """Return when the next message to this person may go, after one that went now."""
    pace = result.task.endpoint.manifest.pace
    before = result.task.claim.paced
    if pace is None or not pace.pair_every or result.task.row.verb != "send" or result.error is not None:
        return before
    return max(before, time() - (pace.pair_burst - 1) * pace.pair_every) + pace.pair_every
