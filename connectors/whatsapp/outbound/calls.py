"""The calls of a number that carry no message: marks, blocks and the control of a thread."""

from __future__ import annotations

from functools import partial

import attrs

from connectors.meta.errors import explain, explain_each
from connectors.meta.errors.whatsapp import BLOCKING, WHATSAPP
from connectors.meta.graph import graph
from connectors.whatsapp.outbound.fields import fits
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import Call, NotSupported
from connectors_core.model import NATIVE_APP, Handover, HandoverAction, MessageRef
from connectors_core.model.wire import Json

EXPLAIN = partial(explain, table=WHATSAPP)
EXPLAIN_BLOCKING = partial(explain_each, table=BLOCKING, users="block_users")

LONGEST_METADATA = 2000
CONTROLS = (HandoverAction.PASS, HandoverAction.TAKE, HandoverAction.RELEASE)
"""What can be done with the control of a thread (WA/thread control, 2026-09-23); nobody can ask for it or extend it."""


def mark(settings: WhatsAppSettings, message: MessageRef | None, *, typing: bool) -> Call:
    """Return the call that marks a message of a person, and all before it, as read, and may show that we write.

    WhatsApp shows typing for 25 seconds at most, and only together with this (WA/messages/mark-message-as-read and
    WA/typing-indicators, 2025-12).
    """
    if message is None:
        raise NotSupported("WhatsApp marks as read by the id of a message of the person, and none is named")
    content: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": message.id}
    if typing:
        content["typing_indicator"] = {"type": "text"}
    return _harmless(settings, "POST", "messages", content)


def block(settings: WhatsAppSettings, address: Json, *, undo: bool) -> Call:
    """Return the call that blocks a person, or lets them write again (WA/block-users, 2025-10-27).

    Only who wrote within 24 hours can be blocked. Blocking somebody twice changes nothing.
    """
    if address["recipient_type"] == "group":
        raise NotSupported("WhatsApp blocks people, and this is a group")
    user = address.get("to") or address["recipient"]
    content = {"messaging_product": "whatsapp", "block_users": [{"user": user}]}
    return _harmless(settings, "DELETE" if undo else "POST", "block_users", content)


def control(settings: WhatsAppSettings, handover: Handover, address: Json) -> Call:
    """Return the call that passes, takes or releases a thread (WA/thread control, 2026-09-23).

    `new_owner` is a role: ai_agent, escalation and the like; without one a pass goes to the escalation partner. Only
    that one may take. Where nothing is to travel along, the summary does, as much of it as fits.
    """
    if handover.action not in CONTROLS:
        raise NotSupported(f"WhatsApp knows no {handover.action} of a thread; it passes, takes and releases")
    if address.pop("recipient_type") == "group":
        raise NotSupported("the control of a group cannot be moved")
    content: Json = {"messaging_product": "whatsapp", "action": str(handover.action), **address}
    if said := handover.metadata or handover.summary[:LONGEST_METADATA]:
        content["metadata"] = fits("the metadata", said, LONGEST_METADATA)
    if handover.action is HandoverAction.PASS and handover.new_owner not in ("", NATIVE_APP):
        content["control_pass"] = {"target_role": handover.new_owner}
    return graph(settings).call("POST", f"{settings.phone_number_id}/thread_control", content)


def _harmless(settings: WhatsAppSettings, method: str, edge: str, content: Json) -> Call:
    return attrs.evolve(graph(settings).call(method, f"{settings.phone_number_id}/{edge}", content), harmless=True)
