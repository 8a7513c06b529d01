"""Memory: what each process of `connectors run` holds after it has carried 100,000 messages."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import psutil
from harness import ENVIRONMENT, free_port, process, verdict, workplace
from relay import ours

from connectors_core.settings import load as load_settings
from connectors_core.store import Store

HERE = Path(__file__).parent
MB = 1024 * 1024


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--webhooks", type=int, default=100_000)
    options.add_argument("--store", default="", help="an SQLAlchemy URL; a new SQLite file by default")
    given = options.parse_args()
    os.environ.update(ENVIRONMENT)
    peer = free_port()
    with workplace(given.store, peer) as (settings, port):
        program = ("-m", "connectors_core.cli", "-c", str(settings), "run")
        with process(str(HERE / "peer.py"), str(peer), ready=peer), process(*program, ready=port) as parent:
            store = Store(load_settings(settings).gateway.store)
            rounds = []
            for number in range(10):
                ours(store, port, given.webhooks // 10, number)
                processes = [psutil.Process(parent.pid), *psutil.Process(parent.pid).children()]
                rounds.append([round(one.memory_info().rss / MB, 1) for one in processes])
                print(f"  after {(number + 1) * given.webhooks // 10}: {rounds[-1]} MB", file=sys.stderr)
            store.close()
    return verdict("memory", {"megabytes": rounds}, largest_mb=(max(rounds[-1]), "<=", 150.0))


if __name__ == "__main__":
    sys.exit(main())
