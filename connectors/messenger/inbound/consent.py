"""Opt-ins, and the tie between a person and an account of the business."""

from __future__ import annotations

from typing import Any

from connectors.meta.messaging.inbound import Piece
from connectors.meta.messaging.inbound.times import moment
from connectors_core import Malformed
from connectors_core.model import Event, Link, LinkStatus, OptIn, Origin, wire
from connectors_core.model.wire import Json

_READ = frozenset(("type", "topic", "title", "token_expiry_timestamp"))
_TOKENS = ("notification_messages_token", "one_time_notif_token")
_STOPPED = "STOP"


def optin(piece: Piece, name: str) -> list[Event]:
    """Read an opt-in of a plugin, or what a person wants to be sent: that is no message, and opens no window."""
    # as in "optin": {"type": "notification_messages", "notification_messages_token": "...", "title": "Weekly deals",
    #  "token_expiry_timestamp": 1798761600000, "notification_messages_status": "STOP_NOTIFICATIONS"}
    # or {"ref": "...", "user_ref": "..."} of a checkbox, where nobody else is named
    data = wire.needed(piece.data, name)
    kind = wire.text(data, "type")
    part = OptIn(
        topic=_topic(data) or kind or "unknown",
        granted=not wire.text(data, "notification_messages_status").startswith(_STOPPED),
        token=next((token for key in _TOKENS if (token := wire.text(data, key))), ""),
        expires=moment(data, "token_expiry_timestamp"),
    )
    who: dict[str, Any] = {}
    if not piece.person:
        who = _unknown(piece, wire.text(data, "user_ref"))
    origin = Origin.SYSTEM if kind else Origin.CONTACT
    return [piece.message(parts=(part,), origin=origin, extra=piece.rest(name, _READ), **piece.nameless(name) | who)]


def _topic(data: Json) -> str:
    return next((found for key in ("topic", "title", "ref", "payload") if (found := wire.text(data, key))), "")


def _unknown(piece: Piece, user_ref: str) -> dict[str, Any]:
    """Return a person who is known by a checkbox alone. It is no id of a person, so no identity is told."""
    if not user_ref:
        raise Malformed("the opt-in names nobody")
    return {**piece.about(user_ref), "profile": None}


def linking(piece: Piece, name: str) -> list[Event]:
    """Read that an account of the business was linked or unlinked (MP/identity/account-linking, 2026)."""
    # as in "account_linking": {"status": "linked", "authorization_code": "..."}
    data = wire.needed(piece.data, name)
    status = wire.text(data, "status")
    if status not in (LinkStatus.LINKED, LinkStatus.UNLINKED) or not piece.person:
        raise Malformed("the account linking has an unknown status, or names nobody")
    code = wire.text(data, "authorization_code")
    return [piece.event(Link, **piece.nameless(name), status=LinkStatus(status), code=code)]
