"""What has become of a message, for the side that wrote it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connectors_core.store import deliveries, events


def message_status(db: Any, event_id: int) -> dict[str, Any]:
    """Return the merged status of a message and how each of its pieces fares."""
    row = events.by_id(db, [event_id])[event_id]
    return {
        "id": row.external_id,
        "status": row.status,
        "queued": False,
        "deliveries": [
            {
                "to": one.target,
                "piece": one.piece,
                "pieces": one.pieces,
                "state": one.state,
                "status": one.status,
                "attempts": one.attempts,
                "code": one.code,
                "reason": one.reason,
                "settled_at": moment(one.settled_at),
            }
            for one in deliveries.of_events(db, [event_id])
            if one.verb == "send"
        ],
    }


def moment(value: float | None) -> str | None:
    """Return Unix seconds as ISO 8601."""
    return None if value is None else datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds")
