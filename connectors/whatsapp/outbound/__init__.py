"""Messages as calls of the Cloud API, and its answers as `Done`."""

from connectors.whatsapp.outbound.calls import EXPLAIN, graph, mark
from connectors.whatsapp.outbound.files import CAPTIONED, LARGEST, Plan, plan
from connectors.whatsapp.outbound.messages import content, envelope, only, sent

__all__ = ["CAPTIONED", "EXPLAIN", "LARGEST", "Plan", "content", "envelope", "graph", "mark", "only", "plan", "sent"]
