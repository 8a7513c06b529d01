"""WhatsApp statuses as receipts."""

from __future__ import annotations

from connectors.meta.errors import case
from connectors.meta.errors.whatsapp import WHATSAPP
from connectors.whatsapp.inbound import people
from connectors_core import Malformed, Redactor
from connectors_core.model import (
    ContactRef,
    ConversationRef,
    Event,
    Failure,
    Item,
    MessageRef,
    Notice,
    Pricing,
    Receipt,
    ReceiptKind,
    wire,
)
from connectors_core.model.wire import Json

KINDS = {kind.value: kind for kind in ReceiptKind if kind is not ReceiptKind.ACCEPTED}
"""`deleted` and whatever comes later are told as a Notice: they do not say how far a message came."""

_READ = frozenset(("id", "status", "timestamp", "pricing", "biz_opaque_callback_data"))
_REDACT = Redactor()


def receipt(item: Item, field: str, value: Json, data: Json) -> Event:
    """Read one status; a status that is no step of a message becomes a Notice.

    A group gives a status for each participant; the conversation is then the group.
    """
    # {"id": "wamid.x", "status": "delivered", "timestamp": "1750030073", "recipient_id": "16505551234",
    #  "recipient_user_id": "US.1349", "pricing": {"billable": true, "pricing_model": "PMP", "category": "service"}}
    wamid, status = wire.text(data, "id"), wire.text(data, "status")
    if not wamid or not status:
        raise Malformed("the status has no id or no name")
    at = wire.seconds(data, "timestamp")
    contact, conversation = _recipient(item, value, data)
    extra = {name: part for name, part in data.items() if name not in _READ}
    kind = KINDS.get(status)
    if kind is None:
        return Notice(
            endpoint=item.endpoint,
            account=item.account,
            id=f"{wamid[:400]}:{status[:64]}",
            at=at,
            contact=contact,
            conversation=conversation,
            standby=field == "standby",
            topic=f"status.{status}",
            extra=data,
        )
    failure = _failure(data, extra) if kind is ReceiptKind.FAILED else None
    return Receipt(
        endpoint=item.endpoint,
        account=item.account,
        id=wamid,
        at=at,
        conversation=conversation,
        contact=contact,
        standby=field == "standby",
        extra=extra,
        kind=kind,
        messages=(MessageRef(endpoint=item.endpoint, account=item.account, id=wamid),),
        key=wire.text(data, "biz_opaque_callback_data"),
        failure=failure,
        pricing=_pricing(data),
    )


def _recipient(item: Item, value: Json, data: Json) -> tuple[ContactRef | None, ConversationRef | None]:
    """Return the person and the conversation, or None for both where a status names nobody."""
    whole = wire.text(data, "recipient_id")
    if data.get("recipient_type") == "group":
        person, _ = people.named(
            value,
            wire.text(data, "recipient_participant_id"),
            wire.text(data, "recipient_participant_user_id"),
            wire.text(data, "recipient_participant_parent_user_id"),
        )
        group = whole
    else:
        person, _ = people.named(
            value, whole, wire.text(data, "recipient_user_id"), wire.text(data, "recipient_parent_user_id")
        )
        group = ""
    return person.refs(item, group) if person.ids else (None, None)


def _pricing(data: Json) -> Pricing | None:
    told = wire.obj(data, "pricing")
    if not told:
        return None
    return Pricing(
        category=wire.text(told, "category"),
        type=wire.text(told, "type"),
        model=wire.text(told, "pricing_model"),
        billable=wire.flag(told, "billable"),
    )


def _failure(data: Json, extra: dict[str, object]) -> Failure:
    """Return the first error of a failed status; what to do about it goes to `extra` as `advice`."""
    errors = wire.items(data, "errors")
    if not errors:
        return Failure()
    first = errors[0]
    code = wire.whole(first, "code")
    found = case(WHATSAPP, code) if code is not None else None
    if found is not None:
        extra["advice"] = found.advice
    title = wire.text(first, "title") or wire.text(first, "message") or (found.title if found else "")
    detail = wire.text(wire.obj(first, "error_data"), "details")
    return Failure(code=code, title=_REDACT(title), detail=_REDACT(detail))
