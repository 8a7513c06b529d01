"""Inserts that may meet a row which is there already: one spelling for both engines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(db: Connection, table: Table) -> Any:
    """Return an insert that can be told what to do about such a row: both engines have `ON CONFLICT`."""
    return (postgresql if db.dialect.name == "postgresql" else sqlite).insert(table)


def keep(db: Connection, table: Table) -> Any:
    """Return an insert that leaves such a row alone."""
    return insert_into(db, table).on_conflict_do_nothing()
