"""Mixed: one webhook of 1,000 items for 300 accounts of three products, until each is stored at its own endpoint.

The ceiling reads the same webhook and forgets what it says.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from harness import ENVIRONMENT, interleaved, verdict

from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.pipeline.reader import Reader
from connectors_core.pipeline.reading import read
from connectors_core.settings import load
from connectors_core.store import journal
from connectors_core.store.migrate import migrate
from connectors_core.store.schema import metadata

PRODUCTS = {"page": ("messenger", "page_id", 200), "instagram": ("instagram", "account_id", 50)}
WHATSAPP = ("whatsapp", "phone_number_id", 50)
APP = """
[gateway]
secret = { env = "BENCH_SECRET" }
store = "sqlite:///STORE"

[apps.meta]
type = "meta"
app_secret = { env = "BENCH_APP_SECRET" }
verify_token = { env = "BENCH_VERIFY" }

[endpoints.crm]
type = "webhook"
url = "http://127.0.0.1:9/"
secret = { env = "BENCH_SIGNING" }
"""


def accounts() -> list[tuple[str, str, str, str]]:
    """Return object, type, key and id of every account."""
    products = [(name, *rest) for name, rest in PRODUCTS.items()] + [("whatsapp_business_account", *WHATSAPP)]
    return [
        (name, kind, key, f"{place + 1}{number:05}")
        for place, (name, kind, key, count) in enumerate(products)
        for number in range(count)
    ]


def settings(folder: Path) -> Path:
    """Write the settings."""
    text = APP.replace("STORE", str(folder / "store.db"))
    for _, kind, key, account in accounts():
        name = f"{kind}_{account}"
        text += f'\n[endpoints.{name}]\ntype = "{kind}"\napp = "meta"\n{key} = "{account}"\n'
        text += f'access_token = {{ env = "BENCH_TOKEN" }}\n\n[[routes]]\nbetween = ["{name}", "crm"]\n'
    path = folder / "connectors.toml"
    path.write_text(text, encoding="utf-8")
    return path


def entry(product: str, account: str, name: str) -> dict[str, Any]:
    """Return an entry with one text, of a person of its own."""
    person = f"9{name}"
    if product == "whatsapp_business_account":
        message = {"id": name, "from": person, "timestamp": "1772000000", "type": "text", "text": {"body": "hello"}}
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": account}, "messages": [message]}
        return {"object": product, "id": "1", "changes": [{"field": "messages", "value": value}]}
    ends = {"sender": {"id": person}, "recipient": {"id": account}, "timestamp": 1772000000000}
    return {"object": product, "id": account, "messaging": [{**ends, "message": {"mid": name, "text": "hello"}}]}


class Bench:
    """One store, and a webhook of its own for every round."""

    def __init__(self, folder: Path, items: int) -> None:
        """Open the store."""
        self.gateway = Gateway.build(load(settings(folder)))
        migrate(self.gateway.store)
        self.reader = Reader(self.gateway, "meta", 1, lambda _: None)
        self.items = items

    def stored(self, number: int) -> dict[str, float]:
        """Journal a webhook and read it into the store."""
        places = accounts()
        entries = [
            entry(product, account, f"{number}{one:06}")
            for one in range(self.items)
            for product, _, _, account in [places[one % len(places)]]
        ]
        body = json.dumps({"object": "page", "entry": entries}).encode()
        started = time.perf_counter()
        with self.gateway.store.write() as db:
            journal.append(db, [journal.Arrival(source="meta", body=body)], PROGRAM)
        while self.reader.run_once():
            pass
        elapsed = time.perf_counter() - started
        self._look(number)
        return {"seconds": elapsed}

    def _look(self, number: int) -> None:
        events = metadata.tables["events"].c
        with self.gateway.store.read() as db:
            found = db.execute(metadata.tables["events"].select().with_only_columns(events.endpoint)).scalars().all()
        assert len(found) == self.items * (number + 1), f"{len(found)} events were stored"
        assert len(set(found)) == len(accounts()), f"{len(set(found))} endpoints were reached"

    def parsed(self, number: int) -> dict[str, float]:
        """Read the same webhook and forget what it says."""
        with self.gateway.store.read() as db:
            (row,) = journal.chosen(db, journal.Choice(source="meta"), number, 1)
        started = time.perf_counter()
        found = len(read(self.gateway, row, "meta").events)
        elapsed = time.perf_counter() - started
        assert found == self.items, f"{found} events were read"
        return {"seconds": elapsed}


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--items", type=int, default=1_000)
    given = options.parse_args()
    os.environ.update(ENVIRONMENT)
    with tempfile.TemporaryDirectory(prefix="connectors-bench-") as folder:
        bench = Bench(Path(folder), given.items)
        figures = interleaved(given.rounds, stored=bench.stored, ceiling=bench.parsed)
        bench.gateway.store.close()
    medians = figures["medians"]
    return verdict(
        "mixed",
        figures,
        seconds=(medians["stored"]["seconds"], "<=", 1.0),
        ratio=(medians["ceiling"]["seconds"] / medians["stored"]["seconds"], ">=", 0.0),
    )


if __name__ == "__main__":
    sys.exit(main())
