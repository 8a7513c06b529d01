"""A whole gateway for a test: small settings, test connectors, and the few moves that a test makes with it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any

import attrs
import peers
import psycopg
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.linking import seeking
from connectors_core.model import (
    Contact,
    ContactRef,
    ConversationRef,
    Echo,
    Event,
    Message,
    MessageRef,
    Origin,
    Receipt,
    ReceiptKind,
    Text,
    codec,
)
from connectors_core.pipeline.reader import Reader
from connectors_core.settings import load
from connectors_core.store import Store, journal, linkings, media, metadata, operations, profiles, templates
from connectors_core.worker import asking, fetching, listing
from connectors_core.worker.engine import Worker
from connectors_core.worker.presence import Presence

INSTALLED = Path(__file__).parent / "installed"

ENVIRON = {"STAMP": "stamp-of-the-exchange", "TOKEN": "token-of-the-desk", "API_TOKEN": "token-of-the-api"}

TWO_ENDS = """
[apps.exchange]
type = "exchange"
stamp = { env = "STAMP" }

[endpoints.shop]
type = "phone"
app = "exchange"
number = "100"

[endpoints.desk]
type = "desk"
token = { env = "TOKEN" }

[[routes]]
between = ["shop", "desk"]

[api_tokens.desk]
endpoint = "desk"
token = { env = "API_TOKEN" }
"""
"""A channel and a CRM."""

BOT_AND_DESK = """
[apps.exchange]
type = "exchange"
stamp = { env = "STAMP" }

[endpoints.shop]
type = "plaza"
app = "exchange"
number = "100"
responders = ["bot", "desk"]
idle_after = "1h"

[endpoints.bot]
type = "desk"
token = { env = "TOKEN" }

[endpoints.desk]
type = "desk"
token = { env = "TOKEN" }

[[routes]]
between = ["shop", "bot"]

[[routes]]
between = ["shop", "desk"]
"""
"""A channel with a bot in front of a desk, which routes conversations like Messenger."""

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def wait_until(condition: Any, seconds: float = 20.0) -> None:
    """Return when `condition` holds; fail when it does not come to hold."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "what was waited for did not happen"
        sleep(0.005)


def message(id_: str, words: str = "hello", person: str = "ann", **changes: Any) -> Message:
    """Return a message of a person at a channel: endpoint `shop`, account `100`, unless `changes` say otherwise."""
    at = {"endpoint": changes.pop("endpoint", "shop"), "account": changes.pop("account", "100")}
    aliases = tuple(changes.pop("aliases", ()))
    values: dict[str, Any] = {
        **at,
        "id": id_,
        "at": AT,
        "origin": Origin.CONTACT,
        "parts": (Text(body=words),),
        "conversation": ConversationRef(**at, id=person, aliases=aliases),
        "contact": ContactRef(**at, id=person, aliases=aliases),
        "profile": Contact(name=person),
    }
    return Message(**{**values, **changes})


def reply(id_: str, words: str = "hi", person: str = "ann", **changes: Any) -> Message:
    """Return a message that an agent wrote at the desk into the conversation of a person at the shop."""
    values: dict[str, Any] = {
        "endpoint": "desk",
        "account": "desk",
        "id": id_,
        "at": AT,
        "origin": Origin.AGENT,
        "parts": (Text(body=words),),
        "conversation": ConversationRef(endpoint="shop", account="100", id=person),
    }
    return Message(**{**values, **changes})


def echo(id_: str, words: str = "hi", person: str = "ann", *, key: str = "", **changes: Any) -> Message:
    """Return the channel's copy of what the business sent."""
    return message(id_, words, person, origin=Origin.NATIVE_APP, echo=Echo(key=key), **changes)


def receipt(kind: str, *ids: str, **changes: Any) -> Receipt:
    """Return what the shop's channel says of messages."""
    endpoint, account = changes.pop("endpoint", "shop"), changes.pop("account", "100")
    refs = tuple(MessageRef(endpoint=endpoint, account=account, id=one) for one in ids)
    name = f"{kind}-{'-'.join(ids) or changes.get('key') or changes.get('watermark')}"
    values: dict[str, Any] = {"id": name, "at": AT, "kind": ReceiptKind(kind), "messages": refs}
    return Receipt(endpoint=endpoint, account=account, **{**values, **changes})


