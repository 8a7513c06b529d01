"""Storing a batch of readings in one transaction: each event once, with a delivery for every route."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import time
from typing import Any

import attrs

from connectors_core.gateway import Gateway
from connectors_core.linking import hearing
from connectors_core.linking.telling import OURS
from connectors_core.model import (
    ConversationRef,
    Handover,
    Message,
    Notice,
    Origin,
    Receipt,
    codec,
)
from connectors_core.pipeline import early, echoes, incoming_receipts, serving, statements
from connectors_core.pipeline.batch import Batch, id_source, park
from connectors_core.pipeline.control import Ruling, lapse
from connectors_core.pipeline.delivering import announce, ask_platform, route, write_deliveries
from connectors_core.pipeline.people import Directory, Entry
from connectors_core.pipeline.reading import Reading
from connectors_core.pipeline.receipts import event_row, once
from connectors_core.store import events, journal, people, templates


def store(
    gateway: Gateway, db: Any, readings: Sequence[Reading], *, delivers: bool = True, holds: bool = True
) -> set[str]:
    """Store readings and settle their journal rows; return the endpoints that have new work.

    Without `delivers` nothing new leaves the house: that is a replay. Without `holds` nothing waits for the name of its
    conversation: that is what has waited.
    """
    batch = Batch(gateway, db, id_source(gateway, db), delivers=delivers)
    waiting = early.Waiting.of(db)
    entries = [entry for entry in _new_entries(db, readings) if early.key(entry) not in waiting.events]
    _name_bots(gateway, entries)
    entries = [entry for entry in entries if _addressed(batch, entry)]
    directory = Directory.look_up(db, entries, batch.next_id, gateway.asked)
    if delivers and holds:
        entries = early.hold_back(batch, entries, directory, waiting)
    receipts_: list[Entry] = []
    for entry in entries:
        entry.event_id = batch.next_id()
        directory.place(entry)
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
        elif wrong := statements.refusal(gateway, entry.event):
            park(batch, entry, wrong)
        else:
            _deliver(batch, entry, row, directory.rows.get(entry.conversation_id or 0))
    directory.write(db)
    statements.settle(batch, directory, entries)
    batch.controls.write(db)
    events.add(db, batch.event_rows)
    write_deliveries(batch)
    batch.woken |= incoming_receipts.store(db, gateway, receipts_, batch.next_id, tell=delivers)
    # After the deliveries, as a worker does it: in another order the two would wait for each other.
    serving.keep(db, batch.steps, batch.next_id)
    journal.park(db, [*batch.parked, *(row for reading in readings for row in reading.parked)])
    journal.mark(
        db, ((one.journal_id, journal.PARKED if one.problem else journal.READ, one.problem) for one in readings)
    )
    return batch.woken


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


def _name_bots(gateway: Gateway, entries: Iterable[Entry]) -> None:
    """Call a bot what it is: by any other word it would answer and take what it does not have."""
    bots = {name for name, settings in gateway.settings.endpoints.items() if settings.bot}
    for entry in entries if bots else ():
        event = entry.event
        if event.endpoint not in bots or not isinstance(event, Message | Handover):
            continue
        ours = entry.kind == journal.DONE and event.id.startswith(OURS)
        if not ours and event.origin not in (Origin.BOT, Origin.CONTACT):
            entry.event = attrs.evolve(event, origin=Origin.BOT)
            entry.document = codec.dumps(entry.event)


def _addressed(batch: Batch, entry: Entry) -> bool:
    """Give a message that names only a person the conversation that it will open; park it when none can be."""
    event = entry.event
    if not isinstance(event, Message) or event.to is None or event.conversation is not None:
        return True
    ways = batch.gateway.router.openers(event.endpoint, batch.gateway.endpoints)
    if len(ways) != 1:
        names = ", ".join(way.target for way in ways) or "none"
        text = f"a message to a person must name its channel: {event.endpoint} could write first at: {names}"
        park(batch, entry, text)
        return False
    target = ways[0].target
    account = batch.gateway.settings.endpoints[target].account or target
    ref = ConversationRef(endpoint=target, account=account, id=event.to.value)
    entry.event = attrs.evolve(event, conversation=ref)
    entry.document = codec.dumps(entry.event)
    return True


def _deliver(batch: Batch, entry: Entry, row: dict[str, Any], conversation: Any) -> None:
    """Make the deliveries of a message, a link or a handover; `conversation` is its row, None for a new one."""
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
        ruling = batch.controls.rule(entry, conversation, time())
        ruling.ours = hearing.hear(batch.gateway, batch.db, entry)
        if not ruling.ours and ruling.refused is None:
            batch.steps += serving.steps_of(entry, time())
        route(batch, entry, row, ruling)


def deliver(gateway: Gateway, db: Any, rows: Iterable[Any], *, live: bool = False) -> set[str]:
    """Make the deliveries of events that are stored already.

    `live`: an echo that turned out foreign, which says who may answer now; what is replayed does not.
    """
    batch = Batch(gateway, db, id_source(gateway, db))
    stored = list(rows)
    wanted = {row.conversation_id for row in stored if row.conversation_id is not None}
    homes = people.conversations_by_id(db, wanted, lock=live)
    for row in stored:
        home = homes[row.conversation_id].endpoint if row.conversation_id in homes else ""
        event = codec.loads(row.document)
        entry = Entry(row.journal_id, row.position, "", event, row.id, row.conversation_id, row.contact_id, home)
        home_row = homes.get(row.conversation_id)
        route(batch, entry, row._asdict(), batch.controls.rule(entry, home_row, time()) if live else Ruling())
        batch.steps += serving.steps_of(entry, time()) if live else ()
    batch.controls.write(db)
    serving.keep(db, batch.steps, batch.next_id)
    events.add(db, batch.event_rows)
    write_deliveries(batch)
    journal.park(db, batch.parked)
    return batch.woken


def store_late(gateway: Gateway, db: Any) -> set[str]:
    """Store what waited for the name of its conversation and waits no longer; return who has new work."""
    readings = early.ready(db)
    return store(gateway, db, readings, holds=False) if readings else set()


def give_back(gateway: Gateway, db: Any) -> set[str]:
    """Give conversations back whose idle time is over; return the endpoints that have new work."""
    batch = Batch(gateway, db, id_source(gateway, db))
    for row, told, takes in lapse(gateway, db):
        people_row = {"conversation_id": row.id, "contact_id": row.contact_id}
        announce(batch, row.endpoint, told, people_row)
        if takes is not None:
            ask_platform(batch, row.endpoint, told.new_owner, takes, batch.event_rows[-1]["id"], people_row)
    events.add(db, batch.event_rows)
    write_deliveries(batch)
    return batch.woken
