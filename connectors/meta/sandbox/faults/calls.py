"""What a call is about, for the fault menu: its kind, and the customer whom it concerns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connectors.meta.sandbox.faults.deciding import About
from connectors.meta.sandbox.store import customers, messages

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox
    from connectors.meta.sandbox.graph import GraphCall

_KINDS = {
    ("POST", "number", "marketing_messages"): "send",
    ("POST", "number", "media"): "upload",
    ("GET", "media", ""): "media",
    ("GET", "account", "message_templates"): "templates",
}


def about(sandbox: Sandbox, call: GraphCall, kind: str, *, of_app: bool) -> About:
    """Return what a call on an object of this kind is about; nothing is looked up where the menu is empty.

    `of_app`: whether it came with the token of the app, which nobody revokes.
    """
    spared = frozenset(("token_revoked",) if of_app else ())
    if call.params.get("type") != "template":
        spared |= {"template_paused"}
    name = _name(call, kind)
    number = sandbox.settings.phone_number_id if kind in ("number", "media") else ""
    if not sandbox.faults.some or name not in ("send", "read"):
        return About(into=name, subject=name, number=number, call=name, spared=spared)
    with sandbox.store.read() as db:
        if name == "send":
            address = str(call.params.get("to") or call.params.get("recipient") or "")
            # A number is written in many ways, and counts as its digits.
            digits = re.sub(r"\D", "", address) if re.fullmatch(r"[\d ()+.-]+", address) else address
            customer = customers.find(db, sandbox.settings.phone_number_id, digits)
        else:
            message = messages.get(db, str(call.params.get("message_id", "")))
            customer = customers.get(db, message.customer) if message else None
    return About(
        into=name,
        subject=customer.address if customer else name,
        customer=customer.id if customer else "",
        number=number,
        call=name,
        message=str(call.params.get("message_id", "")),
        key=str(call.params.get("biz_opaque_callback_data", "")),
        spared=spared,
    )


def _name(call: GraphCall, kind: str) -> str:
    if (call.method, kind, call.edge) == ("POST", "number", "messages"):
        return "read" if "status" in call.params else "send"
    return _KINDS.get((call.method, kind, call.edge), "other")
