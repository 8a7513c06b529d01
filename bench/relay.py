"""Relay: webhook in, one HTTP call at the CRM out, all rows settled; against glue code that keeps nothing."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from harness import ENVIRONMENT, free_port, interleaved, load, process, request, verdict, webhook, workplace

from connectors_core.settings import load as load_settings
from connectors_core.store import Store, deliveries, journal

HERE = Path(__file__).parent


def ours(store: Store, port: int, webhooks: int, number: int) -> dict[str, float]:
    """Send everything to the gateway and wait until the last row is settled."""
    requests = [request(webhook(one, 2000, number), port) for one in range(webhooks)]
    started = time.perf_counter()
    acks = load(port, requests)
    while True:
        with store.read() as db:
            left = sum(journal.waiting_sources(db).values()) + deliveries.count_open(db)
        if not left:
            break
        assert time.perf_counter() - started < 120, f"{left} rows are left"
        time.sleep(0.02)
    elapsed = time.perf_counter() - started
    with store.read() as db:
        sent = deliveries.counts(db).get(("crm", deliveries.SENT), 0)
    assert sent == webhooks * (number + 1), f"{sent} deliveries were sent"
    return {"per_second": webhooks / elapsed, "ack_p50_ms": acks["p50_ms"], "ack_p99_ms": acks["p99_ms"]}


def glue(port: int, webhooks: int, number: int) -> dict[str, float]:
    """Send everything to the glue, whose answer is its end."""
    acks = load(port, [request(webhook(one, 2000, number), port) for one in range(webhooks)])
    return {"per_second": acks["per_second"], "ack_p50_ms": acks["p50_ms"], "ack_p99_ms": acks["p99_ms"]}


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--webhooks", type=int, default=5_000, help="in each round")
    options.add_argument("--store", default="", help="an SQLAlchemy URL; a new SQLite file by default")
    given = options.parse_args()
    os.environ.update(ENVIRONMENT)
    peer, glued = free_port(), free_port()
    os.environ["GLUE_CRM"] = f"http://127.0.0.1:{peer}/crm"
    gunicorn = (
        "-m",
        "gunicorn",
        "-w",
        "2",
        "-k",
        "gthread",
        "--threads",
        "8",
        "--chdir",
        str(HERE),
        "--log-level",
        "error",
    )
    with workplace(given.store, peer) as (settings, port):
        program = ("-m", "connectors_core.cli", "-c", str(settings), "run")
        with (
            process(str(HERE / "peer.py"), str(peer), ready=peer),
            process(*program, ready=port),
            process(*gunicorn, "-b", f"127.0.0.1:{glued}", "glue:app", ready=glued),
        ):
            store = Store(load_settings(settings).gateway.store)
            figures = interleaved(
                given.rounds,
                ours=lambda number: ours(store, port, given.webhooks, number),
                ceiling=lambda number: glue(glued, given.webhooks, number),
            )
    medians = figures["medians"]
    ratio = medians["ours"]["per_second"] / medians["ceiling"]["per_second"]
    return verdict("relay", figures, ratio=(ratio, ">=", 1.0), ack_p99_ms=(medians["ours"]["ack_p99_ms"], "<=", 100.0))


if __name__ == "__main__":
    sys.exit(main())
