"""Updates of the Bot API as events: a webhook brings one, a polled page up to a hundred.

Shapes: https://core.telegram.org/bots/api#update, Bot API 10.3 (2026).
"""

from connectors_telegram.inbound.updates import ALLOWED, receive, taps

__all__ = ["ALLOWED", "receive", "taps"]
