"""The store: tables and the statements on them, on SQLite and PostgreSQL alike."""

from connectors_core.store import (
    api_keys,
    deliveries,
    events,
    journal,
    lanes,
    operations,
    people,
    receipts,
    secrets,
)
from connectors_core.store.engine import Store, StoreUnavailable, is_unavailable
from connectors_core.store.schema import metadata

__all__ = [
    "Store",
    "StoreUnavailable",
    "api_keys",
    "deliveries",
    "events",
    "is_unavailable",
    "journal",
    "lanes",
    "metadata",
    "operations",
    "people",
    "receipts",
    "secrets",
]
