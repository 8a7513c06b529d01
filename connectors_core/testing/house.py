"""A whole gateway in this process: intake, reader and worker on an SQLite file, the subject and the ledger its ends."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any

import attrs

from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.model import Message, Outgoing
from connectors_core.settings.model import Settings
from connectors_core.store import Store, deliveries, journal, media, metadata
from connectors_core.store.migrate import migrate
from connectors_core.testing import ledger
from connectors_core.testing.promises import broken
from connectors_core.testing.subject import APP, KIT, Plan
from connectors_core.web.app import build_web
from connectors_core.web.door import GatewayDoor
from connectors_core.web.group_commit import GroupCommit
from connectors_core.working import Working

LONGEST = 30.0
"""Seconds until something must have happened."""


class House:
    """Made in an empty folder; nothing is delivered before `work`."""

    def __init__(self, plan: Plan, platform: str, folder: Path, template: Path, others: Mapping[str, Any]) -> None:
        """`template`: a migrated store to copy. `others`: further endpoints of the type, by name."""
        shutil.copy(template, folder / "store.db")
        document = plan.document(platform)
        document["gateway"] = {"store": f"sqlite:///{folder / 'store.db'}", "media": str(folder / "media")}
        # Nobody fetches files for a test whose platform gives none.
        document["gateway"]["media_wait"] = 0
        for name, table in others.items():
            document["endpoints"][name] = table
            document["routes"].append({"between": [name, ledger.NAME]})
        self.gateway = _unpolled(plan.load(document))
        self.secrets = plan.secrets()
        self._plan = plan
        self._commits = GroupCommit(self.gateway.store)
        self._loop = asyncio.new_event_loop()
        self._web_thread = threading.Thread(target=self._loop.run_forever, name="kit-web", daemon=True)
        self._web_thread.start()
        self._web = build_web(self.gateway, self._commits)
        self._working: Working | None = None
        self._thread: threading.Thread | None = None
        ledger.TAKEN.clear()

    def close(self) -> None:
        """Stop what works; a second time does nothing."""
        if self._loop.is_closed():
            return
        if self._working is not None and self._thread is not None:
            self._working.stop()
            self._thread.join(LONGEST)
        self._commits.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._web_thread.join(LONGEST)
        self._loop.close()
        self.gateway.store.close()

    def work(self) -> None:
        """Begin to read and to deliver."""
        self._working = Working(self.gateway)
        self._thread = threading.Thread(target=self._working.run, name="kit-house", daemon=True)
        self._thread.start()

    # what comes in

    def arrive(self, body: bytes, headers: Mapping[str, str]) -> int:
        """Let a body arrive as a webhook, or as a polled page where there are none; return the status."""
        name = APP if APP in self.gateway.apps else KIT
        if name == KIT and "authenticate" not in self.gateway.endpoints[KIT].verbs:
            arrival = journal.Arrival(source=KIT, endpoint=KIT, kind=journal.POLL, body=body)
            with self.gateway.store.write() as db:
                journal.append(db, [arrival], PROGRAM)
                self.gateway.store.announce(db)
            return 200
        return self.post(f"/hooks/{name}", body, headers)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Make a request to the web application and return the status of its answer."""
        return asyncio.run_coroutine_threadsafe(_post(self._web, path, body, headers), self._loop).result(LONGEST)

    def say(self, message: Outgoing) -> None:
        """Let the ledger say something."""
        GatewayDoor(self.gateway, ledger.NAME, loopback=True).submit(message)

    # what is there

    def rows(self, table: str, **where: Any) -> list[Any]:
        """Return the rows of a table of the store."""
        columns = metadata.tables[table].c
        found = metadata.tables[table].select().order_by(*metadata.tables[table].primary_key.columns)
        for name, value in where.items():
            found = found.where(columns[name] == value)
        with self.gateway.store.read() as db:
            return list(db.execute(found).all())

    def taken(self, kind: type = Message) -> list[Any]:
        """Return what the ledger was given."""
        return [event for event in ledger.TAKEN[ledger.NAME] if isinstance(event, kind)]

    def until(self, condition: Any, what: str) -> None:
        """Return when `condition` holds; fail when it does not come to hold."""
        end = monotonic() + LONGEST
        while not condition():
            if monotonic() > end:
                broken(f"{what}: not within {LONGEST:g} seconds")
            sleep(0.01)

    def settle(self) -> None:
        """Return when nothing is left to read and no delivery is due."""
        self.until(self._is_idle, "the gateway came to rest")

    def _is_idle(self) -> bool:
        with self.gateway.store.read() as db:
            if journal.waiting_sources(db) or not deliveries.count_open(db):
                return not journal.waiting_sources(db)
        # A message waits for its file: as long as one is being fetched, what looks like rest is none.
        files = [row for row in self.rows("media", state=media.WANTED) if row.due is not None]
        if any(row.holder is not None or row.due < time() + 0.3 for row in files):
            return False
        lanes = [row for row in self.rows("lanes") if row.due is not None]
        return bool(lanes) and all(row.due > time() + 0.3 and row.holder is None for row in lanes)


def migrated(folder: Path) -> Path:
    """Return the file of an empty store that is up to date."""
    path = folder / "template.db"
    store = Store(f"sqlite:///{path}")
    migrate(store)
    # Without its log the file alone is the whole database.
    connection = store.raw()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    store.close()
    return path


def _unpolled(settings: Settings) -> Gateway:
    """Build a gateway whose subject is not polled: pages come when a test brings them."""
    gateway = Gateway.build(settings)
    own = gateway.endpoints[KIT]
    own = attrs.evolve(own, abilities=attrs.evolve(own.abilities, poll_every=None))
    return attrs.evolve(gateway, endpoints={**gateway.endpoints, KIT: own})


async def _post(app: Any, path: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Call an ASGI application once."""
    answers: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": raw,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "root_path": "",
    }
    await app(scope, receive, send)
    return int(answers[0]["status"])
