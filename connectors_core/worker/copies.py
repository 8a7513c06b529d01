"""Telling by its content whose copy an echo is, where the platform gives neither our key nor the id back.

Instagram's echoes have no key, and a send whose answer was lost has no id. An echo that came while such a send was
open, in its conversation and with its content, is taken for its copy. Had somebody at the business written the very
same at that moment, the person would have it all the same, and that is what the send was for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors_core.errors import NotSupported
from connectors_core.gateway import Gateway
from connectors_core.model import Choices, Media, Message, Part, Text, codec
from connectors_core.pipeline import evidence
from connectors_core.pipeline.delivering import pieces_of
from connectors_core.store import deliveries
from connectors_core.store.lanes import lane_id


def claim(db: Any, gateway: Gateway, held: Sequence[Any]) -> list[int]:
    """Settle the uncertain sends that held echoes are copies of, and return the ids of those echoes."""
    echoes = [(row, codec.loads(row.document)) for row in held]
    keyless = [(row, echo) for row, echo in echoes if isinstance(echo, Message) and echo.echo and not echo.echo.key]
    lanes = {lane_id(row.endpoint, f"c{row.conversation_id}") for row, _ in keyless}
    heads = deliveries.heads(db, lanes)
    sends = {row.lane_id: row for row in deliveries.with_events(db, heads.values())}
    found: list[int] = []
    for row, echo in keyless:
        send = sends.get(lane_id(row.endpoint, f"c{row.conversation_id}"))
        if send is None or send.state != deliveries.UNCERTAIN or not _content(echo):
            continue
        if _content(echo) != _sent(gateway, send):
            continue
        current = deliveries.by_id(db, [send.id], lock=True).get(send.id)
        if current is not None and current.state == deliveries.UNCERTAIN:
            evidence.prove_sent(db, current, row.account, row.external_id)
            found.append(row.id)
            del sends[send.lane_id]
    return found


def _sent(gateway: Gateway, row: Any) -> list[str]:
    """Return the content of the piece that a delivery sends; nothing for what is no message any more."""
    way, event = gateway.router.between(row.source, row.target), codec.loads(row.document)
    if row.verb != "send" or way is None or not isinstance(event, Message):
        return []
    try:
        pieces = pieces_of(gateway.endpoints[row.target], event, way)
    except NotSupported:
        return []
    piece = pieces[row.piece - 1] if row.piece <= len(pieces) else None
    return _content(piece) if isinstance(piece, Message) else []


def _content(message: Message) -> list[str]:
    """Return what of a message comes back as it went: words, and the kinds of files, whose addresses change."""
    return sorted(word for part in message.parts for word in _words(part))


def _words(part: Part) -> list[str]:
    match part:
        case Text(body=body) | Choices(body=body, media=None, header=""):
            return [body.strip()]
        case Media(kind=kind):
            return [f"[{kind}]"]
    return []
