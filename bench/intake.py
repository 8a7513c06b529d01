"""Intake: webhooks a second, durable before the 200, against the same application with the journal left out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harness import interleaved, load, process, request, verdict, webhook, workplace

SERVER = str(Path(__file__).with_name("intake_server.py"))


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--webhooks", type=int, default=15_000, help="in each round")
    options.add_argument("--store", default="", help="an SQLAlchemy URL; a new SQLite file by default")
    given = options.parse_args()
    bodies = [webhook(number, 5000, 0) for number in range(given.webhooks)]
    with (
        workplace(given.store) as (durable, durable_port),
        workplace() as (bare, bare_port),
        process(SERVER, str(durable), "on", ready=durable_port),
        process(SERVER, str(bare), "off", ready=bare_port),
    ):
        figures = interleaved(
            given.rounds,
            durable=lambda _: load(durable_port, [request(body, durable_port) for body in bodies]),
            ceiling=lambda _: load(bare_port, [request(body, bare_port) for body in bodies]),
        )
    medians = figures["medians"]
    ratio = medians["durable"]["per_second"] / medians["ceiling"]["per_second"]
    return verdict("intake", figures, ratio=(ratio, ">=", 0.45), p99_ms=(medians["durable"]["p99_ms"], "<=", 60.0))


if __name__ == "__main__":
    sys.exit(main())
