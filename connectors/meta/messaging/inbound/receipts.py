"""How far messages came: by their ids, or everything up to a moment."""

from __future__ import annotations

from connectors.meta.messaging.inbound.piece import Piece
from connectors.meta.messaging.inbound.times import moment
from connectors_core import Malformed
from connectors_core.model import Event, Receipt, ReceiptKind, wire
from connectors_core.model.wire import Json


def delivery(piece: Piece, name: str) -> list[Event]:
    """Read what was delivered; the ids may be missing, and then the moment counts (MP/webhooks, 2024-06-26)."""
    # as in "delivery": {"mids": ["m_1"], "watermark": 1790000000000}
    return _receipt(piece, name, ReceiptKind.DELIVERED, wire.needed(piece.data, name))


def read(piece: Piece, name: str) -> list[Event]:
    """Read what the person has seen: up to a moment on Messenger, one message by its id on Instagram."""
    # as in "read": {"watermark": 1790000000000} or "read": {"mid": "aWdf..."}
    return _receipt(piece, name, ReceiptKind.READ, wire.needed(piece.data, name))


def _receipt(piece: Piece, name: str, kind: ReceiptKind, data: Json) -> list[Event]:
    if piece.is_ours:
        # What somebody at the business has seen is no receipt of a message.
        return [piece.notice(name)]
    mids, watermark = _mids(data), moment(data, "watermark")
    if not mids and watermark is None:
        raise Malformed(f"{name} names neither a message nor a moment")
    return [
        piece.event(
            Receipt,
            id=mids[0] if mids else piece.digest(name, [piece.person, str(watermark)]),
            kind=kind,
            messages=tuple(piece.ref(mid) for mid in mids),
            watermark=watermark,
        )
    ]


def _mids(data: Json) -> list[str]:
    many = data.get("mids") or []
    if not isinstance(many, list) or not all(isinstance(one, str) and one for one in many):
        raise Malformed("mids is no list of ids")
    one = wire.text(data, "mid")
    return [*many, *([one] if one else [])]
