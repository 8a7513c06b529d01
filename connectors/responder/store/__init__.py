"""The database of the bot: what it remembers, and what it answered, on SQLite and PostgreSQL alike."""

from connectors.responder.store.memories import Place, Stored, remembering
from connectors.responder.store.opening import ResponderDatabase
from connectors_core.store import is_unavailable

__all__ = ["Place", "ResponderDatabase", "Stored", "is_unavailable", "remembering"]
