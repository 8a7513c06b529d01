"""Reader: journal rows a second to stored events and deliveries, against reading the same rows without storing them."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from harness import ENVIRONMENT, interleaved, verdict, webhook, workplace

from connectors_core import memory
from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.pipeline.reader import BATCH, Reader
from connectors_core.pipeline.reading import read
from connectors_core.settings import load
from connectors_core.store import deliveries, journal
from connectors_core.store.migrate import migrate


class Bench:
    """One store that is filled, and read to its end, in every round."""

    def __init__(self, settings: Path, rows: int, people: int) -> None:
        """Open the store."""
        self.gateway = Gateway.build(load(settings))
        migrate(self.gateway.store)
        self.reader = Reader(self.gateway, "meta", 1, lambda _: None)
        self.rows, self.people = rows, people
        memory.freeze()

    def fill(self, number: int) -> None:
        """Journal distinct webhooks."""
        arrivals = [journal.Arrival(source="meta", body=webhook(one, self.people, number)) for one in range(self.rows)]
        with self.gateway.store.write() as db:
            journal.append(db, arrivals, PROGRAM)

    def stored(self, number: int) -> dict[str, float]:
        """Read everything into the store."""
        self.fill(number)
        started = time.perf_counter()
        done = 0
        while count := self.reader.run_once():
            done += count
        elapsed = time.perf_counter() - started
        with self.gateway.store.read() as db:
            made = deliveries.count_open(db)
        assert done == self.rows, f"{done} rows were read"
        assert made == self.rows * (number + 1), f"{made} deliveries were made"
        return {"rows_per_second": done / elapsed}

    def parsed(self, number: int) -> dict[str, float]:
        """Read the same rows and forget what they say."""
        with self.gateway.store.read() as db:
            rows = journal.chosen(db, journal.Choice(source="meta"), number * self.rows, self.rows)
        started = time.perf_counter()
        found = sum(len(read(self.gateway, row, "meta").events) for row in rows)
        elapsed = time.perf_counter() - started
        assert found == self.rows, f"{found} events were read"
        return {"rows_per_second": found / elapsed}


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--rows", type=int, default=10_000, help=f"in each round, in batches of {BATCH}")
    options.add_argument("--people", type=int, default=2_000)
    options.add_argument("--store", default="", help="an SQLAlchemy URL; a new SQLite file by default")
    given = options.parse_args()
    os.environ.update(ENVIRONMENT)
    with workplace(given.store) as (settings, _):
        bench = Bench(settings, given.rows, given.people)
        figures = interleaved(given.rounds, stored=bench.stored, ceiling=bench.parsed)
    medians = figures["medians"]
    speed = medians["stored"]["rows_per_second"]
    return verdict(
        "reader",
        figures,
        rows_per_second=(speed, ">=", 2500.0),
        ratio=(speed / medians["ceiling"]["rows_per_second"], ">=", 0.0),
    )


if __name__ == "__main__":
    sys.exit(main())
