"""Opening the database of the sandbox, which one sandbox uses at a time."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from connectors.meta.sandbox.store import facts
from connectors.meta.sandbox.store.tables import metadata
from connectors_core import ConnectorsError
from connectors_core.store import Database

Db = Connection
"""A transaction."""

LAYOUT = 3
"""The version of the tables."""


def open_store(folder: Path) -> Database:
    """Return the database in `folder`, made when it is not there; raise ConnectorsError for one of another layout."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(f"sqlite:///{folder / 'sandbox.db'}")
    with database.write() as db:
        metadata.create_all(db)
        layout = facts.get(db, "layout")
        if layout is None:
            facts.put(db, "layout", LAYOUT)
        elif layout != LAYOUT:
            raise ConnectorsError("this folder was made by another version of the sandbox; choose or make an empty one")
    return database
