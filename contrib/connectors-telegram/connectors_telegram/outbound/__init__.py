"""Messages as calls of the Bot API 10.3: `plan` is pure, and the connector makes the call."""

from connectors_telegram.outbound.files import CAPTIONED, LARGEST
from connectors_telegram.outbound.keyboards import KINDS, MOST_OPTIONS
from connectors_telegram.outbound.messages import LONGEST_TEXT, Plan, place_of, plan, sent

__all__ = ["CAPTIONED", "KINDS", "LARGEST", "LONGEST_TEXT", "MOST_OPTIONS", "Plan", "place_of", "plan", "sent"]
