"""Moving the status of messages forward, and telling the side that wrote them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from time import time
from typing import Any

import attrs

from connectors_core.gateway import Gateway
from connectors_core.keys import Key
from connectors_core.model import Failure, Receipt, ReceiptKind, codec
from connectors_core.model.receipts import forward, of_message
from connectors_core.store import deliveries, events, lanes

NextId = Callable[[], int]

LATE = 600.0
"""Seconds that a receipt waits for its send to be settled: far above every time-out of a call."""


@attrs.frozen
class News:
    """A receipt `kind` about one delivery; `event_id` is the stored receipt that says so."""

    delivery_id: int
    message_id: int
    kind: ReceiptKind
    event_id: int


def advance(db: Any, gateway: Gateway, news: Sequence[News], next_id: NextId, *, tell: bool = True) -> set[str]:
    """Apply receipts in their order, and `tell` the writers; return the endpoints with something new."""
    if not news:
        return set()
    pieces: dict[int, dict[int, Any]] = {}
    status: dict[int, ReceiptKind | None] = {}
    for row in deliveries.of_events(db, {one.message_id for one in news}, lock=True):
        if row.verb == "send":
            pieces.setdefault(row.event_id, {})[row.id] = row
            status[row.id] = ReceiptKind(row.status) if row.status else None
    messages = events.by_id(db, pieces)
    merged = {id_: ReceiptKind(row.status) if row.status else None for id_, row in messages.items()}
    changed: dict[int, str] = {}
    told: dict[int, str] = {}
    acknowledge: list[dict[str, Any]] = []
    for one in news:
        if one.delivery_id not in status:
            continue
        after = forward(status[one.delivery_id], one.kind)
        if after is None or after is status[one.delivery_id]:
            continue
        status[one.delivery_id] = after
        changed[one.delivery_id] = after
        own = pieces[one.message_id]
        whole = of_message(status[row.id] for row in latest(own.values(), own[one.delivery_id].target))
        if whole is None or forward(merged[one.message_id], whole) is merged[one.message_id]:
            continue
        merged[one.message_id] = whole
        told[one.message_id] = whole
        if tell:
            message = messages[one.message_id]
            copied = (row.target for row in own.values() if row.source != message.endpoint)
            for reader in dict.fromkeys((message.endpoint, *copied)):
                acknowledge += _acknowledgement(gateway, message, reader, one.event_id, whole, next_id)
    deliveries.set_status(db, changed.items())
    events.set_status(db, told.items())
    deliveries.add(db, acknowledge)
    lanes.enqueue(db, {row["lane_id"]: row["target"] for row in acknowledge}, time())
    return {row["target"] for row in acknowledge}


def latest(rows: Iterable[Any], target: str) -> list[Any]:
    """Return the pieces of a message at a target: each as it was sent again last."""
    pieces: dict[int, Any] = {}
    for row in rows:
        if row.target == target and (row.piece not in pieces or row.generation > pieces[row.piece].generation):
            pieces[row.piece] = row
    return list(pieces.values())


def _acknowledgement(
    gateway: Gateway, message: Any, reader: str, receipt_id: int, status: ReceiptKind, next_id: NextId
) -> Iterable[dict[str, Any]]:
    """Yield the delivery that tells the writer of `message`, or who has a copy, when that end wants to hear it."""
    endpoint = gateway.endpoints.get(reader)
    if endpoint is None or status not in endpoint.abilities.receipts:
        return
    yield deliveries.row(
        id=next_id(),
        event_id=receipt_id,
        source="",
        target=reader,
        lane_id=lanes.lane_id(reader, scope(message)),
        verb="acknowledge",
        status=status,
        about_id=message.id,
    )


def scope(event: Any) -> str:
    """Return what the events of one lane have in common: the conversation, else the contact, else the account."""
    if event.conversation_id is not None:
        return f"c{event.conversation_id}"
    return f"p{event.contact_id}" if event.contact_id is not None else f"a{event.endpoint}:{event.account}"


def own_receipt(
    db: Any, gateway: Gateway, delivery: Any, message: Any, kind: ReceiptKind, failure: Failure | None, next_id: NextId
) -> News | None:
    """Store a receipt that the gateway itself gives: a send that failed here never hears of its provider again."""
    key = str(Key(gateway.store.installation, delivery.event_id, delivery.piece, delivery.generation))
    receipt = Receipt(
        endpoint=delivery.target,
        account=gateway.settings.endpoints[delivery.target].account or delivery.target,
        id=f"{key}#{kind}",
        at=datetime.now(UTC),
        kind=kind,
        key=key,
        failure=failure,
    )
    if events.known(db, [(receipt.endpoint, receipt.once)]):
        return None
    event_id = next_id()
    row = event_row(receipt, event_id, journal_id=0, position=0)
    row |= {"conversation_id": message.conversation_id, "contact_id": message.contact_id}
    events.add(db, [row])
    return News(delivery.id, delivery.event_id, kind, event_id)


def event_row(event: Any, event_id: int, *, journal_id: int, position: int, document: str = "") -> dict[str, Any]:
    """Return the row of an event, without its people; `document` is the event as it is stored, where that is known."""
    return {
        "id": event_id,
        "journal_id": journal_id,
        "position": position,
        "endpoint": event.endpoint,
        "account": event.account,
        "noun": codec.NOUN_OF[type(event)],
        "once": once(event),
        "external_id": event.id,
        "at": event.at.timestamp(),
        "stored_at": time(),
        "conversation_id": None,
        "contact_id": None,
        "origin": getattr(event, "origin", ""),
        "standby": event.standby,
        "held_until": None,
        "status": None,
        "document": document or codec.dumps(event),
    }


def once(event: Any) -> str:
    """Return the key of an event, short enough for an index and clean enough for every store."""
    return short(event.once)


def short(text: str) -> str:
    """Return the text of an event's `once` in the form in which it is stored."""
    if len(text) <= 300 and text.isascii() and text.isprintable():
        return text
    return "hash:" + hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
