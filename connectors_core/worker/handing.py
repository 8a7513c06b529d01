"""What travels with a handover: the last that was said in the conversation."""

from __future__ import annotations

from typing import Any

from connectors_core.documents import words_of
from connectors_core.gateway import Gateway
from connectors_core.linking.telling import is_code
from connectors_core.model import Contact, Line, Message, codec
from connectors_core.store import events

MOST_LINES = 10
LONGEST_LINE = 500
"""Characters."""


def last_lines(gateway: Gateway, row: Any) -> tuple[Line, ...]:
    """Return the last messages before a handover, the oldest first; those without words are left out."""
    if row.conversation_id is None:
        return ()
    with gateway.store.read() as db:
        found = events.last_messages(db, row.conversation_id, row.event_id, MOST_LINES)
    lines = [_line(codec.loads(one.document)) for one in reversed(found)]
    return tuple(line for line in lines if line is not None)


def _line(event: Any) -> Line | None:
    if not isinstance(event, Message) or is_code(event):
        return None
    words = " ".join(words_of(event).split())[:LONGEST_LINE]
    author: Contact | None = event.author or event.profile
    return Line(at=event.at, origin=event.origin, text=words, author=author.name if author else "") if words else None
