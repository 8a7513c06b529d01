"""Calls that carry no message: signs of life, reactions, blocks.

Sources: MP/send-messages/sender-actions, 2025-12-02; IG/send-message, 2026-06-30; MP/changelog, 2025-03-31 and
IG/features/moderate-conversations, 2026. All of them change nothing when they are made twice.
"""

from __future__ import annotations

import attrs

from connectors.meta.graph import Graph
from connectors.meta.messaging.outbound.dialect import Dialect
from connectors_core import Call, NotSupported
from connectors_core.model import ActivityKind, Reaction
from connectors_core.model.wire import Json

_SIGNS = {ActivityKind.TYPING: "typing_on", ActivityKind.SEEN: "mark_seen"}
_BLOCKS = {ActivityKind.BLOCK: "block_user", ActivityKind.UNBLOCK: "unblock_user"}


def act(graph: Graph, node: str, kind: ActivityKind, person: str) -> Call:
    """Return the call that shows a person that we type or have read, or that blocks them or lets them write again."""
    if kind in _SIGNS:
        return _harmless(graph, f"{node}/messages", {"recipient": {"id": person}, "sender_action": _SIGNS[kind]})
    content = {"user_ids": [{"id": person}], "actions": [_BLOCKS[kind]]}
    return _harmless(graph, f"{node}/moderate_conversations", content)


def react(graph: Graph, node: str, part: Reaction, person: str, dialect: Dialect) -> Call:
    """Return the call that reacts to a message, or takes the reaction back."""
    payload: Json = {"message_id": part.message.id}
    if part.emoji:
        payload["reaction"] = _named(part.emoji, dialect)
    content: Json = {
        "recipient": {"id": person},
        "sender_action": "react" if part.emoji else "unreact",
        "payload": payload,
    }
    return _harmless(graph, f"{node}/messages", content)


def _named(emoji: str, dialect: Dialect) -> str:
    if dialect.reactions is None:
        return emoji
    if emoji not in dialect.reactions:
        raise NotSupported(f"a message is reacted to with {' '.join(dialect.reactions)} and nothing else")
    return dialect.reactions[emoji]


def _harmless(graph: Graph, path: str, content: Json) -> Call:
    return attrs.evolve(graph.call("POST", path, content), harmless=True)
