"""The one door to the network."""

from connectors_core.http.addresses import refuse_inside
from connectors_core.http.calls import LARGEST_REPLY, LONGEST_WAIT, Call, Reply
from connectors_core.http.client import Http
from connectors_core.http.meanings import explain_status

__all__ = ["LARGEST_REPLY", "LONGEST_WAIT", "Call", "Http", "Reply", "explain_status", "refuse_inside"]
