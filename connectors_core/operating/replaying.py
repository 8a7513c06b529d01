"""Reading journaled bytes again with today's connectors: what is stored is brought up to date, nothing doubled."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

import attrs

from connectors_core.gateway import Gateway
from connectors_core.model import Event, Message, codec
from connectors_core.operating.differences import ADDED, CHANGED, REMOVED, Change
from connectors_core.pipeline import echoes, storing
from connectors_core.pipeline.people import Entry
from connectors_core.pipeline.reading import Reading, read
from connectors_core.pipeline.receipts import event_row, once
from connectors_core.store import deliveries, events, is_unavailable, journal

log = logging.getLogger(__name__)

BATCH = 100
"""Journal rows in one transaction; a webhook may have 3 MB."""
_REVISED = ("once", "external_id", "account", "at", "origin", "standby", "document")
_DELIVERED_NOUNS = ("message", "link", "handover")


@attrs.define
class Replayed:
    """What a replay of some rows found and did. `unread`: rows that no reader has taken yet are left to it."""

    rows: int = 0
    unread: int = 0
    changes: list[Change] = attrs.field(factory=list)
    settled: int = 0
    """Parked items that could be read now."""
    parked: int = 0
    """Items and rows that still wait."""
    delivered: int = 0
    """Events that are on their way now."""
    problems: list[str] = attrs.field(factory=list)


def replay(gateway: Gateway, rows: Sequence[Any], *, deliver: bool = False, dry: bool = False) -> Replayed:
    """Read journal rows again, in one transaction; `dry` changes nothing and only says what would be different.

    What changed is stored. New events are stored, and with `deliver` sent on; so are those that an earlier replay
    stored without sending them. An event that was delivered anywhere is never delivered again.
    """
    known = [row for row in rows if row.state != journal.NEW]
    readings = [read(gateway, row, row.source) for row in known]
    report = Replayed(rows=len(known), unread=len(rows) - len(known))
    if dry:
        with gateway.store.read() as db:
            report.changes = _compare(db, readings)
        return report
    try:
        _store(gateway, readings, report, deliver=deliver)
    except Exception as error:
        if is_unavailable(error):
            raise
        if len(rows) > 1:
            return _singly(gateway, rows, deliver=deliver)
        text = f"journal row {rows[0].id} could not be stored ({type(error).__name__}); it is as it was"
        log.warning("%s", text)
        return Replayed(problems=[text])
    return report


def _singly(gateway: Gateway, rows: Sequence[Any], *, deliver: bool) -> Replayed:
    """Replay row by row, so that one that cannot be stored hinders no other."""
    whole = Replayed()
    for row in rows:
        one = replay(gateway, [row], deliver=deliver)
        for field in attrs.fields(Replayed):
            setattr(whole, field.name, getattr(whole, field.name) + getattr(one, field.name))
    return whole


def _store(gateway: Gateway, readings: Sequence[Reading], report: Replayed, *, deliver: bool) -> None:
    with gateway.store.write() as db:
        report.changes = _compare(db, readings)
        for change in report.changes:
            if change.kind == CHANGED and change.event_id is not None and change.after is not None:
                row = event_row(codec.from_dict(change.after), change.event_id, journal_id=0, position=0)
                events.revise(db, change.event_id, {key: row[key] for key in _REVISED})
        _settle_parked(db, readings, report, deliver=deliver)
        storing.store(gateway, db, readings, delivers=False)
        if deliver:
            waiting = _undelivered(db, gateway, readings)
            storing.deliver(gateway, db, waiting)
            sent = {one.event_id for one in deliveries.of_events(db, [row.id for row in waiting])}
            report.delivered = len(sent)
        open_items = journal.parked_of(db, [one.journal_id for one in readings])
        report.parked = len(open_items) + sum(bool(one.problem) for one in readings)
        gateway.store.announce(db)


def _compare(db: Any, readings: Sequence[Reading]) -> list[Change]:
    """Return what today's reading has otherwise than the store."""
    found: list[Change] = []
    for reading in readings:
        # What came as an event already has nothing to be read otherwise; what cannot be taken apart says nothing.
        if reading.kind in (journal.API, journal.DONE) or reading.problem:
            continue
        stored = {(row.endpoint, row.once): row for row in events.of_journal(db, reading.journal_id)}
        now = {(event.endpoint, once(event)): (position, event) for position, event in reading.events}
        elsewhere = events.known(db, [key for key in now if key not in stored])
        new = [one for key, one in now.items() if key not in stored and key not in elsewhere]
        gone = [row for key, row in stored.items() if key not in now]
        pairs = [(stored[key], event) for key, (_, event) in now.items() if key in stored]
        pairs += _renamed(gone, new)
        found += (_change(reading, CHANGED, row, event) for row, event in pairs if _differs(row, event))
        found += (_change(reading, ADDED, None, event) for _, event in new)
        found += (_change(reading, REMOVED, row, None) for row in gone)
    return found


