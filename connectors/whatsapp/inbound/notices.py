"""What WhatsApp tells about an account, a template, a group or a call, and handovers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connectors.meta.errors import case
from connectors.meta.errors.whatsapp import WHATSAPP
from connectors.whatsapp.inbound import people
from connectors_core import Malformed
from connectors_core.model import Event, Handover, HandoverAction, Item, Message, Notice, OptIn, Origin, wire
from connectors_core.model.wire import Json

_WORDS = (
    "new_status",
    "event",
    "decision",
    "new_quality_score",
    "new_category",
    "value",
    "status",
    "type",
    "action",
    "message",
)
"""Where a change says in one word what happened; the first that is there counts."""

_SEVERITY = {
    "ACCOUNT_VIOLATION": "warning",
    "ACCOUNT_RESTRICTION": "error",
    "ACCOUNT_DELETED": "error",
    "DISABLED_UPDATE": "error",
    "PARTNER_REMOVED": "error",
    "REJECTED": "warning",
    "PAUSED": "warning",
    "FLAGGED": "warning",
    "DISABLED": "error",
    "DOWNGRADE": "warning",
    "YELLOW": "warning",
    "RED": "error",
    "THROTTLED": "warning",
    "BLOCKED": "error",
    "PIN_CHANGED": "warning",
    "PIN_RESET_REQUEST": "warning",
    "group_suspend": "warning",
    "WARNING": "warning",
    "CRITICAL": "error",
}
_HANDOVERS = {"control_passed": HandoverAction.PASS, "control_taken": HandoverAction.TAKE}


def of_field(item: Item, field: str, value: Json) -> Event:
    """Read a change that is not about a message: a handover, or news for which the whole value is kept."""
    if field == "messaging_handovers" and wire.text(value, "type") in _HANDOVERS:
        return _handover(item, value)
    return _notice(item, field, value, value, None)


def of_piece(item: Item, field: str, value: Json, data: Json) -> Event:
    """Read one call, or entry of the address book: a Notice that names the person where one is named."""
    told = wire.obj(data, "contact")
    business = wire.text(wire.obj(value, "metadata"), "display_phone_number")
    numbers = (data.get("from"), data.get("to"), data.get("recipient_id"), told.get("phone_number"))
    wa_id = next((one for one in numbers if isinstance(one, str) and one and one != business), "")
    users = (data.get("from_user_id"), data.get("to_user_id"), data.get("recipient_user_id"), told.get("user_id"))
    person, _ = people.named(value, wa_id, next((one for one in users if isinstance(one, str)), ""))
    return _notice(item, field, value, data, person)


def of_group(item: Item, field: str, value: Json, data: Json) -> Event:
    """Read one change of a group: that it was made, who came or went, what it is called."""
    return _notice(item, field, value, data, None)


def of_preference(item: Item, _field: str, value: Json, data: Json) -> Event:
    """Read what a person wants to be sent. It is no message of the person, and opens no window."""
    # {"wa_id": "16505551234", "detail": "User requested to stop marketing messages", "category": "marketing_messages",
    #  "value": "stop", "timestamp": 1731705721}
    person, row = people.named(value, wire.text(data, "wa_id"), wire.text(data, "user_id"))
    contact, conversation = person.refs(item)
    wanted = OptIn(topic=wire.text(data, "category") or "unknown", granted=wire.text(data, "value") != "stop")
    return Message(
        endpoint=item.endpoint,
        account=item.account,
        **_nameless(item),
        at=_time(item, data),
        conversation=conversation,
        contact=contact,
        profile=people.profile(person, row, contact),
        extra=data,
        parts=(wanted,),
        origin=Origin.SYSTEM,
    )


def of_error(item: Item, field: str, _value: Json, data: Json) -> Event:
    """Read an error that belongs to no message."""
    code = wire.whole(data, "code")
    found = case(WHATSAPP, code) if code is not None else None
    return Notice(
        endpoint=item.endpoint,
        account=item.account,
        **_nameless(item),
        at=_entry_time(item),
        standby=field == "standby",
        topic="error",
        text=f"{found.title}; {found.advice}" if found else "",
        code=code,
        severity="error",
        extra=data,
    )


def _notice(item: Item, field: str, value: Json, data: Json, person: people.Person | None) -> Notice:
    word = _word(data)
    contact, conversation = person.refs(item) if person and person.ids else (None, None)
    template = wire.text(data, "message_template_name") if "message_template_name" in data else ""
    about = f"{field} of {template}" if template else field
    return Notice(
        endpoint=item.endpoint,
        account=item.account,
        **_nameless(item),
        at=_time(item, data),
        contact=contact,
        conversation=conversation,
        topic=field,
        text=f"{about}: {word}" if word else about,
        severity=_SEVERITY.get(_alert(data) or word, "info"),
        extra=value,
    )


def _word(data: Json) -> str:
    return next((word for name in _WORDS if isinstance(word := data.get(name), str) and word), "")


def _alert(data: Json) -> str:
    """Return the severity that an account alert brings of its own."""
    alert = data.get("alert_info", data)
    severity = alert.get("alert_severity") if isinstance(alert, dict) else None
    return severity if isinstance(severity, str) else ""


def _handover(item: Item, value: Json) -> Handover:
    # {"sender": {"phone_number": "16505551234"}, "timestamp": "1697041663", "type": "control_passed",
    #  "control_passed": {"previous_owner_role": "ai_agent", "new_owner_role": "escalation", "metadata": "..."}}
    kind = wire.text(value, "type")
    told, sender = wire.obj(value, kind), wire.obj(value, "sender")
    number = wire.text(sender, "wa_id") or wire.text(sender, "phone_number").removeprefix("+")
    person = people.Person(number, wire.text(sender, "user_id"), wire.text(sender, "parent_user_id"))
    contact, conversation = person.refs(item)
    summary = wire.obj(wire.obj(told, "conversation_context"), "summary")
    return Handover(
        endpoint=item.endpoint,
        account=item.account,
        **_nameless(item),
        at=wire.seconds(value, "timestamp"),
        contact=contact,
        conversation=conversation,
        extra=value,
        action=_HANDOVERS[kind],
        previous_owner=wire.text(told, "previous_owner_role") or wire.text(told, "previous_owner_app_id"),
        new_owner=wire.text(told, "new_owner_role") or wire.text(told, "new_owner_app_id"),
        metadata=wire.text(told, "metadata"),
        summary=wire.text(summary, "text"),
    )


def _time(item: Item, data: Json) -> datetime:
    return wire.seconds(data, "timestamp") if "timestamp" in data else _entry_time(item)


def _entry_time(item: Item) -> datetime:
    raw = item.json()
    return wire.seconds(raw, "time") if raw.get("time") is not None else item.received_at


def _nameless(item: Item) -> dict[str, Any]:
    """Return an id, and what tells it again, for what brings none: the same Item, the same id."""
    try:
        name = item.digest()
    except (RecursionError, ValueError):
        raise Malformed("the change is nested too deeply") from None
    return {"id": name, "repeat": f"item:{name}"}
