"""Which workers are alive: a lease in the store, and a lock that ends with the process that holds it."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import socket
from pathlib import Path
from time import monotonic, time
from typing import Any

from connectors_core.store import Store, media, operations, profiles, templates

log = logging.getLogger(__name__)

BEAT = 1.0
"""Seconds between two signs of life."""
LEASE = 15.0
"""Seconds after which a worker without a sign of life is dead, whatever its lock says: it hangs."""
GRACE = 3.0
"""Seconds without a sign of life after which a worker whose lock is free is dead: it was killed."""


class Presence:
    """This process's place among the workers."""

    def __init__(self, store: Store) -> None:
        """Prepare; `join` makes it visible."""
        self._store = store
        self.id = secrets.randbits(62)
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._lock = _FileLock(store, self.id) if store.is_sqlite else _AdvisoryLock(store, self.id)
        self._good_until = 0.0
        self._next_beat = 0.0

    def join(self) -> None:
        """Take the lock first, then the row: a row without a lock would look like a corpse."""
        self._lock.take()
        with self._store.write() as db:
            operations.join(db, self.id, self.name, LEASE)
        self._good_until = monotonic() + LEASE

    def alive(self) -> bool:
        """Whether others must believe that we are alive; asked just before every request."""
        return monotonic() < self._good_until - GRACE

    def beat(self) -> bool:
        """Give a sign of life when it is time; False when others have buried us and a new identity is needed."""
        if monotonic() < self._next_beat:
            return True
        if not self._lock.held():
            self._lock.take()
        asked = monotonic()
        with self._store.write() as db:
            known = operations.beat(db, self.id, LEASE)
        self._next_beat = asked + BEAT
        if known:
            self._good_until = asked + LEASE
        return known

    def rejoin(self) -> None:
        """Come back under a new identity; what the old one held is settled by whoever buried it."""
        log.warning("this worker was taken for dead and comes back under a new name")
        self._lock.release()
        self.id = secrets.randbits(62)
        self._lock = _FileLock(self._store, self.id) if self._store.is_sqlite else _AdvisoryLock(self._store, self.id)
        self.join()

    def dead(self, db: Any) -> list[int]:
        """Return the workers that are dead, locked in this transaction."""
        found = []
        for row in operations.all_workers(db):
            silent = time() - (row.lease_until - LEASE)
            if row.id == self.id or silent < GRACE:
                continue
            if silent > LEASE or not self._lock.taken_by_other(row.id):
                found.append(int(row.id))
        return found

    def leave(self) -> None:
        """Go in good order; what was claimed and not begun is left to others."""
        with self._store.write() as db:
            for errands in (media, templates, profiles):
                errands.free(db, self.id)
            operations.leave(db, self.id)
        self._lock.release()


class _FileLock:
    """A locked file beside the database: the kernel lets go of it when the process ends, however it ends."""

    def __init__(self, store: Store, worker: int) -> None:
        database = Path(store.url.database or "")
        self._folder = database.with_name(database.name + ".workers")
        self._worker = worker
        self._file: int | None = None

    def take(self) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._file = os.open(self._path(self._worker), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def held(self) -> bool:
        return self._file is not None

    def taken_by_other(self, worker: int) -> bool:
        try:
            file = os.open(self._path(worker), os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        else:
            self._path(worker).unlink(missing_ok=True)
            return False
        finally:
            os.close(file)

    def release(self) -> None:
        if self._file is not None:
            self._path(self._worker).unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    def _path(self, worker: int) -> Path:
        return self._folder / f"{worker}"


class _AdvisoryLock:
    """A session lock of PostgreSQL on a connection of its own: it ends when the connection does."""

    def __init__(self, store: Store, worker: int) -> None:
        self._store = store
        self._worker = worker
        self._connection: Any = None

    def take(self) -> None:
        self.release()
        self._connection = self._store.raw()
        self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (self._worker,))

    def held(self) -> bool:
        if self._connection is None:
            return False
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Exception:  # noqa: BLE001 - whatever it is, the lock is gone
            return False
        return True

    def taken_by_other(self, worker: int) -> bool:
        if self._connection is None:
            return True
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (worker,))
            if not cursor.fetchone()[0]:
                return True
            cursor.execute("SELECT pg_advisory_unlock(%s)", (worker,))
        return False

    def release(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.close()
            self._connection = None
