"""Delivering webhooks: each lane in order and one at a time, repeated with growing pauses until they are taken.

Meta repeats for up to 7 days (WA/webhooks/overview, 2025-12); the sandbox grows its pauses to half a minute only, as
whoever tries something out does not wait for an hour.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import time

import attrs

from connectors.meta.sandbox.faults import dropping
from connectors.meta.sandbox.signing import merged, sign
from connectors.meta.sandbox.store import Database, Db, messages, outbox
from connectors.meta.sandbox.store.outbox import Webhook
from connectors_core import Call, ConnectorsError, Http, Secret

LONGEST_PAUSE = 30.0
GIVE_UP = 7 * 24 * 3600.0
AT_ONCE = 8
"""Lanes that are served at the same time."""

_log = logging.getLogger(__name__)

Target = Callable[[Webhook], str | None]
"""Where a webhook goes now; None when nobody is subscribed. Raises ConnectorsError to be asked again later."""


@attrs.frozen
class Health:
    """How it stands: webhooks that wait, and why the last one was not taken ("" when it was)."""

    waiting: int
    problem: str


class Delivery:
    """Empties the outbox in threads of its own."""

    def __init__(self, store: Database, http: Http, secret: Secret, target: Target) -> None:
        """Nothing runs before `start`."""
        self.taken: Callable[[str], None] = lambda _message: None
        """Told of each incoming message whose webhook was taken."""
        self.changed: Callable[[], None] = lambda: None
        """Told when the health changed."""
        self._store = store
        self._http = http
        self._secret = secret
        self._target = target
        self._wake = threading.Event()
        self._stopping = False
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._problem = ""
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sandbox-webhook")
        self._thread = threading.Thread(target=self._run, name="sandbox-delivery", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the requests that are running; what waits stays in the outbox."""
        self._stopping = True
        self._wake.set()
        self._thread.join()
        self._pool.shutdown()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    def health(self) -> Health:
        """Return how it stands."""
        with self._store.read() as db:
            return Health(outbox.count(db), self._problem)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                pause = self._round()
            except Exception as error:  # noqa: BLE001 - a locked file must not end the thread
                _log.warning("the outbox of the sandbox cannot be read now (%s)", type(error).__name__)
                pause = 1.0
            self._wake.wait(pause)

    def _round(self) -> float:
        """Begin what is due; return the seconds until something is."""
        with self._store.read() as db:
            heads = outbox.heads(db)
        now, pause = time(), 5.0
        for head in heads:
            with self._lock:
                if head.lane in self._busy or self._stopping:
                    continue
                if head.due > now:
                    pause = min(pause, head.due - now)
                    continue
                self._busy.add(head.lane)
            self._pool.submit(self._serve, head.lane)
        return pause

    def _serve(self, lane: str) -> None:
        """Deliver the first webhook of a lane, which nobody else does now.

        It is read again here: the one that the round saw may have been delivered since.
        """
        company: list[str] = []
        try:
            batch: list[Webhook] = []
            with self._store.read() as db:
                head = outbox.head(db, lane)
                if head is not None and head.due <= time():
                    company = self._others(db) if head.most > 1 else []
                    batch = self._together(db, head, company)
            if batch:
                self._deliver(batch)
        except Exception:  # noqa: BLE001 - logged: a lane must not end with its thread
            _log.exception("a webhook of the sandbox could not be settled; it is tried again")
        finally:
            with self._lock:
                self._busy.difference_update((lane, *company))
            self._wake.set()

    def _others(self, db: Db) -> list[str]:
        """Return the other lanes that could be served now, and take them."""
        heads = outbox.heads(db)
        with self._lock:
            free = [one.lane for one in heads if one.lane not in self._busy and one.due <= time()]
            self._busy.update(free)
        return free

    def _together(self, db: Db, head: Webhook, company: list[str]) -> list[Webhook]:
        """Return what goes out in one body: a webhook, and where the fault menu says so what follows it and others."""
        found = [head]
        for lane, after in [(head.lane, head.id), *((one, 0) for one in company)]:
            if len(found) < head.most:
                found += outbox.company(db, lane, after, head, head.most - len(found))
        return found

    def _deliver(self, batch: list[Webhook]) -> None:
        head = batch[0]
        try:
            url = self._target(head)
            if url is not None:
                self._post(url, batch)
        except ConnectorsError as error:
            dropped = bool(head.drop) and head.tries == 0
            self._later(batch, self._problem if dropped else error.text)
        else:
            self._done(batch, subscribed=url is not None)

    def _post(self, url: str, batch: list[Webhook]) -> None:
        head = batch[0]
        body = (merged([one.body for one in batch]) if len(batch) > 1 else head.body).encode()
        headers = {
            "content-type": "application/json",
            "x-hub-signature-256": sign(self._secret, body),
            "user-agent": "facebookexternalua",
        }
        if head.drop and head.tries == 0:
            dropping.post(url, headers, body, head.drop)
        self._http.call(Call(method="POST", url=url, headers=headers, body=body), verb="deliver a webhook")

    def _done(self, batch: list[Webhook], *, subscribed: bool) -> None:
        taken = []
        with self._store.write() as db:
            for one in batch:
                outbox.remove(db, one.id)
                if one.again is not None:
                    due, lane = time() + one.again, f"{one.lane} again"
                    outbox.add(db, attrs.evolve(one, lane=lane, due=due, tries=0, drop="", most=1, again=None))
                entry = messages.get(db, one.message) if subscribed and one.message else None
                if entry is not None and entry.status == "sent":
                    messages.change(db, one.message, status="delivered")
                if entry is not None:
                    taken.append(entry.id)
        self._say("")
        for name in taken:
            self.taken(name)

    def _later(self, batch: list[Webhook], problem: str) -> None:
        now = time()
        with self._store.write() as db:
            for one in batch:
                if now - one.at > GIVE_UP:
                    outbox.remove(db, one.id)
                else:
                    outbox.later(db, one.id, now + min(LONGEST_PAUSE, 0.25 * 2 ** min(one.tries, 10)))
        self._say(problem)

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            if problem:
                _log.warning("%s; it is tried again", problem)
            self.changed()
