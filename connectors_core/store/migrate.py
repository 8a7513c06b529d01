"""Bringing a store to the tables of this program: expand first, contract a version later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from connectors_core.store.database import StoreUnavailable, is_unavailable
from connectors_core.store.engine import Store, prepare, refuse_newer
from connectors_core.store.upgrading import is_current, upgrade, version

_FOLDER = Path(__file__).with_name("migrations")
_LOCK = 0x636F6E6E  # one number that all programs of this kind know: two of them must not migrate at once


def migrate(store: Store) -> None:
    """Create or expand the tables; raise StoreUnavailable when the store cannot be used or is too new.

    Repeating it does nothing. Two programs that start together wait for each other.
    """
    with _plain_troubles(store), store.write() as db:
        if not store.is_sqlite:
            # Another one may migrate for long; that is worth waiting for.
            db.execute(text("SET LOCAL lock_timeout = 0"))
            db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        upgrade(db, _FOLDER)
        prepare(db)
        refuse_newer(db)


def require(store: Store) -> None:
    """Raise StoreUnavailable unless there is a store with the tables of this program; change nothing.

    For commands that look at what is there: bringing a store up to date is for the programs that run on it.
    """
    if store.is_sqlite and not Path(store.url.database or "").is_file():
        raise StoreUnavailable(f"there is no store {store.url.database}: `connectors run` makes one")
    with _plain_troubles(store), store.read() as db:
        if version(db) is None:
            raise StoreUnavailable(f"the store {store} has no tables yet: `connectors run` makes them")
        if not is_current(db, _FOLDER):
            raise StoreUnavailable(f"the store {store} is too old: `connectors run` brings it up to date")
        refuse_newer(db)


@contextmanager
def _plain_troubles(store: Store) -> Iterator[None]:
    """Say in a sentence what an engine raises for a store that cannot be used."""
    try:
        yield
    except StoreUnavailable:
        raise
    except Exception as error:
        if is_unavailable(error) or isinstance(error, DatabaseError):
            raise StoreUnavailable(f"the store {store} cannot be used: {_plain(error)}") from error
        raise


def _plain(error: BaseException) -> str:
    """Return what the engine said, without the statement that it was about."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
