"""Keeping to the pace of each endpoint, for all workers together (generic cell rate algorithm)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors_core.gateway import Gateway
from connectors_core.manifest import Pace
from connectors_core.store import lanes, operations
from connectors_core.store.lanes import Claim
from connectors_core.worker.gates import Gate


def pace_of(gateway: Gateway, endpoint: str) -> Pace | None:
    """Return the pace of an endpoint: of its settings, else of its manifest."""
    return gateway.settings.endpoints[endpoint].delivery.pace or gateway.endpoints[endpoint].manifest.pace


def hold_back(db: Any, gateway: Gateway, gates: Mapping[str, Gate], claims: Sequence[Claim], now: float) -> list[Claim]:
    """Return the claims that may start now; give the others back and close their gates for as long as it takes."""
    by_target: dict[str, list[Claim]] = {}
    for claim in claims:
        by_target.setdefault(claim.target, []).append(claim)
    paced = {name: pace for name in by_target if (pace := pace_of(gateway, name)) is not None}
    if not paced:
        return list(claims)
    before = operations.paces(db, paced)
    after: dict[str, float] = {}
    kept: list[Claim] = []
    for name, mine in by_target.items():
        pace = paced.get(name)
        if pace is None:
            kept += mine
            continue
        base = max(before[name], now - pace.burst / pace.rate)
        allowed = max(0, int((now - base) * pace.rate + 1e-6))
        kept += mine[:allowed]
        after[name] = base + min(allowed, len(mine)) / pace.rate
        if len(mine) > allowed:
            lanes.release(db, [(claim.lane, now, claim.paced) for claim in mine[allowed:]])
            gates[name].close_until(after[name] + 1 / pace.rate)
    operations.set_paces(db, after)
    return kept
