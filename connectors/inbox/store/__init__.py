"""The database of the inbox: tables and the statements on them, on SQLite and PostgreSQL alike."""

from connectors.inbox.store import arrivals, desk, listing, passwords, people, schema, thread, users, words
from connectors.inbox.store.opening import InboxDatabase
from connectors_core.store import StoreUnavailable, is_unavailable
from connectors_core.store.watch import Watcher

__all__ = [
    "InboxDatabase",
    "StoreUnavailable",
    "Watcher",
    "arrivals",
    "desk",
    "is_unavailable",
    "listing",
    "passwords",
    "people",
    "schema",
    "thread",
    "users",
    "words",
]
