"""What opened the windows of conversations, as the store has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from connectors_core.endpoint import Endpoint
from connectors_core.policy.windows import MESSAGE, Opening, Openings
from connectors_core.store import openings


def openings_of(db: Any, conversations: Sequence[Any], endpoints: Mapping[str, Endpoint]) -> Mapping[int, Openings]:
    """Return by id what opened the windows of conversation rows; what no window of their endpoint asks is left out."""
    homes = {row.endpoint for row in conversations} & endpoints.keys()
    asked = {name for name in homes if endpoints[name].policy.openers - {MESSAGE}}
    others = openings.of_conversations(db, [row.id for row in conversations if row.endpoint in asked])
    found: dict[int, Openings] = {}
    for row in conversations:
        known: dict[str, Opening] = {}
        for one in reversed(others.get(row.id, ())):
            before = known.get(one.opener)
            earlier = (*before.before, attrs.evolve(before, before=())) if before else ()
            known[one.opener] = Opening(_at(one.at), one.message, one.used_by is not None, earlier)
        if row.last_in_at is not None:
            known[MESSAGE] = Opening(_at(row.last_in_at))
        found[row.id] = known
    return found


def _at(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
