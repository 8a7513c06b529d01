"""What an end writes before it has told what it calls the conversation.

A CRM makes a ticket, answers in it by itself, and only then does the call return that made it; or its answer is lost,
and an agent writes before the call was repeated. Such words wait, in their order, until no call can tell the name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import attrs

from connectors_core.model import Event, Handover, Message, Origin, codec
from connectors_core.pipeline.batch import Batch
from connectors_core.pipeline.people import Directory, Entry, ref_keys
from connectors_core.pipeline.reading import Reading
from connectors_core.pipeline.receipts import once
from connectors_core.store import early, people

log = logging.getLogger(__name__)

Name = tuple[str, str, str]
"""Endpoint, account, and what the endpoint calls a conversation."""


@attrs.frozen
class Waiting:
    """What waits already: the names of conversations, and the events by endpoint and `once`."""

    names: frozenset[Name]
    events: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, db: Any) -> Waiting:
        """Ask the store. This comes before an id is taken: who does not see a row here comes behind it."""
        rows = early.keys(db)
        return cls(
            frozenset((row.endpoint, row.account, row.name) for row in rows),
            frozenset((row.endpoint, row.once) for row in rows),
        )


def hold_back(batch: Batch, entries: Iterable[Entry], directory: Directory, waiting: Waiting) -> list[Entry]:
    """Keep what comes too early, and what comes behind it; return the rest."""
    names = set(waiting.names)
    rows, free = [], []
    for entry in entries:
        name = _name(entry)
        if name is None or not (name in names or _is_early(batch, entry, directory)):
            free.append(entry)
            continue
        if name not in names:
            log.info("%s wrote in a conversation whose name it has not told yet; this waits for its call", name[0])
            names.add(name)
        rows.append(_row(entry, batch.next_id(), name))
    early.add(batch.db, rows)
    return free


def _is_early(batch: Batch, entry: Entry, directory: Directory) -> bool:
    """Whether the conversation of an event has no name yet, and may get one."""
    if any(one in directory.known for one in entry.talks):
        return False
    # In this order: a call that ends between the two questions has left its name by the second.
    running = early.oldest_call(batch.db, entry.event.endpoint)
    return running is not None or bool(people.find_links(batch.db, entry.talks))


def ready(db: Any) -> list[Reading]:
    """Take out what waits no longer: its conversation has a name, or no call is left that could tell it."""
    rows = early.every(db)
    found = {row.id: codec.loads(row.document) for row in rows}
    keys = {id_: _keys(event) for id_, event in found.items()}
    # In this order, as above.
    calls = {endpoint: early.oldest_call(db, endpoint) for endpoint in {row.endpoint for row in rows}}
    known = people.find_links(db, {key for own in keys.values() for key in own})
    still: set[Name] = set()
    gone: list[Any] = []
    for row in rows:
        name, running = (row.endpoint, row.account, row.name), calls[row.endpoint]
        hopeless = running is None or running > row.id
        if name not in still and (hopeless or any(one in known for one in keys[row.id])):
            gone.append(row)
        else:
            still.add(name)
    if gone:
        early.remove(db, [row.id for row in gone])
    return [_reading(row, found[row.id]) for row in gone]


def _keys(event: Event) -> list[people.Key]:
    return ref_keys(people.CONVERSATION, event.conversation) if event.conversation is not None else []


def key(entry: Entry) -> tuple[str, str]:
    """Return by what an event is recognised."""
    return entry.event.endpoint, once(entry.event)


def _name(entry: Entry) -> Name | None:
    """Return the name of the conversation that an event may be too early for; None where it cannot be."""
    event = entry.event
    ref = event.conversation
    if ref is None or ref.endpoint != event.endpoint:
        return None
    if isinstance(event, Message):
        # What a person wrote, its copy, and what names a person find their conversation without it.
        written = event.origin is not Origin.CONTACT and event.echo is None and event.to is None
    else:
        written = isinstance(event, Handover)
    return (ref.endpoint, ref.account, ref.id) if written else None


def _row(entry: Entry, id_: int, name: Name) -> dict[str, Any]:
    endpoint, account, conversation = name
    return {
        "id": id_,
        "endpoint": endpoint,
        "account": account,
        "name": conversation,
        "once": once(entry.event),
        "journal_id": entry.journal_id,
        "position": entry.position,
        "kind": entry.kind,
        "document": entry.document,
    }


def _reading(row: Any, event: Event) -> Reading:
    return Reading(row.journal_id, row.endpoint, row.kind, events=[(row.position, event)], documents=[row.document])
