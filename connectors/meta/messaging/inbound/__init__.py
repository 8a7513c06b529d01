"""Webhooks of Messenger and Instagram as events: one Item is one element of an entry.

Shapes: MP/webhooks/webhook-events/* (2024-06 to 2026-06) and IG/webhook (2026-06).
"""

from connectors.meta.messaging.inbound.entries import Dialect, receive
from connectors.meta.messaging.inbound.piece import Piece

__all__ = ["Dialect", "Piece", "receive"]
