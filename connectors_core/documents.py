"""The mapping document of an event, with what the store knows of its people."""

from __future__ import annotations

from time import time
from typing import Any

from connectors_core.gateway import Gateway
from connectors_core.mapping.document import build
from connectors_core.model import Event, codec
from connectors_core.service import of_case
from connectors_core.store import figures, merges, people
from connectors_core.switchboard import Control


def of_arrival(gateway: Gateway, event: Event) -> dict[str, Any]:
    """Return the document of an event that is not stored yet: what it says itself is all that there is."""
    document = codec.to_dict(event)
    return build(document, document.get("profile"), account=_account(gateway, event.endpoint, event.account))


def words_of(event: Event) -> str:
    """Return what can be read as words in an event, a line for each part."""
    return str(build(codec.to_dict(event))["event"].get("text", ""))


def document_of(gateway: Gateway, event: Event, contact_id: int | None, conversation_id: int | None) -> dict[str, Any]:
    """Return the document of a stored event."""
    document = codec.to_dict(event)
    contact: dict[str, Any] = dict(document.get("profile", {}))
    conversation: dict[str, Any] = {}
    identity: dict[str, Any] = {}
    channel, account = event.endpoint, event.account
    with gateway.store.read() as db:
        row = merges.person(db, contact_id) if contact_id is not None else None
        if row is not None:
            keys = ("scheme", "scope", "value", "verified")
            contact["identities"] = [{key: getattr(one, key) for key in keys} for one in row.identities]
            contact["id"] = str(contact_id)
            for key in ("name", "username", "language"):
                contact[key] = contact.get(key) or getattr(row, key)
        home = (
            people.conversations_by_id(db, [conversation_id]).get(conversation_id)
            if conversation_id is not None
            else None
        )
        case = figures.last_case(db, home.id) if home is not None else None
        rating = figures.last_rating(db, case.id) if case is not None else None
    if home is not None:
        channel, account = home.endpoint, home.account
        board = gateway.boards.get(home.endpoint)
        owner = board.owner(Control.of(home), time()) if board is not None else ""
        conversation = {"id": str(home.id), "owner": owner, **of_case(case, rating)}
        identity = next((one for one in contact.get("identities", ()) if one["value"] == home.external_id), {})
    return build(document, contact, identity, conversation, _account(gateway, channel, account))


def _account(gateway: Gateway, endpoint: str, account: str) -> dict[str, Any]:
    settings = gateway.settings.endpoints.get(endpoint)
    return {"endpoint": endpoint, "channel": settings.type if settings else "", "id": account}
