"""Webhooks as events: pure, without network, settings or clock."""

from typing import Any

from connectors_core import Malformed, model

RECEIPTS = {
    "delivered": model.ReceiptKind.DELIVERED,
    "read": model.ReceiptKind.READ,
    "failed": model.ReceiptKind.FAILED,
}


def receive(item: model.Item) -> list[model.Event]:
    """Read every entry of a webhook; raise Malformed for a body that has none."""
    match item.json():
        case {"entries": [*entries]}:
            return [_event(item, entry) for entry in entries]
    raise Malformed("the body has no list of entries")


def _event(item: model.Item, entry: Any) -> model.Event:
    match entry:
        # {"kind": "message", "id": "m1", "at": 1772000000, "from": {"id": "sheena", "name": "Sheena Nelson"}, …}
        case {"kind": "message", "id": name, "at": at, "from": {"id": person, **about}}:
            return item.event(
                model.Message,
                name,
                at,
                origin=model.Origin.CONTACT,
                parts=[_part(entry)],
                contact=item.ref(model.ContactRef, person),
                conversation=item.ref(model.ConversationRef, person),
                profile=model.Contact(name=str(about.get("name") or "")),
            )
        # {"kind": "receipt", "id": "r1", "at": 1772000000, "message": "m77", "status": "read"}
        case {"kind": "receipt", "id": name, "at": at, "message": sent, "status": str(status)} if status in RECEIPTS:
            messages = (item.ref(model.MessageRef, sent),)
            return item.event(model.Receipt, name, at, kind=RECEIPTS[status], messages=messages)
        case {"id": name, "at": at}:
            # What this version does not know is told, and nothing of it is lost.
            return item.event(model.Notice, name, at, topic="unknown", extra=entry)
    raise Malformed("an entry has no id or no time")


def _part(entry: dict[str, Any]) -> model.Part:
    match entry:
        case {"text": str(body)}:
            return model.Text(body=body)
    return model.Unsupported(kind="unknown", raw=entry)