def item(*events: Any, account: str = "100", kind: str = "phone") -> dict[str, Any]:
    """Return an item of a webhook of the exchange; an event may also be a plain document."""
    documents = [codec.to_dict(one) if isinstance(one, Event) else one for one in events]
    return {"type": kind, "account": account, "events": documents}


def webhook(*items: dict[str, Any]) -> bytes:
    """Return the body of a webhook of the exchange."""
    return json.dumps({"items": list(items)}).encode()


def page(*events: Event) -> bytes:
    """Return the body of a webhook, or of a page, of an endpoint without an app."""
    return json.dumps([codec.to_dict(one) for one in events]).encode()


class House:
    """A gateway with its store, and a worker whose rounds the test makes itself."""

    def __init__(self, gateway: Gateway) -> None:
        """Nothing runs by itself."""
        self.gateway = gateway
        self.store = gateway.store
        self._readers: dict[str, Reader] = {}
        self._workers: list[Worker] = []

    # what comes in

    def journal(self, source: str, body: bytes, *, kind: str = journal.WEBHOOK, endpoint: str = "") -> None:
        """Store bytes as they came."""
        with self.store.write() as db:
            journal.append(db, [journal.Arrival(source=source, body=body, kind=kind, endpoint=endpoint)], PROGRAM)

    def arrive(self, *events: Any) -> None:
        """Let events arrive at the shop, each in a webhook of its own, and read them."""
        kind = self.gateway.settings.endpoints["shop"].type
        for one in events:
            self.journal("exchange", webhook(item(one, kind=kind)))
        self.read("exchange")

    def tell(self, *events: Event, source: str = "desk") -> None:
        """Let an endpoint tell events through the HTTP API's kind of row, and read them."""
        for one in events:
            self.journal(source, page(one), kind=journal.API, endpoint=source)
        self.read(source)

    def read(self, *sources: str) -> int:
        """Read sources until nothing is left; return how many rows that were."""
        count = 0
        for source in sources:
            reader = self._readers.setdefault(source, self.reader(source))
            while found := reader.run_once():
                count += found
        return count

    def reader(self, source: str, worker: int = 1) -> Reader:
        """Return a new reader."""
        return Reader(self.gateway, source, worker, lambda _woken: None)

    # what goes out

    @property
    def worker(self) -> Worker:
        """The first worker."""
        return self._workers[0] if self._workers else self.new_worker()

    def new_worker(self) -> Worker:
        """Return another worker that has joined."""
        presence = Presence(self.store)
        presence.join()
        worker = Worker(self.gateway, presence)
        self._workers.append(worker)
        return worker

    def work(self, worker: Worker | None = None) -> None:
        """Make rounds until no call runs and nothing is due."""
        mine = worker or self.worker
        end = monotonic() + 30.0
        while True:
            mine.wake()
            mine.round()
            if not mine._in_flight() and mine._next_due > time():
                return
            assert monotonic() < end, "the worker found no end"

    def errands(self) -> None:
        """Fetch the files, list the templates and ask about the people that are due, one after another."""
        askable = [name for name, one in self.gateway.endpoints.items() if "templates" in one.verbs]
        with self.store.write() as db:
            templates.expect(db, askable)
            files = media.claim(db, 1, time(), 100)
            lists = templates.claim(db, askable, 1, time())
            persons = profiles.claim(db, 1, time(), 100)
            wishes = linkings.claim(db, time(), 100)
        for row in files:
            fetching.fetch(self.gateway, row)
        for name in lists:
            listing.list_templates(self.gateway, name)
        for row in persons:
            asking.ask(self.gateway, row)
        for row in wishes:
            seeking.seek(self.gateway, row)

    def sweep(self) -> None:
        """Let the worker look after what is done once a second, then work."""
        self.worker._next_sweep = 0.0
        self.work()

    def later(self, seconds: float) -> None:
        """Let time pass for what waits: every moment in the store moves into the past."""
        self.sql("UPDATE lanes SET due = due - :s, paced = paced - :s", s=seconds)
        self.sql("UPDATE deliveries SET created_at = created_at - :s, started_at = started_at - :s", s=seconds)
        self.sql("UPDATE deliveries SET waits = waits - :s", s=seconds)
        self.sql("UPDATE media SET due = due - :s, created_at = created_at - :s", s=seconds)
        self.sql("UPDATE template_syncs SET due = due - :s, synced_at = synced_at - :s", s=seconds)
        self.sql("UPDATE openings SET at = at - :s", s=seconds)
        self.sql("UPDATE profiles SET due = due - :s", s=seconds)
        self.sql("UPDATE merge_news SET since = since - :s, due = due - :s", s=seconds)
        self.sql("UPDATE linkings SET created_at = created_at - :s, expires_at = expires_at - :s", s=seconds)
        self.sql("UPDATE linkings SET sent_at = sent_at - :s", s=seconds)
        self.sql("UPDATE code_requests SET at = at - :s", s=seconds)
        self.sql("UPDATE conversations SET last_in_at = last_in_at - :s, owned_until = owned_until - :s", s=seconds)
        self.sql("UPDATE conversations SET turned_at = turned_at - :s", s=seconds)
        self.sql("UPDATE events SET held_until = held_until - :s", s=seconds)
        self.sql("UPDATE receipts SET waiting_until = waiting_until - :s", s=seconds)
        self.sql("UPDATE endpoint_states SET paced = paced - :s", s=seconds)
        for worker in self._workers:
            for gate in worker.gates.values():
                gate.closed_until -= seconds

    def resume(self, endpoint: str) -> None:
        """Do what `connectors resume` does."""
        with self.store.write() as db:
            assert operations.resume(db, endpoint)

    # what is in the store

    def sql(self, statement: str, **values: Any) -> None:
        """Change the store behind everybody's back."""
        with self.store.write() as db:
            db.execute(text(statement), values)

    def rows(self, table: str, **where: Any) -> list[Any]:
        """Return the rows of a table, the oldest first."""
        columns = metadata.tables[table].c
        found = metadata.tables[table].select().order_by(*metadata.tables[table].primary_key.columns)
        for name, value in where.items():
            found = found.where(columns[name] == value)
        with self.store.read() as db:
            return list(db.execute(found).all())

    def states(self, **where: Any) -> list[str]:
        """Return the states of deliveries, the oldest first."""
        return [row.state for row in self.rows("deliveries", **where)]

    def status(self, external_id: str) -> str | None:
        """Return the merged receipt of a message."""
        (row,) = self.rows("events", external_id=external_id, noun="message")
        return row.status

    def close(self) -> None:
        """End the threads of all workers and let go of their locks."""
        for worker in self._workers:
            for gate in worker.gates.values():
                gate.pool.close()
            worker.presence._lock.release()


