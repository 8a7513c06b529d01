"""Messages as calls of the Cloud API, and its answers as `Done`."""

from connectors.whatsapp.outbound.calls import CONTROLS, EXPLAIN, EXPLAIN_BLOCKING, block, control, mark
from connectors.whatsapp.outbound.files import CAPTIONED, LARGEST, Plan, plan
from connectors.whatsapp.outbound.messages import address, content, envelope, only, sent

__all__ = [
    "CAPTIONED",
    "CONTROLS",
    "EXPLAIN",
    "EXPLAIN_BLOCKING",
    "LARGEST",
    "Plan",
    "address",
    "block",
    "content",
    "control",
    "envelope",
    "mark",
    "only",
    "plan",
    "sent",
]
