"""What happens after an attempt, as a value: no clock, no store, no network."""

from __future__ import annotations

import random
from collections.abc import Container
from typing import Any

import attrs

from connectors_core.endpoint import Endpoint
from connectors_core.errors import (
    ConnectorsError,
    NeedsAttention,
    RateLimited,
    Refused,
    Retry,
    Unreachable,
)
from connectors_core.model import Activity, ActivityKind, Message, Outcome, codec
from connectors_core.settings.model import Delivery
from connectors_core.store.deliveries import DEAD, REFUSED, SENT, UNCERTAIN, UNKNOWN, WAITING

RECONCILE = (5.0, 30.0, 120.0)
"""Seconds after the start of an attempt whose outcome is unknown, at which `reconcile` is asked."""


PASSING_TRIES = 3
"""How often a receipt or a sign of life is told whose outcome stays unknown; then its lane goes on."""

_PASSING = {ActivityKind.TYPING, ActivityKind.SEEN}


@attrs.frozen(kw_only=True)
class Decision:
    """`state` of the delivery, `due` of its lane's head (Unix seconds, None when it is settled), and why."""

    outcome: Outcome
    state: str
    due: float | None = None
    error: str = ""
    code: str = ""
    reason: str = ""
    pause: bool = False
    """A human has to mend the credentials first."""
    slow_down: float | None = None
    """The whole endpoint waits until then."""
    unreachable: bool = False
    """Counts towards the breaker."""

    @property
    def settled(self) -> bool:
        """Whether the lane goes on without this delivery."""
        return self.state in (SENT, REFUSED, DEAD, UNKNOWN)


DELIVERED = Decision(outcome=Outcome.SENT, state=SENT)


def is_proven(row: Any, named: Container[int]) -> bool:
    """Whether a receipt or an echo showed that a delivery arrived; `named` are those that have a name at their target.

    The status of what tells a receipt is that receipt, which proves nothing.
    """
    return (row.verb == "send" and row.status is not None) or row.id in named


def is_repeatable(endpoint: Endpoint, verb: str, document: str, attempts: int) -> bool:
    """Whether to do again what was perhaps done, instead of waiting for news of it.

    The abilities of the endpoint may say that it harms nobody. A receipt, a link or a sign of life says the same
    however often it is told; but no words wait for long behind one that cannot be told. `document` is the event's.
    """
    if endpoint.abilities.idempotent:
        return True
    return attempts < PASSING_TRIES and is_passing(verb, document)


def is_passing(verb: str, document: str) -> bool:
    """Whether a delivery tells a receipt, a link or a sign of life, and no words."""
    if verb != "send":
        return verb in ("acknowledge", "link_account")
    event = codec.loads(document)
    parts = event.parts if isinstance(event, Message) else ()
    return bool(parts) and all(isinstance(part, Activity) and part.kind in _PASSING for part in parts)


def after_error(
    error: Exception,
    endpoint: Endpoint,
    settings: Delivery,
    row: Any,
    *,
    attempts: int,
    started_at: float,
    now: float,
) -> Decision:
    """Decide what follows an attempt at a delivery that raised `error`; `row` holds its verb, document and age."""
    known = error if isinstance(error, ConnectorsError) else None
    name = type(error).__name__
    reason = known.text if known else f"{endpoint.name} failed with {name}, a defect of its connector"
    code = "" if known is None or known.code is None else str(known.code)
    base = Decision(outcome=Outcome.NOT_SENT, state=WAITING, error=name, code=code, reason=reason)
    if isinstance(error, Refused):
        return attrs.evolve(base, state=REFUSED)
    if isinstance(error, NeedsAttention):
        return attrs.evolve(base, due=now, pause=True)
    if isinstance(error, Retry):
        return _again(base, error, settings, attempts, row.created_at, now)
    # Everything else may have happened, a defect of the connector included: it may have failed after its request.
    if is_repeatable(endpoint, row.verb, row.document, attempts):
        maybe = Unreachable(reason, code=code)
        return attrs.evolve(_again(base, maybe, settings, attempts, row.created_at, now), outcome=Outcome.UNKNOWN)
    if is_passing(row.verb, row.document):
        return attrs.evolve(base, outcome=Outcome.UNKNOWN, state=UNKNOWN)
    return still_unknown(attrs.evolve(base, outcome=Outcome.UNKNOWN), endpoint, started_at=started_at, now=now)


def still_unknown(base: Decision, endpoint: Endpoint, *, started_at: float, now: float) -> Decision:
    """Wait for the next look, or list the delivery for a human when nothing can settle it any more."""
    if "reconcile" not in endpoint.verbs and not endpoint.abilities.reports and not endpoint.abilities.echoes:
        return attrs.evolve(base, state=UNKNOWN, due=None)
    due = next((started_at + wait for wait in RECONCILE if started_at + wait > now), None)
    return attrs.evolve(base, state=UNKNOWN if due is None else UNCERTAIN, due=due)


def _again(base: Decision, error: Retry, settings: Delivery, attempts: int, created_at: float, now: float) -> Decision:
    wait = error.after if error.after is not None else backoff(settings, attempts)
    if isinstance(error, RateLimited):
        wait = min(wait * error.growth ** min(attempts - 1, 30), max(wait, settings.retry_longest))
    unreachable = isinstance(error, Unreachable)
    if now + wait - created_at > settings.give_up_after.total_seconds():
        text = f"{base.reason}; given up after {settings.give_up_after}"
        return attrs.evolve(base, state=DEAD, reason=text, unreachable=unreachable)
    whole = isinstance(error, RateLimited) and error.scope == "account"
    return attrs.evolve(base, due=now + wait, slow_down=now + wait if whole else None, unreachable=unreachable)


def backoff(settings: Delivery, attempts: int) -> float:
    """Return seconds to wait after so many attempts: doubled each time, bounded, with jitter of a half."""
    longest = min(settings.retry_first * 2.0 ** min(attempts - 1, 30), settings.retry_longest)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, protects nothing
