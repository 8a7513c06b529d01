"""Who may answer a conversation: what the gateway said, kept as a line among the messages."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Connection, select

from connectors.inbox.store import arrivals
from connectors.inbox.store.arrivals import Arrival
from connectors.inbox.store.people import Place, find_or_make
from connectors.inbox.store.schema import conversations, messages


@attrs.frozen(kw_only=True)
class Move:
    """What became of the control of a conversation. `wanted`: somebody asks this inbox to take it."""

    key: str
    at: float
    previous: str
    owner: str
    summary: list[dict[str, Any]]
    line: str
    wanted: bool = False
    calls: bool = True
    """No agent of this inbox did it, so they have to hear of it."""


def hear(db: Connection, place: Place, move: Move, own: str) -> tuple[int, int]:
    """Keep that the control moved; what comes to this inbox, `own`, comes back to the agents. The same key is one move.

    Return the contact and the conversation.
    """
    row = find_or_make(db, place)
    if db.execute(select(messages.c.id).where(messages.c.key == move.key)).first() is not None:
        return row.contact_id, row.id
    said = Arrival(
        key=move.key, at=move.at, direction="move", origin=move.previous, author=move.owner, parts=move.summary
    )
    arrivals.add(db, row.id, said, f"move-{move.key}")
    changes: dict[str, Any] = {} if move.wanted else {"owner": move.owner}
    if move.calls and (move.wanted or (move.owner == own and move.previous != own)):
        changes |= {"state": "open", "snoozed_until": None, "unread": conversations.c.unread + 1}
        if move.line:
            changes |= {"last_line": move.line[:200], "last_kind": "handover", "last_direction": "move"}
    elif row.owner == own and move.owner != own and row.state == "open":
        changes |= {"state": "pending", "unread": 0}
    arrivals.touch(db, row.id, **changes)
    return row.contact_id, row.id
