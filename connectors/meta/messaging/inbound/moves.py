"""Who may answer a thread now: handovers between the apps of an account (MP/conversation-routing, 2025-09-24)."""

from __future__ import annotations

from connectors.meta.messaging.inbound.piece import Piece
from connectors_core import Malformed
from connectors_core.model import Event, Handover, HandoverAction, wire

_ACTIONS = {
    "pass_thread_control": HandoverAction.PASS,
    "take_thread_control": HandoverAction.TAKE,
    "request_thread_control": HandoverAction.REQUEST,
}


def moved(piece: Piece, name: str) -> list[Event]:
    """Read that control was passed, taken or asked for. Apps are named by text or number; null means nobody."""
    # as in "pass_thread_control": {"previous_owner_app_id": null, "new_owner_app_id": "123", "metadata": "..."}
    data = wire.needed(piece.data, name)
    if not piece.person:
        raise Malformed("the handover names nobody")
    return [
        piece.event(
            Handover,
            **piece.nameless(name),
            action=_ACTIONS[name],
            previous_owner=wire.text(data, "previous_owner_app_id"),
            new_owner=wire.text(data, "new_owner_app_id") or wire.text(data, "requested_owner_app_id"),
            metadata=wire.text(data, "metadata"),
            extra=piece.data,
        )
    ]


def roles(piece: Piece, name: str) -> list[Event]:
    """Read the roles of the apps, of before conversation routing: the threads of the account go to the primary one."""
    # as in "app_roles": {"123456789": ["primary_receiver"]}
    data = wire.needed(piece.data, name)
    primary = [app for app, names in data.items() if isinstance(names, list) and "primary_receiver" in names]
    return [
        piece.event(
            Handover,
            **piece.nameless(name),
            action=HandoverAction.PASS,
            new_owner=primary[0] if primary else "",
            extra=piece.data,
        )
    ]
