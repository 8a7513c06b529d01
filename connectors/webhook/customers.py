"""Asking the receiver who a customer is, and having it bring codes: calls that are signed like the events."""

from __future__ import annotations

from datetime import UTC, datetime
from secrets import token_hex

import attrs

from connectors.webhook import outbound
from connectors.webhook.settings import WebhookSettings
from connectors_core import Call, ConnectorsError, Malformed, NoCounterpart, Reply
from connectors_core.model import Code, Contact, ContactRef, Grant, Proof


def question(settings: WebhookSettings, proof: Proof, now: int) -> Call:
    """Return the call that asks whose an address, or a grant, is."""
    if isinstance(proof, Grant):
        data: dict[str, object] = {"grant": {"token": proof.token, "scope": proof.scope}}
    else:
        data = {"address": {"scheme": str(proof.scheme), "value": proof.value}}
    return _call(settings, "customer", data, now)


def bringing(settings: WebhookSettings, code: Code, now: int) -> Call:
    """Return the call that has a code brought."""
    data: dict[str, object] = {
        "contact": code.contact.ref.id if code.contact.ref is not None else "",
        "address": {"scheme": str(code.address.scheme), "value": code.address.value},
        "code": code.value,
        "language": code.language,
        "minutes": code.minutes,
    }
    return _call(settings, "send_code", data, now)


def userinfo(settings: WebhookSettings, grant: Grant) -> Call:
    """Return the call that asks an OpenID provider whose a token is (OpenID Connect Core 1.0, 5.3)."""
    return Call(method="GET", url=settings.userinfo_url, headers={"authorization": f"Bearer {grant.token}"})


def explain(reply: Reply) -> ConnectorsError | None:
    """Return the meaning of 404 and 409 to the question for a customer: there is nobody, or more than one."""
    if reply.status in (404, 409):
        return NoCounterpart(f"{reply.status}: no customer, or more than one, has this address", code=reply.status)
    return None


def person(reply: Reply, endpoint: str, key: str) -> Contact:
    """Return the customer whom an answer names under `key`; raise NoCounterpart where it names nobody."""
    # An answer like {"contact": "p-2", "name": "Pablo Morales"}, or {"sub": "p-2", "name": "Pablo Morales"}
    try:
        found = reply.object() if reply.body else {}
        ref = ContactRef(endpoint=endpoint, account=endpoint, id=found.get(key))
    except Malformed:
        raise NoCounterpart(f"{endpoint} was told of no customer") from None
    name = found.get("name")
    return Contact(ref=ref, name=name[:200] if isinstance(name, str) else "")


def _call(settings: WebhookSettings, kind: str, data: dict[str, object], now: int) -> Call:
    document = {"type": kind, "timestamp": datetime.fromtimestamp(now, UTC).isoformat(), "data": data}
    call = outbound.signed(settings, document, f"{kind}-{token_hex(12)}", now)
    # A question may be asked twice; a code is brought once, and the person asks for another.
    return attrs.evolve(call, harmless=kind == "customer")
