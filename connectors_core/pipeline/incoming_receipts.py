"""Finding the deliveries that receipts speak of; a receipt that comes too early waits."""

from __future__ import annotations

from collections.abc import Sequence
from time import time
from typing import Any

from connectors_core.gateway import Gateway
from connectors_core.model import Receipt, ReceiptKind
from connectors_core.pipeline import evidence
from connectors_core.pipeline.people import Entry
from connectors_core.pipeline.receipts import LATE, News, NextId, advance
from connectors_core.store import deliveries, events, receipts


def store(db: Any, gateway: Gateway, entries: Sequence[Entry], next_id: NextId, *, tell: bool = True) -> set[str]:
    """Store receipts, apply those whose message is known, and `tell` the writers; return who has new work."""
    if not entries:
        return set()
    by_key = evidence.by_keys(
        db, gateway, {(one.event.endpoint, _receipt(one).key) for one in entries if _receipt(one).key}
    )
    by_id = events.find_refs(db, {(ref.endpoint, ref.id) for one in entries for ref in _receipt(one).messages})
    rows: list[dict[str, Any]] = []
    news: list[News] = []
    for entry in entries:
        receipt = _receipt(entry)
        delivery = by_key.get((receipt.endpoint, receipt.key))
        if delivery is not None:
            if delivery.state != deliveries.SENT:
                name = receipt.messages[0].id if receipt.messages else ""
                evidence.prove_sent(db, delivery, receipt.account, name)
            found = [(delivery.id, delivery.event_id)]
            rows.append(_row(entry, receipt.messages[0].id if receipt.messages else "", delivery.id))
        else:
            found, early = _by_watermark(db, entry, receipt)
            rows += early
            for ref in receipt.messages:
                known = by_id.get((ref.endpoint, ref.id))
                rows.append(_row(entry, ref.id, known.delivery_id if known else None))
                if known:
                    found.append((known.delivery_id, known.event_id))
        news += [News(delivery_id, message_id, receipt.kind, entry.event_id) for delivery_id, message_id in found]
    receipts.add(db, rows)
    return advance(db, gateway, news, next_id, tell=tell)


def join_late(db: Any, gateway: Gateway, waiting: Sequence[Any], next_id: NextId) -> set[str]:
    """Apply receipts that waited and whose message is known by now."""
    refs = events.find_refs(db, {(row.endpoint, row.external_id) for row in waiting})
    news: list[News] = []
    joined: list[tuple[int, int]] = []
    for row in waiting:
        ref = refs.get((row.endpoint, row.external_id))
        if ref is not None:
            joined.append((row.id, ref.delivery_id))
            news.append(News(ref.delivery_id, ref.event_id, ReceiptKind(row.kind), row.event_id))
    receipts.join(db, joined)
    return advance(db, gateway, news, next_id)


def apply_late(db: Any, gateway: Gateway, waiting: Sequence[Any], next_id: NextId) -> set[str]:
    """Apply watermarks that waited for sends, which turned out to have happened."""
    receipts.join(db, [(row.id, row.delivery_id) for row in waiting])
    news = [News(row.delivery_id, row.message_id, ReceiptKind(row.kind), row.event_id) for row in waiting]
    return advance(db, gateway, news, next_id)


def _by_watermark(db: Any, entry: Entry, receipt: Receipt) -> tuple[list[tuple[int, int]], list[dict[str, Any]]]:
    """Return what a watermark speaks of, all that was sent into the conversation up to it; and what it waits for.

    Whether a send happened whose call runs, or whose outcome nobody knows, comes out later.
    """
    if receipt.watermark is None or entry.conversation_id is None:
        return [], []
    found = deliveries.begun_before(db, entry.conversation_id, receipt.endpoint, receipt.watermark.timestamp())
    sent = [(row.id, row.event_id) for row in found if row.state == deliveries.SENT]
    late = {"waiting_until": time() + LATE}
    return sent, [_row(entry, "", row.id) | late for row in found if row.state != deliveries.SENT]


def _receipt(entry: Entry) -> Receipt:
    assert isinstance(entry.event, Receipt)
    return entry.event


def _row(entry: Entry, external_id: str, delivery_id: int | None) -> dict[str, Any]:
    receipt = _receipt(entry)
    return {
        "event_id": entry.event_id,
        "endpoint": receipt.endpoint,
        "external_id": external_id,
        "kind": receipt.kind,
        "at": receipt.at.timestamp(),
        "delivery_id": delivery_id,
        "waiting_until": None if delivery_id is not None else time() + LATE,
    }
