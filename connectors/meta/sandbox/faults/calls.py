"""What a call is about, for the fault menu: its kind, and the customer whom it concerns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from connectors.meta.sandbox.faults.deciding import About
from connectors.meta.sandbox.store import Db, customers, messages
from connectors.meta.sandbox.store.customers import Customer

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox
    from connectors.meta.sandbox.graph import GraphCall

PRODUCTS = {"page": "messenger", "instagram": "instagram", "persona": "messenger"}
"""Whose objects are not WhatsApp's."""

_KINDS = {
    ("POST", "number", "messages"): "send",
    ("POST", "number", "marketing_messages"): "send",
    ("POST", "number", "media"): "upload",
    ("GET", "media", ""): "media",
    ("GET", "account", "message_templates"): "templates",
    ("POST", "page", "messages"): "send",
    ("POST", "instagram", "messages"): "send",
    ("POST", "page", "message_attachments"): "upload",
    ("POST", "instagram", "message_attachments"): "upload",
    ("GET", "page", "message_templates"): "templates",
    ("GET", "person", ""): "profile",
}
_ACTIONS = ("mark_seen", "typing_on", "typing_off")


def about(sandbox: Sandbox, call: GraphCall, kind: str) -> About:
    """Return what a call on an object of this kind is about; nothing is looked up where the menu is empty."""
    # Nobody revokes the token of the app.
    spared = frozenset(("token_revoked",) if call.holder == "app" else ())
    if call.params.get("type") != "template":
        spared |= {"template_paused"}
    name = _name(call, kind)
    account = sandbox.settings.phone_number_id if kind in ("number", "media") else ""
    if kind in ("page", "instagram"):
        account = call.object_id
    plain = About(
        into=name,
        subject=name,
        account=account,
        call=name,
        spared=spared,
        product=PRODUCTS.get(kind, "whatsapp"),
    )
    if not sandbox.faults.some or name not in ("send", "read", "profile"):
        return plain
    with sandbox.store.read() as db:
        customer = _customer(sandbox, db, call, kind)
    if customer is None:
        return plain
    return attrs.evolve(
        plain,
        subject=customer.address,
        customer=customer.id,
        product=customer.channel,
        account=customer.account,
        message=str(call.params.get("message_id", "")),
        key=_key(call, kind),
    )


def _name(call: GraphCall, kind: str) -> str:
    name = _KINDS.get((call.method, kind, call.edge), "other")
    if name == "send" and ("status" in call.params or call.params.get("sender_action") in _ACTIONS):
        return "read"
    return name


def _customer(sandbox: Sandbox, db: Db, call: GraphCall, kind: str) -> Customer | None:
    settings = sandbox.settings
    if kind == "person" or kind in PRODUCTS:
        given = call.object_id if kind == "person" else _inner(call, "recipient").get("id", "")
        places = (settings.page_id, settings.instagram_account_id)
        return next((found for one in places if (found := customers.find(db, one, str(given)))), None)
    if "status" in call.params:
        message = messages.get(db, str(call.params.get("message_id", "")))
        return customers.get(db, message.customer) if message else None
    address = str(call.params.get("to") or call.params.get("recipient") or "")
    # A number is written in many ways, and counts as its digits.
    digits = re.sub(r"\D", "", address) if re.fullmatch(r"[\d ()+.-]+", address) else address
    return customers.find(db, settings.phone_number_id, digits)


def _key(call: GraphCall, kind: str) -> str:
    if kind in PRODUCTS:
        return str(_inner(call, "message").get("metadata", ""))
    return str(call.params.get("biz_opaque_callback_data", ""))


def _inner(call: GraphCall, name: str) -> dict[str, Any]:
    value = call.params.get(name)
    return value if isinstance(value, dict) else {}
