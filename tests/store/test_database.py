"""Durable when the block has ended, and locked no longer than needed."""

import threading

import pytest
from sqlalchemy import text

from connectors_core.store import Store, database


def free_for_others(store):
    """Return whether another thread of this process could write now."""
    found = []

    def look():
        found.append(store._lock._thread.acquire(blocking=False))
        if found[0]:
            store._lock._thread.release()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return found == [True]


def test_the_disk_confirms_a_commit_before_the_block_ends_and_after_the_lock_is_free(sqlite_store, monkeypatch):
    """Others write while it does; a 200 comes after it."""
    seen = []
    real = database._flush
    monkeypatch.setattr(database, "_flush", lambda file: (seen.append(free_for_others(sqlite_store)), real(file)))
    with sqlite_store.write() as db:
        db.execute(text("UPDATE store_info SET value = value"))
        assert seen == []
    assert seen == [True]


def test_a_disk_that_does_not_confirm_is_an_error(sqlite_store, monkeypatch):
    """Nobody is told that it is stored."""

    def broken(_file):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(database, "_flush", broken)
    with pytest.raises(OSError, match="Input/output") as caught, sqlite_store.write() as db:
        db.execute(text("UPDATE store_info SET value = value"))
    assert database.is_unavailable(caught.value)


def test_a_transaction_that_fails_asks_the_disk_for_nothing(sqlite_store, monkeypatch):
    """There is nothing to keep."""
    monkeypatch.setattr(database, "_flush", lambda _file: pytest.fail("nothing was committed"))
    with pytest.raises(ZeroDivisionError), sqlite_store.write():
        raise ZeroDivisionError


@pytest.fixture
def sqlite_store(tmp_path, sqlite_template):
    """Give a store in a file."""
    path = tmp_path / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}")
    yield store
    store.close()
