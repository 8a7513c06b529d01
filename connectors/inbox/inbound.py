"""What agents do, as events for the gateway: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs

from connectors_core.model import (
    Activity,
    ActivityKind,
    Contact,
    ContactRef,
    ConversationRef,
    Handover,
    HandoverAction,
    Identity,
    Link,
    LinkStatus,
    Message,
    MessageRef,
    Origin,
    Part,
    Reaction,
    Receipt,
    ReceiptKind,
    Scheme,
)


def ref(endpoint: str, conversation: Any) -> ConversationRef:
    """Return the name of a conversation row that the gateway knows: the channel's, until it has learnt ours."""
    if conversation.linked:
        return ConversationRef(endpoint=endpoint, account=endpoint, id=str(conversation.id))
    return ConversationRef(endpoint=conversation.channel, account=conversation.account, id=conversation.external_id)


def message(
    endpoint: str,
    conversation: Any,
    name: str,
    at: datetime,
    parts: Sequence[Part],
    *,
    reply_to: str = "",
    author: str = "",
) -> Message:
    """Return what an agent wrote: `name` is its id, `reply_to` the id of the message that it answers."""
    return Message(
        endpoint=endpoint,
        account=endpoint,
        id=name,
        at=at,
        parts=tuple(parts),
        origin=Origin.AGENT,
        author=Contact(name=author) if author else None,
        conversation=ref(endpoint, conversation),
        to=None if conversation.linked else address(conversation.external_id),
        reply_to=MessageRef(endpoint=endpoint, account=endpoint, id=reply_to) if reply_to else None,
    )


def address(words: str) -> Identity:
    """Return the address that an agent wrote down: a number of E.164, or the channel's own id."""
    digits = words.removeprefix("+")
    if digits.isdecimal():
        return Identity(scheme=Scheme.PHONE, value=f"+{digits}")
    return Identity(scheme=Scheme.EXTERNAL, value=words)


def reaction(endpoint: str, conversation: Any, name: str, at: datetime, target: str, emoji: str | None) -> Message:
    """Return what an agent thinks of a message; None takes it back."""
    about = MessageRef(endpoint=endpoint, account=endpoint, id=target)
    return message(endpoint, conversation, name, at, [Reaction(message=about, emoji=emoji)])


def typing(endpoint: str, conversation: Any, name: str, at: datetime, last: str) -> Message:
    """Return that an agent is typing; `last` is the last message of the person."""
    return message(endpoint, conversation, name, at, [Activity(kind=ActivityKind.TYPING)], reply_to=last)


def answer(endpoint: str, status: LinkStatus, name: str, at: datetime, contact: int, other: int) -> Link:
    """Return that an agent says that two contacts are one person, or are not."""
    one, two = (ContactRef(endpoint=endpoint, account=endpoint, id=str(id_)) for id_ in (contact, other))
    return Link(
        endpoint=endpoint, account=endpoint, id=name, at=at, status=status, contact=one, other=two, reason="agent"
    )


def handover(
    endpoint: str, conversation: Any, name: str, at: datetime, action: HandoverAction, *, to: str = "", note: str = ""
) -> Handover:
    """Return that an agent takes a conversation, or gives it to somebody else; `note` is for whom it goes to."""
    return Handover(
        endpoint=endpoint,
        account=endpoint,
        id=name,
        at=at,
        action=action,
        origin=Origin.AGENT,
        new_owner=to,
        summary=note,
        conversation=ref(endpoint, conversation),
    )


def resolved(endpoint: str, conversation: Any, name: str, at: datetime) -> Handover:
    """Return that the matter of a conversation is settled: who has it by default has it again."""
    return attrs.evolve(handover(endpoint, conversation, name, at, HandoverAction.RELEASE), resolved=True)


def read(endpoint: str, conversation: Any, at: datetime, name: str) -> Receipt:
    """Return that an agent has read up to a message. The same message is read once."""
    return Receipt(
        endpoint=endpoint,
        account=endpoint,
        id=f"read:{name}",
        at=at,
        kind=ReceiptKind.READ,
        messages=(MessageRef(endpoint=endpoint, account=endpoint, id=name),),
        conversation=ref(endpoint, conversation),
    )
