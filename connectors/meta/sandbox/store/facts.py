"""Single facts of the sandbox by their name: conditions, subscriptions, counters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from connectors.meta.sandbox.store.tables import facts


def get(db: Connection, name: str) -> Any:
    """Return a fact, None when it is not known."""
    return db.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one_or_none()


def put(db: Connection, name: str, value: Any) -> None:
    """Remember a fact; any JSON but null."""
    db.execute(delete(facts).where(facts.c.name == name))
    db.execute(insert(facts).values(name=name, value=value))
