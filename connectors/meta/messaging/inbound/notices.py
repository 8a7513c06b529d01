"""News about an account: what Meta enforces, what became of a template, and fields that are not read."""

from __future__ import annotations

from connectors.meta.messaging.inbound.piece import Piece
from connectors_core.model import Event, Notice, wire

_WORDS = ("event", "status", "verb", "action", "new_category", "type")
"""Where a change says in one word what happened; the first that is there counts."""

_SEVERITY = {
    "warning": "warning",
    "block": "error",
    "REJECTED": "warning",
    "PAUSED": "warning",
    "FLAGGED": "warning",
    "DISABLED": "error",
}


def policy(piece: Piece, name: str) -> list[Event]:
    """Read that Meta warned the account, blocked it from sending, or let it send again."""
    # as in "policy_enforcement": {"action": "block", "reason": "The bot violated our Platform Policies..."}
    data = wire.needed(piece.data, name)
    action, reason = wire.text(data, "action"), wire.text(data, "reason")
    text = ": ".join(word for word in (action, reason) if word)
    return [piece.notice(name, text=text, severity=_SEVERITY.get(action, "info"))]


def change(piece: Piece, field: str) -> Notice:
    """Read a change of a field that is about no message; the whole value is kept."""
    word = next((one for name in _WORDS if isinstance(one := piece.data.get(name), str)), "")
    template = piece.data.get("message_template_name")
    about = f"{field} of {template}" if isinstance(template, str) and template else field
    return piece.notice(field, text=f"{about}: {word}" if word else about, severity=_SEVERITY.get(word, "info"))
