"""Events as signed calls, and the receiver's answers as `Done`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from urllib.parse import quote

from connectors.webhook.settings import WebhookSettings
from connectors.webhook.signing import signature
from connectors_core import Call, ConnectorsError, Malformed, NeedsAttention, Reply, Secret
from connectors_core.model import ContactRef, ConversationRef, Done, MessageRef, Outgoing, Ref
from connectors_core.model.codec import NOUN_OF, to_dict

_REFS: dict[str, type[Ref]] = {"message": MessageRef, "conversation": ConversationRef, "contact": ContactRef}


def call(settings: WebhookSettings, event: Outgoing, key: str, now: int) -> Call:
    """Return the call that delivers `event`; `now`: Unix seconds. The same `key` is the same `webhook-id`."""
    document = {"type": NOUN_OF[type(event)], "timestamp": event.at.astimezone(UTC).isoformat(), "data": to_dict(event)}
    return signed(settings, document, key, now)


def signed(settings: WebhookSettings, document: Mapping[str, object], key: str, now: int) -> Call:
    """Return a signed call with a document."""
    body = json.dumps(document, separators=(",", ":")).encode()
    # An id of a provider may stand in the key, and a header takes only some characters.
    name = quote(key, safe="/:@=+")
    headers = {
        header: value.reveal() if isinstance(value, Secret) else value for header, value in settings.headers.items()
    }
    headers |= {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(settings.secret, name, now, body),
    }
    return Call(method="POST", url=settings.url, headers=headers, body=body)


def explain(reply: Reply) -> ConnectorsError | None:
    """Return the meaning of 410: Standard Webhooks lets a receiver say so that it wants no more."""
    if reply.status == 410:
        return NeedsAttention(
            "410: the receiver wants no more calls; put another url or take it out of the settings", code=410
        )
    return None


def done(reply: Reply, endpoint: str) -> Done:
    """Return the ids that the receiver answered with; an answer without them, or without JSON, is good as well."""
    # An answer like {"message": "m-17", "conversation": "c-4", "contact": "p-2"}
    try:
        answer = reply.json() if reply.body else {}
    except Malformed:
        answer = {}
    refs: list[Ref] = []
    for name, kind in _REFS.items() if isinstance(answer, dict) else ():
        try:
            refs.append(kind(endpoint=endpoint, account=endpoint, id=answer.get(name)))
        except Malformed:
            # It has the event: an id that cannot be used does not undo that.
            continue
    return Done(refs=refs)
