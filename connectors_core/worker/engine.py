"""The worker's loop: one thread owns the store, each endpoint's own threads make its calls.

Every round is one transaction: it stores the results that came in, gives their lanes back, and claims and starts what
is due. Under load a round carries many calls, so that a commit costs each of them little; idle, it carries one.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial
from time import monotonic, sleep, time
from typing import Any

import attrs

from connectors_core.endpoint import Endpoint
from connectors_core.gateway import Gateway
from connectors_core.pipeline.batch import id_source
from connectors_core.policy.state import openings_of
from connectors_core.store import deliveries, is_unavailable, lanes, merges, operations, people
from connectors_core.store.deliveries import STARTED, UNCERTAIN, WAITING
from connectors_core.store.lanes import Claim
from connectors_core.worker import housekeeping, pacing
from connectors_core.worker.decisions import Decision, still_unknown
from connectors_core.worker.gates import Gate
from connectors_core.worker.pool import PATIENCE
from connectors_core.worker.presence import Presence
from connectors_core.worker.settling import Settlement, decide, settle
from connectors_core.worker.tasks import Result, Task, run

log = logging.getLogger(__name__)

LONGEST_SLEEP = 1.0
"""Seconds after which the worker looks by itself, should a wake-up have been lost."""
GATHER = 0.05
"""Seconds for which a result waits at most for others to be stored with it."""
AHEAD = 0.25
"""Seconds of work claimed in advance for an endpoint where a repetition does no harm, so that a round carries many.

