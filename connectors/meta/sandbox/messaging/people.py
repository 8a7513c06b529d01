"""Whom a call of a page or an account is about, and reading what it asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.graph import GraphCall
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.messaging.errors import Refusal
from connectors.meta.sandbox.store import customers
from connectors.meta.sandbox.store.customers import Customer

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

_TOKENS = frozenset(("access_token", "appsecret_proof"))


def asked(call: GraphCall) -> Fields:
    """Return what a call asks; objects may come as JSON in a form (GA/overview)."""
    return Fields({name: _parsed(value) for name, value in call.params.items() if name not in _TOKENS}, "")


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def find(sandbox: Sandbox, call: GraphCall, user_id: str) -> tuple[Channel, Customer]:
    """Return a person and the channel: a page also speaks for the Instagram account behind it (Facebook Login)."""
    first = "messenger" if call.object_id == sandbox.settings.page_id else "instagram"
    names = [name for name in sandbox.channels if name == first or call.holder == "page"]
    with sandbox.store.read() as db:
        for name in names:
            channel = sandbox.channels[name]
            if (found := customers.find(db, channel.account(sandbox.settings), user_id)) is not None:
                return channel, found
    raise Refusal(sandbox.channels[first].error("nobody"))