@contextmanager
def houses(store: Store, folder: Path, monkeypatch: Any) -> Iterator[Any]:
    """Give a function that builds a house from settings; close what it built."""
    monkeypatch.syspath_prepend(str(INSTALLED))
    peers.forget()
    built: list[House] = []

    def build(toml: str = TWO_ENDS, *, store: Store = store) -> House:
        path = folder / f"connectors-{len(built)}.toml"
        path.write_text(toml, encoding="utf-8")
        settings = load(path, ENVIRON)
        own = attrs.evolve(settings.gateway, media=str(folder / "media"))
        built.append(House(Gateway.build(attrs.evolve(settings, gateway=own), store)))
        return built[-1]

    yield build
    for one in built:
        one.close()


@contextmanager
def unusable(store: Store) -> Iterator[None]:
    """Take the store away for the block: SQLite is locked by another program, PostgreSQL lets nobody in."""
    if store.is_sqlite:

        def hurry(connection: Any, *_rest: Any) -> None:
            connection.execute("PRAGMA busy_timeout = 20")

        sqlalchemy_event.listen(store.engine, "checkout", hurry)
        other = sqlite3.connect(store.url.database or "", isolation_level=None, check_same_thread=False)
        try:
            other.execute("BEGIN IMMEDIATE")
            yield
        finally:
            other.close()
            sqlalchemy_event.remove(store.engine, "checkout", hurry)
        return
    admin = store.url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    name = store.url.database
    with psycopg.connect(admin, autocommit=True) as other:
        try:
            other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            yield
        finally:
            other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def together(*actions: Any) -> list[Any]:
    """Run functions at the same time, each in a thread; return what they returned or raised, in their order."""
    found: list[Any] = [None] * len(actions)
    start = threading.Barrier(len(actions))

    def run(number: int) -> None:
        start.wait(10)
        try:
            found[number] = actions[number]()
        except Exception as error:
            found[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def texts(rows: Iterable[Any]) -> list[str]:
    """Return the words of stored messages."""
    return [" ".join(getattr(part, "body", "") for part in codec.loads(row.document).parts) for row in rows]
