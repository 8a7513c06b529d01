"""From the body of an API request to the event that it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from connectors_core.errors import Malformed
from connectors_core.gateway import Gateway
from connectors_core.model import (
    Contact,
    ContactRef,
    ConversationRef,
    Event,
    Handover,
    Identity,
    Link,
    Message,
    MessageRef,
    Receipt,
    Text,
    codec,
)


def make_event(gateway: Gateway, noun: str, endpoint: str, body: Mapping[str, Any], event_id: str) -> Event:
    """Return the event of `endpoint`; raise Malformed for parts that are none."""
    account = gateway.settings.endpoints[endpoint].account or endpoint
    common: dict[str, Any] = {
        "endpoint": endpoint,
        "account": account,
        "id": event_id,
        "at": body.get("at") or datetime.now(UTC),
        "conversation": ConversationRef(**body["conversation"]) if "conversation" in body else None,
        "extra": dict(body.get("extra", {})),
    }
    return _MAKERS[noun](gateway, common, body)


def _message(gateway: Gateway, common: dict[str, Any], body: Mapping[str, Any]) -> Message:
    mine = {"endpoint": common["endpoint"], "account": common["account"]}
    if "to" in body:
        to = body["to"]
        common["to"] = Identity(scheme=to["scheme"], value=to["value"])
        if "endpoint" in to:
            settings = gateway.settings.endpoints.get(to["endpoint"])
            account = settings.account if settings and settings.account else to["endpoint"]
            common["conversation"] = ConversationRef(endpoint=to["endpoint"], account=account, id=to["value"])
    parts = (Text(body=body["text"]),) if "text" in body else codec.parts_from(body["parts"])
    reply_to = MessageRef(**mine, id=body["reply_to"]) if "reply_to" in body else None
    return Message(**common, parts=parts, origin=body["origin"], reply_to=reply_to)


def _receipt(_gateway: Gateway, common: dict[str, Any], body: Mapping[str, Any]) -> Receipt:
    mine = {"endpoint": common["endpoint"], "account": common["account"]}
    return Receipt(**common, kind=body["kind"], messages=tuple(MessageRef(**mine, id=one) for one in body["messages"]))


def _link(_gateway: Gateway, common: dict[str, Any], body: Mapping[str, Any]) -> Link:
    ref = ContactRef(endpoint=common["endpoint"], account=common["account"], id=body["contact"])
    other = attrs.evolve(ref, id=body["other"]) if "other" in body else None
    profile = Contact(ref=ref, name=body["name"])
    return Link(**common, status=body["status"], contact=ref, other=other, profile=profile, reason=body["reason"])


def _handover(_gateway: Gateway, common: dict[str, Any], body: Mapping[str, Any]) -> Handover:
    return Handover(
        **common,
        action=body["action"],
        new_owner=body["new_owner"],
        metadata=body["metadata"],
        summary=body["summary"],
        origin=body["origin"],
        resolved=body["resolved"],
        duration=timedelta(seconds=body["seconds"]) if "seconds" in body else None,
    )


_MAKERS = {"messages": _message, "receipts": _receipt, "links": _link, "handovers": _handover}


def refuse_unrouted(gateway: Gateway, event: Event, known: bool) -> str:
    """Return why an event could go nowhere, "" when it can: said at once rather than by a parked item later."""
    if event.conversation is None or event.conversation.endpoint == event.endpoint:
        return ""
    target = event.conversation.endpoint
    if gateway.router.between(event.endpoint, target) is None:
        return f"no route joins {event.endpoint} and {target}"
    opens = isinstance(event, Message) and event.to is not None
    if opens and not gateway.endpoints[target].abilities.opens:
        return f"{target} cannot write first"
    if not opens and not known:
        return f"{target} has no such conversation"
    return ""


def refuse_bad_parts(error: Malformed) -> dict[str, list[str]]:
    """Return a problem with parts in the shape of the other problems of a body."""
    return {"parts": [error.text]}