Elsewhere a claim waits for a free thread: were the worker killed, everything claimed would have an unknown outcome.
"""
LOCKED_PAUSE = 0.05
"""Seconds to wait before a lane that another transaction holds is looked at again."""
STORE_PAUSE = 0.5
"""Seconds to wait before a store that could not be used is tried again."""


@attrs.frozen
class _Round:
    """What one transaction settled and started."""

    now: float
    results: list[Result]
    decisions: dict[int, Decision]
    freed: dict[str, list[bool]]
    pauses: dict[str, str]
    claims: list[Claim]
    tasks: list[Task]


class Worker:
    """Delivers what is due to all endpoints of a gateway, until `stop`."""

    def __init__(self, gateway: Gateway, presence: Presence, *, deliver: bool = True) -> None:
        """Make a gate for each endpoint; without `deliver` only the housekeeping is done here."""
        self.gateway = gateway
        self._deliver = deliver
        self.presence = presence
        self._calm = threading.Event()
        self._calm.set()
        self.gates = {
            name: Gate(
                name, one.delivery, self._calm, ahead=AHEAD if gateway.endpoints[name].abilities.idempotent else 0.0
            )
            for name, one in gateway.settings.endpoints.items()
        }
        self._results: deque[Result] = deque()
        self._unsettled: list[Result] = []
        self._wake = threading.Event()
        self._stopping = False
        self._next_due = 0.0
        self._next_sweep = 0.0
        self._busy: set[int] = set()
        self._doubtful = False

    def wake(self, _targets: set[str] | None = None) -> None:
        """Say that there may be new work."""
        self._next_due = 0.0
        self._wake.set()

    def stop(self) -> None:
        """Start no more calls; `run` ends when those that run have ended."""
        self._stopping = True
        self._wake.set()

    def run(self) -> None:
        """Work until stopped, whatever the store does meanwhile."""
        troubled = False
        while not (self._stopping and not self._in_flight()):
            try:
                self.round()
                troubled = False
            except Exception as error:
                # Results stay in memory until a transaction has stored them: nothing that happened is forgotten.
                self._doubtful = True
                if not is_unavailable(error):
                    log.exception("a round of the worker failed; it is tried again")
                elif not troubled:
                    log.warning(
                        "the store cannot be used now (%s); the worker goes on when it can", type(error).__name__
                    )
                troubled = True
                sleep(STORE_PAUSE)
        for gate in self.gates.values():
            gate.pool.close()

    def _in_flight(self) -> int:
        return sum(gate.in_flight for gate in self.gates.values()) + len(self._results) + len(self._unsettled)

    def round(self) -> None:
        """Wait for something to do, and do it."""
        growing = sum(gate.pool.grow() for gate in self.gates.values())
        if not self._results and not self._unsettled:
            # A result or a wake-up may arrive at any moment; without either, sleep until the next head is due.
            due = self._next_due if self._deliver else self._next_sweep
            longest = PATIENCE if growing else LONGEST_SLEEP
            self._wake.wait(max(0.0, min(due - time(), longest)))
        self._gather()
        self._wake.clear()
        if not self.presence.beat():
            self.presence.rejoin()
        if time() >= self._next_sweep:
            self._next_sweep = time() + 1.0
            if housekeeping.sweep(self.gateway, self.presence):
                self._next_due = 0.0
        self._take_results()
        idle = not self._unsettled and not self._doubtful
        if idle and (self._stopping or not self._deliver or not self._anything_due()):
            return
        self._transact()

    def _gather(self) -> None:
        """Let half of what is claimed come in: a round costs little more for many results than for one."""
        until = monotonic() + GATHER
        while self._results and not self._stopping and monotonic() < until:
            if 2 * len(self._results) >= sum(gate.in_flight for gate in self.gates.values()):
                return
            sleep(GATHER / 10)

    def _anything_due(self) -> bool:
        """Look without writing; remember when to look again."""
        now = time()
        with self.gateway.store.read() as db:
            self._read_pauses(db)
            free = [name for name, gate in self.gates.items() if gate.free(now)]
            due = lanes.next_due(db, free)
        reopening = [moment for gate in self.gates.values() if (moment := gate.opens_at(now)) is not None]
        self._next_due = min([*due.values(), *reopening], default=now + LONGEST_SLEEP)
        return self._next_due <= now

    def _read_pauses(self, db: Any) -> None:
        states = operations.states(db)
        for name, gate in self.gates.items():
            gate.paused = name in states and states[name].paused_at is not None

    def _transact(self) -> None:
        with self.gateway.store.write() as db:
            self._calm.clear()
            try:
                # Taken now: calls went on while the lock was waited for.
                self._take_results()
                done = self._settle_and_start(db, self._unsettled, time())
            finally:
                self._calm.set()
        self._unsettled = []
        self._doubtful = False
        self._follow_up(done)

    def _take_results(self) -> None:
        while self._results:
            self._unsettled.append(self._results.popleft())

    def _settle_and_start(self, db: Any, results: list[Result], now: float) -> _Round:
        decisions = {one.task.row.id: decide(one, one.task.endpoint, self.gateway) for one in results}
        # Gates that the results will open count as open for this claim: their threads are free already.
        freed: dict[str, list[bool]] = {}
        for result in results:
            freed.setdefault(result.task.row.target, []).append(decisions[result.task.row.id].unreachable)
            if (slow_down := decisions[result.task.row.id].slow_down) is not None:
                self.gates[result.task.row.target].close_until(slow_down)
        settlement = Settlement(self.gateway, db, id_source(self.gateway, db), self.presence.id, self.presence.name)
        if results:
            settle(settlement, results, decisions)
        if self._doubtful:
            self._drop_lost_claims(db, self._busy - {result.task.claim.lane for result in results})
        claims = [] if self._stopping or not self._deliver else self._claim(db, freed, decisions, now)
        tasks = self._start(db, claims, now)
        if settlement.woken or any(result.done and result.done.events for result in results):
            self.gateway.store.announce(db)
        return _Round(now, results, decisions, freed, settlement.pauses, claims, tasks)

    def _follow_up(self, done: _Round) -> None:
        """Do what the committed round asks for."""
        for result in done.results:
            self._after(result, done.decisions[result.task.row.id], done.now)
        for name, ended in done.freed.items():
            self.gates[name].counted(len(ended), done.now)
        for endpoint, reason in done.pauses.items():
            self.gates[endpoint].paused = True
            log.error("%s is paused until a human resumes it: %s", endpoint, reason)
        for task in done.tasks:
            self._submit(task)
        # What is due and was not claimed is locked by somebody: looking again at once would only burn the machine.
        self._next_due = 0.0 if done.results or done.claims else done.now + LOCKED_PAUSE

    def _drop_lost_claims(self, db: Any, running: set[int]) -> None:
        """Give back lanes that are ours in the store and of which no call runs.

        A commit whose answer was lost may have claimed them: the calls were never made, so nothing is unknown.
        """
        lost = [lane for lane in lanes.held_by(db, self.presence.id) if lane not in running]
        heads = deliveries.heads(db, lost)
        started = [row for row in deliveries.by_id(db, heads.values(), lock=True).values() if row.state == STARTED]
        waiting = {"new_state": WAITING, "settled": None, "new_code": "", "new_reason": ""}
        deliveries.end(db, [{"delivery": row.id, **waiting} for row in started])
        lanes.free(db, [lane for lane in lost if lane in heads], time())
        lanes.free(db, [lane for lane in lost if lane not in heads], None)

    def _after(self, result: Result, decision: Decision, now: float) -> None:
        gate = self.gates[result.task.row.target]
        gate.in_flight -= 1
        self._busy.discard(result.task.claim.lane)
        gate.answered(unreachable=decision.unreachable, now=now)

    def _claim(self, db: Any, freed: dict[str, list[bool]], decisions: dict[int, Decision], now: float) -> list[Claim]:
        """Claim what is due, as much as gates and paces allow."""
        wanted = {}
        for name, gate in self.gates.items():
            free = gate.free(now, ended=freed.get(name, []))
            if free:
                wanted[name] = free
        if any(decision.pause for decision in decisions.values()):
            self._read_pauses(db)
            wanted = {name: free for name, free in wanted.items() if not self.gates[name].paused}
        claims = lanes.claim(db, wanted, self.presence.id, now)
        return pacing.hold_back(db, self.gateway, self.gates, claims, now)

    def _start(self, db: Any, claims: Sequence[Claim], now: float) -> list[Task]:
        by_lane = {claim.lane: claim for claim in claims}
        heads = deliveries.heads(db, by_lane)
        rows = deliveries.with_events(db, heads.values())
        lanes.release(db, [(lane, None, claim.paced) for lane, claim in by_lane.items() if lane not in heads])
        names = _names(db, rows, self.gateway.endpoints)
        tasks: list[Task] = []
        for row in rows:
            endpoint = self.gateway.endpoints[row.target]
            reconcile = row.state == UNCERTAIN
            if row.waits is not None and row.waits > now:
                claim = by_lane[row.lane_id]
                lanes.release(db, [(claim.lane, row.waits, claim.paced)])
                continue
            if reconcile and "reconcile" not in endpoint.verbs:
                self._look_later(db, by_lane[row.lane_id], row, now)
                continue
            tasks.append(
                Task(claim=by_lane[row.lane_id], row=row, endpoint=endpoint, reconcile=reconcile, **names[row.id])
            )
        deliveries.start(db, [task.row.id for task in tasks if not task.reconcile], now)
        return tasks

    def _look_later(self, db: Any, claim: Claim, row: Any, now: float) -> None:
        """Nobody can be asked about this attempt: wait on for its receipt or echo, or list it."""
        base = Decision(outcome="unknown", state=UNCERTAIN, reason=row.reason)  # type: ignore[arg-type]
        decision = still_unknown(base, self.gateway.endpoints[row.target], started_at=row.started_at, now=now)
        settled = now if decision.settled else None
        end = {
            "delivery": row.id,
            "new_state": decision.state,
            "settled": settled,
            "new_code": row.code,
            "new_reason": row.reason,
        }
        deliveries.end(db, [end])
        more = row.lane_id in deliveries.heads(db, [row.lane_id])
        lanes.release(db, [(claim.lane, (decision.due or now) if more else None, claim.paced)])

    def _submit(self, task: Task) -> None:
        gate = self.gates[task.row.target]
        gate.in_flight += 1
        self._busy.add(task.claim.lane)
        gate.pool.submit(partial(self._call, task))

    def _call(self, task: Task) -> None:
        self._results.append(run(self.gateway, task, self.presence.alive))
        self._wake.set()


def _names(db: Any, rows: Sequence[Any], endpoints: Mapping[str, Endpoint]) -> dict[int, dict[str, Any]]:
    """Return what the conversation and the contact of each delivery are called at its target, and its window."""
    conversations = people.conversations_by_id(
        db, {row.conversation_id for row in rows if row.conversation_id is not None}
    )
    local = {(id_, row.target) for row in rows for id_ in (row.conversation_id, row.contact_id) if id_ is not None}
    links = people.names_at(db, local)
    named = {(row.contact_id, row.target) for row in rows if row.contact_id is not None}
    links |= merges.names_at(db, named - links.keys())
    targets = {row.target for row in rows}
    homes = [home for home in conversations.values() if home.endpoint in targets]
    opened = openings_of(db, homes, endpoints)
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        home = conversations.get(row.conversation_id)
        found[row.id] = {
            "conversation": links.get((row.conversation_id, row.target)),
            "contact": links.get((row.contact_id, row.target)),
            "home": home,
        }
        if home is not None and home.endpoint == row.target:
            # At home the conversation is called by the identity that wrote last: replies go back to it.
            found[row.id] |= {"conversation": (home.account, home.external_id), "openings": opened[home.id]}
    return found
