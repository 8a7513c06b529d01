"""Webhooks of WhatsApp, field by field as Meta sends them.

Shapes: WA/webhooks/reference (2025-11 to 2026-08), WA/business-scoped-user-ids (2026-08-24).
"""

from __future__ import annotations

import base64
from secrets import token_hex
from typing import Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.settings import SandboxSettings
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry

Json = dict[str, Any]


def wamid(address: str, *, incoming: bool) -> str:
    """Return a new id of a message: who it is with, which way it went, and a number, in Base64."""
    name = address.encode()[:100]
    number = (f"3A{token_hex(9)}" if incoming else token_hex(9)).upper().encode()
    way = b"\x12\x18" if incoming else b"\x11\x18"
    packed = b"\x1c\x18" + bytes([len(name)]) + name + b"\x15\x02\x00" + way + bytes([len(number)]) + number + b"\x00"
    return f"wamid.{base64.b64encode(packed).decode()}"


def envelope(settings: SandboxSettings, field: str, value: Json, *, time: float | None = None) -> Json:
    """Return a webhook of one change."""
    entry: Json = {"id": settings.business_account_id}
    if time is not None:
        entry["time"] = int(time)
    entry["changes"] = [{"value": value, "field": field}]
    return {"object": "whatsapp_business_account", "entry": [entry]}


def message(
    settings: SandboxSettings, customer: Customer, entry: Entry, *, standby: bool = False, group: str = "", **more: Any
) -> Json:
    """Return the webhook of what a customer wrote; `more` stands in the message beside its content.

    `standby`: another responder has the thread; `group`: the id of the group that it was written in.
    """
    # {"messages": [{"from": "16505551234", "from_user_id": "US.1349", "id": "wamid.x", "timestamp": "1749416383",
    #   "type": "text", "text": {"body": "Does it come in another color?"}}]}
    told: Json = {}
    if entry.context:
        told["context"] = {"from": settings.display_phone_number, "id": entry.context}
    if group:
        told["group_id"] = group
    told |= {**_sender(customer), "id": entry.id, "timestamp": str(int(entry.at)), "type": entry.type}
    told[entry.type] = entry.content
    inner = {"contacts": [contact(customer)], "messages": [{**told, **more}]}
    if standby:
        return envelope(settings, "standby", {**_head(settings), "standby": inner})
    return envelope(settings, "messages", {**_head(settings), **inner})


def echo(settings: SandboxSettings, customer: Customer, entry: Entry, *, standby: bool = False) -> Json:
    """Return the webhook of what somebody else at the business wrote: in its app, or another responder on standby."""
    told: Json = {"from": settings.display_phone_number, "id": entry.id, "timestamp": str(int(entry.at))}
    told |= {"to": customer.wa_id} if customer.wa_id else {"to_user_id": customer.user_id}
    told |= {"type": entry.type, entry.type: entry.content}
    inner = {"message_echoes": [told]}
    if standby:
        return envelope(settings, "standby", {**_head(settings), "standby": inner})
    return envelope(settings, "smb_message_echoes", {**_head(settings), **inner})


def handover(settings: SandboxSettings, customer: Customer, kind: str, told: Json, at: float) -> Json:
    """Return the webhook of a thread that was passed (`control_passed`) or taken (`control_taken`)."""
    number = {"display_phone_number": settings.display_phone_number, "phone_number_id": settings.phone_number_id}
    sender = {"phone_number": customer.wa_id} if customer.wa_id else {}
    value: Json = {
        "messaging_product": "whatsapp",
        "recipient": number,
        "sender": {**sender, "user_id": customer.user_id},
        "timestamp": str(int(at)),
        "type": kind,
        kind: told,
    }
    return envelope(settings, "messaging_handovers", value)


def system(settings: SandboxSettings, before: Customer, after: Customer, message_id: str, at: float) -> Json:
    """Return the webhook of a new number or a new user id of a customer (correction of 2026-08-11)."""
    changed = "user_changed_number" if before.wa_id != after.wa_id else "user_changed_user_id"
    old, new = (before.wa_id, after.wa_id) if changed == "user_changed_number" else (before.user_id, after.user_id)
    told: Json = {"body": f"User {after.name} changed from {old} to {new}"}
    if changed == "user_changed_number":
        told["wa_id"] = after.wa_id
    told |= {"user_id": after.user_id, "previous_user_id": before.user_id, "type": changed}
    row = {**_sender(before), "id": message_id, "timestamp": str(int(at)), "type": "system", "system": told}
    return envelope(settings, "messages", {**_head(settings), "messages": [row]})


def status(
    settings: SandboxSettings,
    customer: Customer | None,
    entry: Entry,
    name: str,
    at: float,
    *,
    address: str,
    failure: GraphError | None = None,
) -> Json:
    """Return the webhook of one step of an outgoing message; `address`: whom it was sent to.

    A failed one names no contacts, and a user id only where it was sent to one (WA/business-scoped-user-ids). There
    is no `conversation` since v24.0, except in a free entry point window (2025-10-08).
    """
    # {"statuses": [{"id": "wamid.x", "status": "delivered", "timestamp": "1750030073", "recipient_id": "16505551234",
    #   "pricing": {"billable": true, "pricing_model": "PMP", "type": "regular", "category": "service"}}]}
    told: Json = {"id": entry.id, "status": name, "timestamp": str(int(at))}
    by_user_id = not address.isdecimal()
    number = customer.wa_id if customer else ("" if by_user_id else address)
    if number:
        told["recipient_id"] = number
    if customer and (failure is None or by_user_id):
        told["recipient_user_id"] = customer.user_id
    elif by_user_id:
        told["recipient_user_id"] = address
    if name in ("sent", "delivered"):
        told["pricing"] = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": entry.category}
    if failure is not None:
        told["errors"] = [failure.in_status()]
    if entry.tracker:
        told["biz_opaque_callback_data"] = entry.tracker
    value = _head(settings)
    if customer and failure is None:
        value["contacts"] = [contact(customer)]
    return envelope(settings, "messages", {**value, "statuses": [told]})


def of_member(payload: Json, member: Customer) -> Json:
    """Return the webhook of a status in a group as the one of a member: each has one of their own (WA/groups, 2025)."""
    value = payload["entry"][0]["changes"][0]["value"]
    told = dict(value["statuses"][0])
    told |= {"recipient_id": told.pop("recipient_user_id"), "recipient_type": "group"}
    told["recipient_participant_user_id"] = member.user_id
    if member.wa_id:
        told["recipient_participant_id"] = member.wa_id
    value = {**value, "contacts": [contact(member)], "statuses": [told]}
    change = {**payload["entry"][0]["changes"][0], "value": value}
    return {**payload, "entry": [{**payload["entry"][0], "changes": [change]}]}


def contact(customer: Customer) -> Json:
    """Return a row of `contacts`: people who took a username show no number."""
    profile = {"name": customer.name}
    if customer.username:
        profile["username"] = customer.username
    row: Json = {"profile": profile}
    if customer.wa_id:
        row["wa_id"] = customer.wa_id
    return {**row, "user_id": customer.user_id}


def _sender(customer: Customer) -> Json:
    sender = {"from": customer.wa_id} if customer.wa_id else {}
    return {**sender, "from_user_id": customer.user_id}


def _head(settings: SandboxSettings) -> Json:
    number = {"display_phone_number": settings.display_phone_number, "phone_number_id": settings.phone_number_id}
    return {"messaging_product": "whatsapp", "metadata": number}
