"""The database of a bot: opened, and brought to the tables of this program, at its first use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from connectors_core.store import Database
from connectors_core.store.upgrading import upgrade

VERSION_TABLE = "responder_version"
_FOLDER = Path(__file__).with_name("migrations")
_LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
_MIGRATING, _MAKING = 0x72657370, 0x72657371


class ResponderDatabase(Database):
    """A database that makes its tables before the first transaction."""

    channel = "responder"

    def __init__(self, url: str, *, pool: int = 5) -> None:
        """Prepare for `url` without connecting."""
        super().__init__(url, pool=pool)
        self._ready = False
        self._migrating = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes."""
        self._prepare()
        with super().write() as db:
            yield db

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        self._prepare()
        with super().read() as db:
            yield db

    def _prepare(self) -> None:
        if not self._ready:
            with self._migrating:
                self._migrate()

    def _migrate(self) -> None:
        if not self._ready:
            with super().write() as db:
                if not self.is_sqlite:
                    db.execute(_LOCK, {"lock": _MIGRATING})
                upgrade(db, _FOLDER, VERSION_TABLE)
            self._ready = True


def lock_making(db: Connection) -> None:
    """Let one transaction at a time make a memory: two that find none would make one conversation twice.

    SQLite has one writer at a time anyway.
    """
    if db.dialect.name == "postgresql":
        db.execute(_LOCK, {"lock": _MAKING})
