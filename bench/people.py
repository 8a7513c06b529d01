"""People: what finding, linking, merging and parting cost among 100,000 contacts, against among 1,000."""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from typing import Any

from growth import series
from harness import ENVIRONMENT, NUMBER, verdict, workplace
from sqlalchemy import text

from connectors_core.gateway import Gateway
from connectors_core.model import Contact, ContactRef, Identity, Link, LinkStatus, Message, Origin, Text, codec
from connectors_core.pipeline.people import Directory, Entry
from connectors_core.pipeline.reading import Reading
from connectors_core.pipeline.storing import store
from connectors_core.settings import load
from connectors_core.store import journal
from connectors_core.store.migrate import migrate

HERE: dict[str, Any] = {"endpoint": "shop", "account": NUMBER}
CRM: dict[str, Any] = {"endpoint": "crm", "account": "crm"}
FIRST = 10_000_000
"""The id of the first contact, beyond those that the store gives."""
FILL = """
INSERT INTO contacts (id, name, username, language, created_at, merged_into)
SELECT {first} + n, 'Sheena Nelson', '', 'en', n, NULL FROM {series};
INSERT INTO identities (value, scheme, scope, contact_id, verified, seen_at)
SELECT CAST({number} AS TEXT), 'wa_id', '', {first} + n, {true}, n FROM {series};
INSERT INTO identities (value, scheme, scope, contact_id, verified, seen_at)
SELECT '+' || CAST({number} AS TEXT), 'phone', '', {first} + n, {false}, n FROM {series};
INSERT INTO identities (value, scheme, scope, contact_id, verified, seen_at)
SELECT 'p' || n || '@example.com', 'email', '', {first} + n, {false}, n FROM {series};
INSERT INTO match_keys (key, contact_id) SELECT 'phone:' || CAST({number} AS TEXT), {first} + n FROM {series};
INSERT INTO match_keys (key, contact_id) SELECT 'email:p' || n || '@example.com', {first} + n FROM {series};
INSERT INTO links (external_id, noun, endpoint, account, local_id, linked_at)
SELECT CAST({number} AS TEXT), 'contact', 'shop', '{account}', {first} + n, n FROM {series};
INSERT INTO links (external_id, noun, endpoint, account, local_id, linked_at)
SELECT CAST(n AS TEXT), 'contact', 'crm', 'crm', {first} + n, n FROM {series}
"""


class Town:
    """A store with so many people."""

    def __init__(self, gateway: Gateway, people: int) -> None:
        """Make the people, and bring the statistics up to date."""
        self.gateway, self.people = gateway, people
        self.numbers = count()
        migrate(gateway.store)
        sqlite = gateway.store.is_sqlite
        words = {"first": FIRST, "account": NUMBER, "series": series(gateway.store, people)}
        words |= {
            "number": "(4915000000000 + n)",
            "true": "1" if sqlite else "true",
            "false": "0" if sqlite else "false",
        }
        with gateway.store.write() as db:
            for statement in FILL.format(**words).split(";"):
                db.execute(text(statement))
        with gateway.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("ANALYZE"))

    def names(self, seed: int) -> Iterator[int]:
        """Yield people at random, nobody twice: the same for any town of this size."""
        yield from random.Random(seed).sample(range(1, self.people + 1), self.people)

    def look_up(self, one: int, _other: int) -> None:
        """Find somebody by a verified address under a name that nobody knows."""
        event = self._message(
            f"unknown-{next(self.numbers)}", [Identity(scheme="wa_id", value=number(one), verified=True)]
        )
        with self.gateway.store.read() as db:
            entry = Entry(1, 0, journal.WEBHOOK, event)
            directory = Directory.look_up(db, [entry], count(1).__next__, frozenset())
        assert list(directory.known_identities.values()) == [[FIRST + one]], "somebody else was found"

    def link(self, one: int, _other: int) -> None:
        """Learn an address of somebody who is known, which nobody else has."""
        value = f"q{next(self.numbers)}.{one}@example.com"
        self._store(self._message(number(one), [Identity(scheme="email", value=value)]))

    def merge(self, one: int, other: int) -> None:
        """Make two people one, and tell the CRM."""
        self._store(self._says(LinkStatus.LINKED, one, other))

    def unmerge(self, one: int, other: int) -> None:
        """Make them two again, and tell the CRM."""
        self._store(self._says(LinkStatus.UNLINKED, one, other))

    def _message(self, person: str, identities: list[Identity]) -> Message:
        profile, contact = Contact(identities=tuple(identities)), ContactRef(**HERE, id=person)
        made: dict[str, Any] = {"id": f"m{next(self.numbers)}", "at": datetime.now(UTC), "origin": Origin.CONTACT}
        return Message(**HERE, **made, parts=(Text(body="x"),), contact=contact, profile=profile)

    def _says(self, status: LinkStatus, one: int, other: int) -> Link:
        refs: dict[str, Any] = {"contact": ContactRef(**CRM, id=str(one)), "other": ContactRef(**CRM, id=str(other))}
        return Link(**CRM, id=f"l{next(self.numbers)}", at=datetime.now(UTC), status=status, reason="agent", **refs)

    def _store(self, event: Message | Link) -> None:
        reading = Reading(1, event.endpoint, journal.API, [(0, event)], [codec.dumps(event)])
        with self.gateway.store.write() as db:
            store(self.gateway, db, [reading])

    def merged(self) -> int:
        """Return how many contacts are part of another."""
        with self.gateway.store.read() as db:
            return int(db.execute(text("SELECT count(*) FROM contacts WHERE merged_into IS NOT NULL")).scalar_one())


def number(one: int) -> str:
    """Return the number of a person."""
    return str(4915000000000 + one)


def measure(small: Town, grown: Town, rounds: int) -> dict[str, dict[str, float]]:
    """Do each thing in turn in both towns; return the median microseconds of each."""
    took: dict[tuple[str, Town], list[float]] = {}
    names = {town: town.names(1) for town in (small, grown)}
    for _ in range(rounds):
        pairs = {town: (next(names[town]), next(names[town])) for town in (small, grown)}
        for act in ("look_up", "link", "merge", "unmerge"):
            for town in random.sample((small, grown), 2):
                run: Callable[[int, int], None] = getattr(town, act)
                started = time.perf_counter()
                run(*pairs[town])
                took.setdefault((act, town), []).append((time.perf_counter() - started) * 1e6)
    return {
        act: {"small": statistics.median(took[act, small]), "grown": statistics.median(took[act, grown])}
        for act in ("look_up", "link", "merge", "unmerge")
    }


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--few", type=int, default=1_000, help="people of the store to compare with")
    options.add_argument("--rounds", type=int, default=300, help="of each operation in each store")
    options.add_argument("--stores", nargs=2, default=("", ""), help="SQLAlchemy URLs of two empty databases")
    given = options.parse_args()
    os.environ.update(ENVIRONMENT)
    with ExitStack() as stack:
        towns = []
        for url, people in zip(given.stores, (given.few, given.people), strict=True):
            settings, _ = stack.enter_context(workplace(url))
            towns.append(Town(Gateway.build(load(settings)), people))
        small, grown = towns
        measure(small, grown, 20)
        figures: dict[str, Any] = {"microseconds": measure(small, grown, given.rounds), "people": given.people}
        assert [town.merged() for town in towns] == [0, 0], "a merge was not undone"
        for town in towns:
            town.gateway.store.close()
    goals = {act: (one["grown"] / one["small"], "<=", 1.4) for act, one in figures["microseconds"].items()}
    return verdict("people", figures, **goals)


if __name__ == "__main__":
    sys.exit(main())
