"""What account linking has to tell: the link itself, and words for the person, journaled like any other event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.linking.words import Words
from connectors_core.model import ContactRef, ConversationRef, Event, Link, LinkStatus, Message, Origin, Text, codec
from connectors_core.store import journal

REASON = "login"
"""`Link.reason` of what people proved themselves."""

OURS = "linking:"
"""What the ids of all that is told from here begin with."""


def ref_of(row: Any) -> ConversationRef:
    """Return the conversation that a linking is of."""
    return ConversationRef(endpoint=row.channel, account=row.account, id=row.chat)


def link(row: Any, status: LinkStatus, id_: str) -> Link:
    """Return the news that a chat belongs to a customer, or no longer does."""
    account = row.customer_account or row.crm
    return Link(
        endpoint=row.crm,
        account=account,
        id=id_,
        at=datetime.now(UTC),
        status=status,
        reason=REASON,
        conversation=ref_of(row),
        contact=ContactRef(endpoint=row.crm, account=account, id=row.customer),
    )


def words(crm: str, conversation: ConversationRef, language: str, id_: str, text: str, **values: object) -> Message:
    """Return words of this program for a person, in their language; it speaks for the CRM."""
    return Message(
        endpoint=crm,
        account=crm,
        id=id_,
        at=datetime.now(UTC),
        origin=Origin.SYSTEM,
        parts=(Text(body=Words.of(language)(text, **values)),),
        conversation=conversation,
    )


def code_id(row: Any) -> str:
    """Return the id of the message that brings the code of a linking."""
    return f"{OURS}{row.id}:code:{row.codes}"


def is_code(event: Event) -> bool:
    """Whether a message brings a code: it is for the person alone, and nobody else's to read."""
    brings = isinstance(event, Message) and event.origin is Origin.SYSTEM
    return brings and event.id.startswith(OURS) and ":code:" in event.id


def tell(gateway: Gateway, db: Any, crm: str, events: Sequence[Event]) -> None:
    """Journal events of a CRM; the reader takes them from there."""
    body = json.dumps([codec.to_dict(event) for event in events], separators=(",", ":")).encode()
    journal.append(db, [journal.Arrival(source=crm, endpoint=crm, kind=journal.DONE, body=body)], PROGRAM)
    gateway.store.announce(db)
