"""Turning one journal row into events: pure, and never stopped by a bad item."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import attrs

from connectors_core.errors import ConnectorsError, Malformed
from connectors_core.gateway import Gateway
from connectors_core.model import Event, Item, Request, codec
from connectors_core.pipeline.people import clean
from connectors_core.store import journal

log = logging.getLogger(__name__)


@attrs.define
class Reading:
    """What was in one journal row. `parked` has a row for each item that could not become events."""

    journal_id: int
    source: str
    kind: str
    events: list[tuple[int, Event]] = attrs.field(factory=list)
    documents: list[str] = attrs.field(factory=list)
    """The events as they will be stored, written out while nobody waits for the store."""
    parked: list[dict[str, Any]] = attrs.field(factory=list)
    problem: str = ""

    def park(self, position: int, item: Item, reason: str, text: str) -> None:
        """Keep an item for a human or a newer connector."""
        self.parked.append(
            {
                "journal_id": self.journal_id,
                "position": position,
                "endpoint": item.endpoint,
                "type": clean(str(item.type)[:100]),
                "account": clean(str(item.account)[:200]),
                "reason": reason,
                "text": clean(text[:500]),
            }
        )


def read(gateway: Gateway, row: Any, source: str) -> Reading:
    """Read a journal row of `source`; whatever goes wrong is kept in the answer and raises nothing."""
    reading = Reading(row.id, source, row.kind)
    try:
        items = list(_items(gateway, row, source))
    except ConnectorsError as error:
        reading.problem = clean(gateway.redact(error.text))
        return reading
    except Exception as error:  # noqa: BLE001 - whatever a stranger's connector does
        reading.problem = _defect(error, f"splitting a webhook of {source}")
        return reading
    for position, item in enumerate(items):
        if not item.endpoint:
            text = f"no endpoint of the type {item.type} has this account; add it to the settings and replay"
            reading.park(position, item, "unrouted", text)
            continue
        try:
            found = _events(gateway, row.kind, item)
            documents = [codec.dumps(event) for event in found]
        except Malformed as error:
            reading.park(position, item, "malformed", gateway.redact(error.text))
        except Exception as error:  # noqa: BLE001 - as above
            reading.park(position, item, "failed", _defect(error, f"receive of {item.endpoint}"))
        else:
            reading.events += ((position, event) for event in found)
            reading.documents += documents
    return reading


def _items(gateway: Gateway, row: Any, source: str) -> Iterable[Item]:
    received_at = datetime.fromtimestamp(row.received_at, UTC)
    if row.kind == journal.WEBHOOK and source in gateway.apps:
        request = Request(method="POST", path=f"/hooks/{source}", body=row.body)
        for piece in gateway.apps[source].split(request):
            item = piece.under(partial(_is_known, gateway, source, piece.type))
            for endpoint in gateway.accounts.get((source, item.type, item.account), ("",)):
                yield attrs.evolve(item, endpoint=endpoint, received_at=received_at)
        return
    name = row.endpoint or source
    settings = gateway.settings.endpoints.get(name)
    if settings is None:
        raise Malformed(f"the settings have no endpoint {name} any more; put it back and replay")
    whole = Item(
        type=settings.type, account=settings.account or name, raw=row.body, endpoint=name, received_at=received_at
    )
    yield from gateway.endpoints[name].items(whole) if row.kind in (journal.WEBHOOK, journal.POLL) else [whole]


def _is_known(gateway: Gateway, source: str, kind: str, account: str) -> bool:
    return (source, kind, account) in gateway.accounts


def _events(gateway: Gateway, kind: str, item: Item) -> list[Event]:
    if kind in (journal.API, journal.DONE):
        documents = item.json()
        events = [codec.from_dict(document) for document in (documents if isinstance(documents, list) else [documents])]
    else:
        events = gateway.endpoints[item.endpoint].receive(item)
    for event in events:
        if event.endpoint != item.endpoint:
            raise Malformed(f"an event of {event.endpoint} came in at {item.endpoint}")
    return events


def dump(events: Iterable[Event]) -> bytes:
    """Return the body of a journal row for events that did not come as a provider's bytes."""
    return json.dumps([codec.to_dict(event) for event in events], separators=(",", ":")).encode()


def _defect(error: Exception, where: str) -> str:
    """Name an exception that should not have been, without its text: that may hold what the customer wrote."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    line = f" in {place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}" if place else ""
    text = f"{where} failed with {type(error).__name__}{line}; this is a defect of the connector"
    log.error("%s", text)
    return text
