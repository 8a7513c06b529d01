"""The store: tables and the statements on them, on SQLite and PostgreSQL alike."""

from connectors_core.store import (
    api_keys,
    deliveries,
    early,
    events,
    figures,
    journal,
    lanes,
    linkings,
    media,
    merges,
    openings,
    operations,
    people,
    profiles,
    receipts,
    secrets,
    templates,
)
from connectors_core.store.database import Database, StoreUnavailable, is_unavailable
from connectors_core.store.engine import Store
from connectors_core.store.schema import metadata

__all__ = [
    "Database",
    "Store",
    "StoreUnavailable",
    "api_keys",
    "deliveries",
    "early",
    "events",
    "figures",
    "is_unavailable",
    "journal",
    "lanes",
    "linkings",
    "media",
    "merges",
    "metadata",
    "openings",
    "operations",
    "people",
    "profiles",
    "receipts",
    "secrets",
    "templates",
]
