"""The calls that a number makes."""

from __future__ import annotations

from functools import partial

import attrs

from connectors.meta.errors import WHATSAPP, explain
from connectors.meta.graph import Graph
from connectors.meta.wire import Json
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import Call, NotSupported
from connectors_core.model import MessageRef

EXPLAIN = partial(explain, table=WHATSAPP)


def graph(settings: WhatsAppSettings) -> Graph:
    """Return the Graph API with this number's token."""
    return Graph(
        url=settings.graph_url,
        version=settings.graph_version,
        token=settings.access_token,
        app_secret=settings.app_secret,
    )


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
    call = graph(settings).call("POST", f"{settings.phone_number_id}/messages", content)
    return attrs.evolve(call, harmless=True)
