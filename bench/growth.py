"""Growth: what a claim reads with 300,000 unfinished rows of a paused endpoint and millions settled behind it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from harness import ENVIRONMENT, verdict, workplace
from sqlalchemy import event, text

from connectors_core.settings import load
from connectors_core.store import Store, deliveries, lanes
from connectors_core.store.migrate import migrate

PAGE = 4096
CLAIMS = 32
READY = 50_000
"""Lanes of the endpoint that is not paused, in the small store and in the grown one."""

FILL = """
INSERT INTO deliveries (id, event_id, source, target, lane_id, verb, piece, pieces, generation, state, attempts,
                        created_at, started_at, settled_at, code, reason)
SELECT {first} + n, {first} + n, 'shop', '{target}', {lane}, 'send', 1, 1, 0, '{state}', 1, n, n, {settled}, '', ''
FROM {series}
"""
LANES = """
INSERT INTO lanes (id, target, due, holder, fence, paced)
SELECT {lane}, '{target}', n, NULL, 0, 0 FROM {series}
"""
SCATTERED = "(CAST({} AS BIGINT) * 2100000011 % 4294967291)"
"""Numbers of lanes are hashes: neighbours in time are no neighbours in the table."""
EVENTS = """
INSERT INTO events (id, journal_id, position, endpoint, account, noun, once, external_id, at, stored_at, origin,
                    standby, document)
SELECT {first} + n, n, 0, 'shop', '1', 'message', 'message:{first}.' || n, n, n, n, 'contact', {false}, '{{}}'
FROM {series}
"""


def series(store: Store, count: int) -> str:
    """Return a table of the numbers 1 to `count`, as each engine makes one."""
    if store.is_sqlite:
        return f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c)"
    return f"generate_series(1, {count}) AS s(n)"


def fill(store: Store, first: int, count: int, target: str, *, state: str, per_lane: int) -> None:
    """Write deliveries, their lanes and, for those that will be claimed, their events."""
    numbers = series(store, count)
    settled = "n" if state == deliveries.SENT else "NULL"
    lane = SCATTERED.format(f"({first} + (n - 1) / {per_lane})")
    with store.write() as db:
        row = {"first": first, "target": target, "series": numbers}
        db.execute(text(FILL.format(**row, lane=lane, state=state, settled=settled)))
        if state == deliveries.SENT:
            return  # lanes without work are forgotten
        own = {"lane": SCATTERED.format(f"({first} + n - 1)"), "target": target}
        db.execute(text(LANES.format(**own, series=series(store, -(-count // per_lane)))))
        if target == "crm":
            db.execute(text(EVENTS.format(first=first, series=numbers, false="0" if store.is_sqlite else "false")))


def claim(store: Store) -> dict[str, Any]:
    """Claim as a round of the worker does, on a cold connection; return the plans and what was read."""
    statements: list[tuple[str, Any]] = []
    own = Store(store.url.render_as_string(hide_password=False))

    def note(_db: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE")):
            statements.append((statement, parameters))

    event.listen(own.engine, "before_cursor_execute", note)
    with own.read() as db:
        db.execute(text("SELECT 1"))
    before = bytes_read()
    started = time.perf_counter()
    with own.write() as db:
        claims = lanes.claim(db, {"crm": CLAIMS}, 1, 1e12)
        rows = deliveries.with_events(db, deliveries.heads(db, [one.lane for one in claims]).values())
        elapsed = time.perf_counter() - started
        pages = (bytes_read() - before) / PAGE
        assert len(rows) == CLAIMS, f"{len(rows)} heads were found"
        plans, buffers = explain(own, db, statements)
        lanes.release(db, [(one.lane, 1.0, 0.0) for one in claims])
    own.close()
    return {"pages": pages if store.is_sqlite else buffers, "ms": elapsed * 1000, "plans": plans}


def explain(store: Store, db: Any, statements: list[tuple[str, Any]]) -> tuple[list[str], int]:
    """Return the plan of each statement, without its figures, and the buffers that PostgreSQL touched."""
    plans, buffers = [], 0
    for statement, parameters in list(statements):
        if store.is_sqlite:
            rows = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            plans.append("; ".join(row[3] for row in rows))
            continue
        found = db.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters).scalar()
        plan = found[0]["Plan"]
        buffers += plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
        plans.append(shape(plan))
    return plans, buffers


def shape(plan: dict[str, Any]) -> str:
    """Return how a plan of PostgreSQL goes: its nodes and indexes."""
    inner = ", ".join(shape(one) for one in plan.get("Plans", []))
    return f"{plan['Node Type']} {plan.get('Index Name', '')}({inner})".replace(" (", "(")


def bytes_read() -> int:
    """Return what this process has read from files: with a cold connection, what SQLite asked of its file."""
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("rchar"):
            return int(line.split()[1])
    return 0


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--paused", type=int, default=300_000)
    options.add_argument("--history", type=int, default=500_000, help="settled rows of the store to compare with")
    options.add_argument("--settled", type=int, default=10_000_000)
    options.add_argument("--store", default="", help="an SQLAlchemy URL of an empty database; SQLite by default")
    given = options.parse_args()
    os.environ.update(ENVIRONMENT)
    with workplace(given.store) as (settings, _):
        store = Store(load(settings).gateway.store)
        migrate(store)
        fill(store, 1_000_000_000, READY, "crm", state=deliveries.WAITING, per_lane=1)
        fill(store, 4_000_000_000, given.history, "crm", state=deliveries.SENT, per_lane=10)
        small = measure(store)
        fill(store, 2_000_000_000, given.paused, "paused", state=deliveries.WAITING, per_lane=10)
        for block in range(0, given.settled, 1_000_000):
            count = min(1_000_000, given.settled - block)
            fill(store, 3_000_000_000 + 2 * block, count, "crm", state=deliveries.SENT, per_lane=10)
            print(f"  {block + count} settled rows", file=sys.stderr)
        grown = measure(store)
        store.close()
    same = small["plans"] == grown["plans"]
    figures = {"small": small, "grown": grown, "same_plan": same, "rows": given.paused + given.settled}
    return verdict(
        "growth", figures, pages_ratio=(grown["pages"] / small["pages"], "<=", 1.2), same_plan=(float(same), ">=", 1.0)
    )


def measure(store: Store) -> dict[str, Any]:
    """Bring the statistics up to date, as the engines do by themselves in time, and measure a claim: best of five."""
    if store.is_sqlite:
        with store.write() as db:
            db.execute(text("ANALYZE"))
        connection = store.raw()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    else:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("VACUUM ANALYZE"))
    found = [claim(store) for _ in range(5)]
    return min(found, key=lambda one: json.dumps([one["pages"], one["ms"]]))


if __name__ == "__main__":
    sys.exit(main())
