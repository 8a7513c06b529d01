"""Storing a batch of readings in one transaction: each event once, with a delivery for every route."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import time
from types import SimpleNamespace
from typing import Any

import attrs

from connectors_core.documents import of_arrival
from connectors_core.endpoint import VERBS, Endpoint
from connectors_core.errors import NotSupported
from connectors_core.files import clean_filename, clean_mime, is_name, new_name
from connectors_core.gateway import Gateway
from connectors_core.model import (
    ConversationRef,
    Failure,
    Handover,
    Item,
    Link,
    Media,
    Message,
    Notice,
    Outgoing,
    Receipt,
    ReceiptKind,
    codec,
)
from connectors_core.pieces import cut
from connectors_core.pipeline import echoes, incoming_receipts
from connectors_core.pipeline.people import Directory, Entry, clean
from connectors_core.pipeline.reading import Reading
from connectors_core.pipeline.receipts import News, NextId, advance, event_row, once, own_receipt, scope
from connectors_core.routing import Way
from connectors_core.store import deliveries, events, journal, lanes, media, people, templates

BLOCK = 128
"""Ids taken from the store at a time."""


@attrs.define
class Batch:
    """What one transaction writes."""

    gateway: Gateway
    db: Any
    next_id: NextId
    event_rows: list[dict[str, Any]] = attrs.field(factory=list)
    delivery_rows: list[dict[str, Any]] = attrs.field(factory=list)
    refused: list[tuple[dict[str, Any], dict[str, Any], NotSupported]] = attrs.field(factory=list)
    parked: list[dict[str, Any]] = attrs.field(factory=list)
    woken: set[str] = attrs.field(factory=set)
    delivers: bool = True


def store(gateway: Gateway, db: Any, readings: Sequence[Reading], *, delivers: bool = True) -> set[str]:
    """Store readings and settle their journal rows; return the endpoints that have new work.

    Without `delivers` nothing new leaves the house: that is a replay.
    """
    batch = Batch(gateway, db, id_source(gateway, db), delivers=delivers)
    entries = _new_entries(db, readings)
    entries = [entry for entry in entries if _addressed(batch, entry)]
    directory = Directory.look_up(db, entries, batch.next_id, gateway.asked)
    receipts_: list[Entry] = []
    for entry in entries:
        directory.place(entry)
        entry.event_id = batch.next_id()
        row = event_row(
            entry.event, entry.event_id, journal_id=entry.journal_id, position=entry.position, document=entry.document
        )
        row |= {"conversation_id": entry.conversation_id, "contact_id": entry.contact_id}
        batch.event_rows.append(row)
        if isinstance(entry.event, Receipt):
            receipts_.append(entry)
        elif isinstance(entry.event, Notice):
            if "template" in entry.event.topic:
                templates.hasten(db, entry.event.endpoint, time())
        else:
            _deliver(batch, entry, row)
    directory.write(db)
    events.add(db, batch.event_rows)
    _write_deliveries(batch)
    batch.woken |= incoming_receipts.store(db, gateway, receipts_, batch.next_id, tell=delivers)
    journal.park(db, [*batch.parked, *(row for reading in readings for row in reading.parked)])
    journal.mark(
        db, ((one.journal_id, journal.PARKED if one.problem else journal.READ, one.problem) for one in readings)
    )
    return batch.woken


def id_source(gateway: Gateway, db: Any) -> NextId:
    """Return a function that gives the next id, asking the store for a block at a time."""
    block: Iterable[int] = iter(())

    def next_id() -> int:
        nonlocal block
        for one in block:
            return one
        block = gateway.store.ids(db, BLOCK)
        return next(block)

    return next_id


def _new_entries(db: Any, readings: Sequence[Reading]) -> list[Entry]:
    """Return the events that were never seen before, in journal order."""
    entries = [
        Entry(reading.journal_id, position, reading.kind, event, document=document)
        for reading in readings
        for (position, event), document in zip(reading.events, reading.documents, strict=True)
    ]
    seen = set(events.known(db, {(entry.event.endpoint, once(entry.event)) for entry in entries}))
    fresh = []
    for entry in entries:
        key = (entry.event.endpoint, once(entry.event))
        if key not in seen:
            seen.add(key)
            fresh.append(entry)
    return fresh


def _addressed(batch: Batch, entry: Entry) -> bool:
    """Give a message that names only a person the conversation that it will open; park it when none can be."""
    event = entry.event
    if not isinstance(event, Message) or event.to is None or event.conversation is not None:
        return True
    ways = batch.gateway.router.openers(event.endpoint, batch.gateway.endpoints)
    if len(ways) != 1:
        names = ", ".join(way.target for way in ways) or "none"
        text = f"a message to a person must name its channel: {event.endpoint} could write first at: {names}"
        _park(batch, entry, text)
        return False
    target = ways[0].target
    account = batch.gateway.settings.endpoints[target].account or target
    ref = ConversationRef(endpoint=target, account=account, id=event.to.value)
    entry.event = attrs.evolve(event, conversation=ref)
    entry.document = codec.dumps(entry.event)
    return True


def _park(batch: Batch, entry: Entry, text: str) -> None:
    item = Item(
        type=codec.NOUN_OF[type(entry.event)], account=entry.event.account, raw=b"", endpoint=entry.event.endpoint
    )
    reading = Reading(entry.journal_id, "", entry.kind, 0.0)
    reading.park(entry.position, item, "unrouted", text)
    batch.parked += reading.parked


def _deliver(batch: Batch, entry: Entry, row: dict[str, Any]) -> None:
    """Make the deliveries of a message, a link or a handover."""
    event = entry.event
    if isinstance(event, Message) and event.echo is not None:
        # In this order: an attempt that is settled between the two questions has left its name by the second.
        until = echoes.hold_until(batch.db, entry)
        if echoes.is_own(batch.db, batch.gateway, entry):
            return
        if batch.delivers and until is not None:
            row["held_until"] = until
            return
    if batch.delivers:
        _route(batch, entry, row)


def _route(batch: Batch, entry: Entry, row: dict[str, Any]) -> None:
    event = entry.event
    if event.conversation is not None and entry.conversation_id is None:
        _park(batch, entry, f"{event.endpoint} named a conversation of {event.conversation.endpoint} that is not known")
        return
    ways = ways_of(batch.gateway, entry)
    waits = _want_files(batch, entry) if ways and isinstance(event, Message) else None
    if not ways and isinstance(event, Message):
        _park(batch, entry, f"no route takes a message of {event.endpoint} any further; add one and replay")
    for way in ways:
        _enqueue(batch, entry, row, way, waits)


def _want_files(batch: Batch, entry: Entry) -> float | None:
    """Have the files of a message fetched that are not kept here; return until when the message waits for them."""
    event = entry.event
    assert isinstance(event, Message)
    files = [part for part in event.parts if isinstance(part, Media) and (part.id or part.url)]
    files = [part for part in files if not is_name(part.id)]
    now = time()
    media.add(
        batch.db,
        [
            {
                "id": batch.next_id(),
                "name": new_name(),
                "endpoint": event.endpoint,
                "event_id": entry.event_id,
                "state": media.WANTED,
                "kind": part.kind,
                "source_id": clean(part.id),
                "source_url": clean(part.url),
                "mime": clean_mime(part.mime) if part.mime else "",
                "sha256": part.sha256,
                "filename": clean_filename(part.name),
                "created_at": now,
                "due": now,
            }
            for part in files
        ],
    )
    return now + batch.gateway.settings.gateway.media_wait if files else None


def ways_of(gateway: Gateway, entry: Entry) -> list[Way]:
    """Return where an event goes: from the side of its conversation to every route, from elsewhere to that side."""
    event = entry.event
    if entry.home and entry.home != event.endpoint:
        way = gateway.router.between(event.endpoint, entry.home)
        return [way] if way else []
    return gateway.router.from_home(event.endpoint, lambda: of_arrival(gateway, event))


def _enqueue(batch: Batch, entry: Entry, row: dict[str, Any], way: Way, waits: float | None) -> None:
    event = entry.event
    assert isinstance(event, Message | Link | Handover)
    endpoint = batch.gateway.endpoints[way.target]
    verb = VERBS[type(event)]
    if verb not in endpoint.verbs and not isinstance(event, Message):
        return
    lane = lanes.lane_id(way.target, scope(SimpleNamespace(**row)))
    base = {"event_id": entry.event_id, "source": event.endpoint, "target": way.target, "lane_id": lane, "verb": verb}
    try:
        count = len(pieces_of(endpoint, event, way))
    except NotSupported as error:
        refusal = deliveries.row(
            id=batch.next_id(), **base, state=deliveries.REFUSED, settled_at=time(), reason=error.text
        )
        batch.delivery_rows.append(refusal)
        batch.refused.append((refusal, row, error))
        return
    for piece in range(1, count + 1):
        batch.delivery_rows.append(deliveries.row(id=batch.next_id(), **base, piece=piece, pieces=count, waits=waits))


def pieces_of(endpoint: Endpoint, event: Outgoing, way: Way) -> Sequence[Outgoing]:
    """Return what one event is at a target: the pieces of a message, or the event itself."""
    if not isinstance(event, Message):
        return [event]
    if "send" not in endpoint.verbs:
        raise NotSupported(f"{endpoint.name} takes no messages")
    return cut(event, endpoint.abilities, degrade=way.degrade, target=endpoint.name)


def deliver(gateway: Gateway, db: Any, rows: Iterable[Any]) -> set[str]:
    """Make the deliveries of events that are stored already: an echo that turned out foreign, a replay."""
    batch = Batch(gateway, db, id_source(gateway, db))
    stored = list(rows)
    homes = people.conversations_by_id(db, {row.conversation_id for row in stored if row.conversation_id is not None})
    for row in stored:
        home = homes[row.conversation_id].endpoint if row.conversation_id in homes else ""
        event = codec.loads(row.document)
        entry = Entry(row.journal_id, row.position, "", event, row.id, row.conversation_id, row.contact_id, home)
        _route(batch, entry, row._asdict())
    _write_deliveries(batch)
    journal.park(db, batch.parked)
    return batch.woken


def _write_deliveries(batch: Batch) -> None:
    deliveries.add(batch.db, batch.delivery_rows)
    waiting = {row["lane_id"]: row["target"] for row in batch.delivery_rows if row["settled_at"] is None}
    lanes.enqueue(batch.db, waiting, time())
    batch.woken |= set(waiting.values())
    news: list[News] = []
    for refusal, row, error in batch.refused:
        delivery, message = SimpleNamespace(**refusal), SimpleNamespace(**row)
        failure = Failure(code="not_supported", title=error.text)
        one = own_receipt(batch.db, batch.gateway, delivery, message, ReceiptKind.FAILED, failure, batch.next_id)
        if one is not None:
            news.append(one)
    batch.woken |= advance(batch.db, batch.gateway, news, batch.next_id)
