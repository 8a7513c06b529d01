"""WhatsApp webhooks as events: one Item is one message, status, error or change, and becomes one event.

Shapes: WA/webhooks/reference (2025-11 to 2026-08).
"""

from connectors.whatsapp.inbound.messages import receive

__all__ = ["receive"]
