"""Calls as news of the account, and whether a person may be called (GA/webhooks/reference/page, 2026-02-11)."""

from __future__ import annotations

from typing import Any

import attrs

from connectors.meta.messaging.inbound import Piece
from connectors_core.model import Choice, ChoiceKind, Event, wire
from connectors_core.model.wire import Json

_PEOPLE = ("from", "sender", "user", "user_id", "psid", "to", "recipient")
"""Where these elements name a person, by id or as an object; the first that is not the Page counts."""


def call(piece: Piece, name: str) -> list[Event]:
    """Read one step of a call."""
    # as in {"id": "c_1", "to": "682", "from": "125", "event": "connect", "timestamp": 1790000000,
    #  "session": {"sdp_type": "offer", "sdp": "..."}, "call_direction": "user_initiated"}
    about = _named(piece)
    about.pop("profile", None)
    words = [wire.text(piece.data, key) for key in ("event", "call_direction")]
    return [piece.notice(name, text=" ".join(word for word in words if word), **about)]


def permission(piece: Piece, name: str) -> list[Event]:
    """Read whether the person may be called. Its shape is not published in full, so that every place is looked at."""
    # as in {"from": "125", "timestamp": 1790000000, "response": "accept", "expiration_timestamp": 1790604800}
    inside = piece.data.get(name)
    told: Json = inside if isinstance(inside, dict) else piece.data
    about = _named(piece) or _named(attrs.evolve(piece, data=told))
    if not about:
        return [piece.notice(name)]
    rest = {key: value for key, value in told.items() if key not in ("response", "timestamp", *_PEOPLE)}
    part = Choice(payload=wire.text(told, "response"), kind=ChoiceKind.CALL_PERMISSION, answers=rest)
    return [piece.message(parts=(part,), **piece.nameless(name) | about)]


def _named(piece: Piece) -> dict[str, Any]:
    """Return the person of an element, nothing where none is named."""
    for key in _PEOPLE:
        end = piece.data.get(key)
        name = wire.text(end, "id") if isinstance(end, dict) else wire.text(piece.data, key)
        if name and name not in piece.business:
            return piece.about(name)
    return {}
