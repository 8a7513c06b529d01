"""What one transaction of the pipeline writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from connectors_core.errors import Refused
from connectors_core.gateway import Gateway
from connectors_core.model import (
    Handover,
    Item,
    codec,
)
from connectors_core.pipeline.control import Controls
from connectors_core.pipeline.people import Entry
from connectors_core.pipeline.reading import Reading
from connectors_core.pipeline.receipts import NextId, event_row
from connectors_core.pipeline.serving import Step

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
    refused: list[tuple[dict[str, Any], dict[str, Any], Refused]] = attrs.field(factory=list)
    parked: list[dict[str, Any]] = attrs.field(factory=list)
    woken: set[str] = attrs.field(factory=set)
    steps: list[Step] = attrs.field(factory=list)
    delivers: bool = True
    controls: Controls = attrs.field()

    @controls.default
    def _controls(self) -> Controls:
        return Controls(self.gateway)


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


def park(batch: Batch, entry: Entry, text: str) -> None:
    """Keep an event that can go nowhere, with the reason."""
    item = Item(
        type=codec.NOUN_OF[type(entry.event)], account=entry.event.account, raw=b"", endpoint=entry.event.endpoint
    )
    reading = Reading(entry.journal_id, "", entry.kind)
    reading.park(entry.position, item, "unrouted", text)
    batch.parked += reading.parked


def made(batch: Batch, event: Handover, people_row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of an event that this program makes itself."""
    row = event_row(event, batch.next_id(), journal_id=0, position=0)
    row |= {"conversation_id": people_row["conversation_id"], "contact_id": people_row["contact_id"]}
    batch.event_rows.append(row)
    return row
