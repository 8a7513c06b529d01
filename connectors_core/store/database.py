"""A database behind a few methods: SQLite or PostgreSQL, opened so that nothing acknowledged is lost."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool

from connectors_core.errors import ConnectorsError


class StoreUnavailable(ConnectorsError):
    """The store cannot be used now; nothing was written."""


PATIENCE = 3
"""Seconds that a lock is waited for, whoever holds it: three waits in a row, and a sender still has its answer."""
FROZEN = 15
"""Seconds after which PostgreSQL ends a transaction whose program does nothing: a frozen one must not lock out all."""

UNAVAILABLE = (OperationalError, InterfaceError, OSError)
"""What the engines raise while they are locked, full, restarting or gone. It passes; the data is not at fault."""


class Database:
    """One database. `write` and `read` give a connection in a transaction that ends with the block."""

    channel = "connectors"
    """Under what name programs tell each other of commits; PostgreSQL only."""

    def __init__(self, url: str, *, pool: int = 5) -> None:
        """Prepare for `url` without connecting; `pool` connections are kept."""
        self.url = make_url(url)
        self.dialect = self.url.get_backend_name()
        self.is_sqlite = self.dialect == "sqlite"
        self._lock = _FileLock(Path(self.url.database or "")) if self.is_sqlite else None
        self._log = Path(f"{self.url.database}-wal") if self.is_sqlite else None
        self._notify = text(f"NOTIFY {self.channel}")
        self._engine = _sqlite(url, pool) if self.is_sqlite else _postgresql(url, pool)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url.render_as_string(hide_password=True)})"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes: all of it or nothing, durable when the block has ended.

        On SQLite one writer at a time, in order of arrival: a file lock queues them fairly, where SQLite's own busy
        handler lets them poll and starve.
        """
        with self._lock or _no_lock(), self._engine.begin() as db:
            yield db
        if self._log is not None:
            _sync(self._log)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with self._engine.connect().execution_options(reading=True) as db, db.begin():
            yield db

    def announce(self, db: Connection) -> None:
        """Wake the other programs when this transaction commits; SQLite shows them its commits by itself."""
        if not self.is_sqlite:
            db.execute(self._notify)

    def raw(self) -> Any:
        """Return a DBAPI connection of its own, for `LISTEN` and for `PRAGMA data_version`."""
        pooled = self._engine.raw_connection()
        pooled.detach()
        return pooled.dbapi_connection

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, for migrations."""
        return self._engine


def _sqlite(url: str, pool: int) -> Engine:
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=pool, max_overflow=20, connect_args={"timeout": PATIENCE}
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # Transactions are begun below, by us: the driver would begin them late and as readers.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # A commit is in the log, and `write` has the disk confirm the log when the lock is free for others again.
        cursor.execute("PRAGMA synchronous = NORMAL")
        # Pages of 4 KB, so 40 MB: most pages are written many times before they have to be copied from the log.
        cursor.execute("PRAGMA wal_autocheckpoint = 10000")
        cursor.execute("PRAGMA cache_size = -16000")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: str, pool: int) -> Engine:
    named = make_url(url)
    if named.drivername == "postgresql":
        named = named.set(drivername="postgresql+psycopg")
    engine = create_engine(
        named,
        pool_size=pool,
        max_overflow=20,
        pool_pre_ping=False,
        pool_recycle=1800,
        connect_args={"connect_timeout": 10},
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
        connection.execute(f"SET idle_in_transaction_session_timeout = '{FROZEN}s'")
        connection.commit()

    return engine


def _sync(log: Path) -> None:
    """Return when everything that was committed so far is on the disk.

    Opened anew each time: SQLite removes the log when its last connection closes, and makes another. It takes no locks
    on this file that closing it could drop.
    """
    file = os.open(log, os.O_RDWR)
    try:
        _flush(file)
    finally:
        os.close(file)


_flush = getattr(os, "fdatasync", os.fsync)
"""macOS has no fdatasync."""


@contextmanager
def _no_lock() -> Iterator[None]:
    yield


class _FileLock:
    """A lock between the threads of this process and all processes that use the same file."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._thread = threading.Lock()
        self._file: int | None = None
        self._pid = 0

    def __enter__(self) -> None:
        if not self._thread.acquire(timeout=PATIENCE):
            raise StoreUnavailable("others write to the store for too long")
        try:
            if self._file is None or self._pid != os.getpid():
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                self._pid = os.getpid()
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._thread.release()
            raise

    def __exit__(self, *_exc: object) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._thread.release()


def is_unavailable(error: BaseException) -> bool:
    """Whether an error says that the store cannot be used now, rather than that the data is wrong."""
    if isinstance(error, (*UNAVAILABLE, StoreUnavailable)):
        return True
    # A raw connection raises the errors of its driver; PEP 249 says what they are called.
    if {"OperationalError", "InterfaceError"} & {kind.__name__ for kind in type(error).__mro__}:
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
