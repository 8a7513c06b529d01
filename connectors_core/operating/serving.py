"""Service figures from the store: for the command line, the pages and mapped fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from time import time

from connectors_core.gateway import Gateway
from connectors_core.service import Figures, Ledger, figures
from connectors_core.store import figures as store

DAY = 86400.0
LONGEST = 366
"""Days that are looked at at once."""


def report(
    gateway: Gateway, *, days: int, by: str, channels: Sequence[str] | None = None, zone: tzinfo = UTC
) -> list[Figures]:
    """Return the figures of the last `days`, of all channels or of these: first of all, then by `by`."""
    now = time()
    since = now - min(days, LONGEST) * DAY
    with gateway.store.read() as db:
        rows = (store.opened_between(db, since, now), store.asked_between(db, since, now))
        rated = store.rated_between(db, since, now)
    wanted = None if channels is None else set(channels)
    cases, answers, ratings = (
        [row for row in found if wanted is None or row.channel in wanted] for found in (*rows, rated)
    )
    return figures(Ledger(cases=cases, answers=answers, ratings=ratings), by, now, zone)
