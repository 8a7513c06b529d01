"""What the sandbox remembers: a database in its folder, so that a second start goes on where the first stopped."""

from connectors.meta.sandbox.store import catalogue, comments, customers, facts, messages, outbox
from connectors.meta.sandbox.store.opening import Db, open_store
from connectors_core.store import Database

__all__ = ["Database", "Db", "catalogue", "comments", "customers", "facts", "messages", "open_store", "outbox"]