def _renamed(gone: list[Any], new: list[tuple[int, Event]]) -> list[tuple[Any, Event]]:
    """Take out of both lists what is the same event under another name: the next of its noun, of the same item."""
    pairs = []
    for row in list(gone):
        for one in new:
            if (row.position, row.noun) == (one[0], codec.NOUN_OF[type(one[1])]):
                pairs.append((row, one[1]))
                gone.remove(row)
                new.remove(one)
                break
    return pairs


def _differs(row: Any, event: Event) -> bool:
    return bool(json.loads(row.document) != json.loads(codec.dumps(event)))


def _change(reading: Reading, kind: str, row: Any, event: Event | None) -> Change:
    return Change(
        kind=kind,
        journal_id=reading.journal_id,
        noun=row.noun if row is not None else codec.NOUN_OF[type(event)],  # type: ignore[index]
        endpoint=row.endpoint if row is not None else event.endpoint,  # type: ignore[union-attr]
        external_id=event.id if event is not None else row.external_id,
        event_id=row.id if row is not None else None,
        before=json.loads(row.document) if row is not None else None,
        after=json.loads(codec.dumps(event)) if event is not None else None,
    )


def _settle_parked(db: Any, readings: Sequence[Reading], report: Replayed, *, deliver: bool) -> None:
    """Take from the list what can be read now; what waits as before stays as it is, with its number and time."""
    by_row = {one.journal_id: one for one in readings}
    still: dict[int, set[tuple[int, str]]] = {}
    for one in readings:
        still[one.journal_id] = {(item["position"], item["reason"]) for item in one.parked}
    kept: set[tuple[int, int, str]] = set()
    gone: list[int] = []
    for item in journal.parked_of(db, list(by_row)):
        place = (item.position, item.reason)
        # An event that is stored and that no route took: it waits until it is delivered.
        unrouted = item.type in codec.NOUNS and not deliver and _is_stored(db, item)
        if by_row[item.journal_id].problem or place in still[item.journal_id] or unrouted:
            kept.add((item.journal_id, *place))
        else:
            gone.append(item.id)
    journal.settle_parked(db, gone)
    report.settled = len(gone)
    for one in readings:
        one.parked = [item for item in one.parked if (one.journal_id, item["position"], item["reason"]) not in kept]


def _is_stored(db: Any, item: Any) -> bool:
    return any(row.position == item.position for row in events.of_journal(db, item.journal_id))


def _undelivered(db: Any, gateway: Gateway, readings: Sequence[Reading]) -> list[Any]:
    """Return the stored events of these readings that were never on their way to anybody, in their order."""
    keys = [(event.endpoint, once(event)) for one in readings for _, event in one.events]
    rows = events.by_id(db, events.known(db, keys).values())
    sent = {row.event_id for row in deliveries.of_events(db, rows)}
    return [
        row
        for _, row in sorted(rows.items())
        if row.noun in _DELIVERED_NOUNS and row.held_until is None and row.id not in sent and not _own(db, gateway, row)
    ]


def _own(db: Any, gateway: Gateway, row: Any) -> bool:
    """Whether an event is the platform's copy of what we sent."""
    event = codec.loads(row.document)
    entry = Entry(row.journal_id, row.position, "", event, row.id, row.conversation_id, row.contact_id)
    return isinstance(event, Message) and event.echo is not None and echoes.is_own(db, gateway, entry)
