"""Idempotency keys of the HTTP API: the same request twice is one event, and gets the same answer."""

from __future__ import annotations

from time import time
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, select, update

from connectors_core.store.inserting import keep
from connectors_core.store.schema import Id, Time, Words, metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("endpoint", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("digest", Words, nullable=False),
    Column("external_id", Words, nullable=False, index=True),
    Column("journal_id", Id),
    Column("at", Time, nullable=False),
)


def take(db: Connection, endpoint: str, key: str, digest: str, external_id: str) -> Row[Any]:
    """Claim a key, or find who has it: the row tells by `external_id` whether it is this request's own."""
    row = {"endpoint": endpoint, "key": key, "digest": digest, "external_id": external_id, "at": time()}
    db.execute(keep(db, api_keys), row)
    return db.execute(select(api_keys).where(api_keys.c.endpoint == endpoint, api_keys.c.key == key)).one()


def stored(db: Connection, held: Row[Any], journal_id: int) -> None:
    """Remember where the request of a key is journaled."""
    own = (api_keys.c.endpoint == held.endpoint) & (api_keys.c.key == held.key)
    db.execute(update(api_keys).where(own).values(journal_id=journal_id))


def is_pending(db: Connection, endpoint: str, external_id: str) -> bool:
    """Whether an API request with this id was taken."""
    found = select(api_keys.c.key).where(api_keys.c.endpoint == endpoint, api_keys.c.external_id == external_id)
    return db.execute(found).first() is not None
