"""From stored events to their deliveries: where each goes, as what, and who hears of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from time import time
from types import SimpleNamespace
from typing import Any

from connectors_core.documents import of_arrival
from connectors_core.endpoint import VERBS, Endpoint
from connectors_core.errors import NotSupported, Refused
from connectors_core.files import clean_filename, clean_mime, is_name, new_name
from connectors_core.gateway import Gateway
from connectors_core.linking import offering
from connectors_core.linking.telling import REASON, is_code
from connectors_core.model import (
    Activity,
    Failure,
    Handover,
    HandoverAction,
    Link,
    LinkStatus,
    Media,
    Message,
    Origin,
    Outgoing,
    ReceiptKind,
)
from connectors_core.pieces import cut
from connectors_core.pipeline.batch import Batch, made, park
from connectors_core.pipeline.control import Ruling, listeners
from connectors_core.pipeline.people import Entry, clean
from connectors_core.pipeline.receipts import News, advance, own_receipt, scope
from connectors_core.routing import Way
from connectors_core.store import deliveries, lanes, media, people


def route(batch: Batch, entry: Entry, row: dict[str, Any], ruling: Ruling) -> None:
    """Make the deliveries of an event, and tell of what it changes."""
    event = entry.event
    if event.conversation is not None and entry.conversation_id is None:
        park(batch, entry, f"{event.endpoint} named a conversation of {event.conversation.endpoint} that is not known")
        return
    ways = ways_of(batch.gateway, entry)
    waits = _want_files(batch, entry) if ways and isinstance(event, Message) else None
    if not ways and isinstance(event, Message):
        park(batch, entry, f"no route takes a message of {event.endpoint} any further; add one and replay")
    for way in ways:
        if isinstance(event, Handover) and ruling.forward is not event.action and ruling.refused is None:
            continue
        owner = ruling.owner
        standby = way.target != entry.home and (ruling.ours or (way.target != owner if owner else event.standby))
        _enqueue(batch, entry, row, way, waits, standby=standby, refused=ruling.refused)
    if isinstance(event, Message | Link) and ruling.refused is None:
        for way in _copies(batch, entry):
            _enqueue(batch, entry, row, way, waits, standby=True)
    _spread(batch, entry, row, ruling)


def _copies(batch: Batch, entry: Entry) -> list[Way]:
    """Return the other responders of a conversation that hear what one of them wrote, or found out of the person."""
    event, board = entry.event, batch.gateway.boards.get(entry.home)
    if board is None or entry.home == event.endpoint or event.endpoint not in board.responders:
        return []
    conversation = entry.conversation_id or 0
    proven = isinstance(event, Link) and event.status is not LinkStatus.CHANGED
    if isinstance(event, Link) and proven and event.reason != REASON:
        return []
    if isinstance(event, Message) and (is_code(event) or all(isinstance(part, Activity) for part in event.parts)):
        return []
    ways = [
        batch.gateway.router.between(entry.home, name) for name in board.responders if proven or name != event.endpoint
    ]
    # A route for some conversations only has this one if its end has met it before.
    asked = {way.target for way in ways if way is not None and way.route.when}
    met = people.names_at(batch.db, [(conversation, name) for name in asked]) if asked else {}
    known = {name for _, name in met}
    return [way for way in ways if way is not None and (not way.route.when or way.target in known)]


def _spread(batch: Batch, entry: Entry, row: dict[str, Any], ruling: Ruling) -> None:
    """Tell the responders who may answer now, and ask the platform for what this program's own news need there."""
    for told in ruling.news:
        announce(batch, entry.home, told, row)
    event = entry.event
    if ruling.forward is not None and not (isinstance(event, Handover) and ruling.forward is event.action):
        ask_platform(batch, entry.home, event.endpoint, ruling.forward, entry.event_id, row)


def announce(batch: Batch, home: str, told: Handover, people_row: Mapping[str, Any]) -> None:
    """Store news of who may answer a conversation, and tell its responders."""
    row = made(batch, told, people_row)
    for name in listeners(batch.gateway, home, told):
        lane = lanes.lane_id(name, scope(SimpleNamespace(**row)))
        base = {"event_id": row["id"], "source": home, "target": name, "lane_id": lane, "verb": VERBS[Handover]}
        batch.delivery_rows.append(deliveries.row(id=batch.next_id(), **base))


def ask_platform(
    batch: Batch, home: str, asker: str, action: HandoverAction, cause: int, people_row: Mapping[str, Any]
) -> None:
    """Have the platform do to its thread what was done here."""
    now = datetime.now(UTC)
    wish = Handover(endpoint=asker, account=asker, id=f"control:{cause}:{action}", at=now, action=action)
    row = made(batch, wish, people_row)
    lane = lanes.lane_id(home, scope(SimpleNamespace(**row)))
    base = {"event_id": row["id"], "source": asker, "target": home, "lane_id": lane, "verb": VERBS[Handover]}
    batch.delivery_rows.append(deliveries.row(id=batch.next_id(), **base))


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
    if isinstance(event, Link) and event.other is not None:
        return []  # who is who is told to each end in its own names
    if entry.home and entry.home != event.endpoint:
        way = gateway.router.between(event.endpoint, entry.home)
        return [way] if way and not _in_their_name(event) else []
    if isinstance(event, Handover) and event.endpoint in gateway.boards:
        return []  # the responders hear of it in this program's words
    return gateway.router.from_home(event.endpoint, lambda: of_arrival(gateway, event))


def _in_their_name(event: Any) -> bool:
    """Whether a responder tells what the person answered: the person knows that already."""
    return isinstance(event, Message) and event.origin is Origin.CONTACT


def _enqueue(
    batch: Batch,
    entry: Entry,
    row: dict[str, Any],
    way: Way,
    waits: float | None,
    *,
    standby: bool = False,
    refused: Refused | None = None,
) -> None:
    event = entry.event
    assert isinstance(event, Message | Link | Handover)
    endpoint = batch.gateway.endpoints[way.target]
    verb = VERBS[type(event)]
    if verb not in endpoint.verbs and not isinstance(event, Message):
        return
    lane = lanes.lane_id(way.target, scope(SimpleNamespace(**row)))
    copied = entry.home not in ("", event.endpoint, way.target)
    source = entry.home if copied else event.endpoint
    base = {"event_id": entry.event_id, "source": source, "target": way.target, "lane_id": lane, "verb": verb}
    base["standby"] = standby
    try:
        if refused is not None:
            raise refused
        count = len(pieces_of(endpoint, event, way))
    except Refused as error:
        refusal = deliveries.row(
            id=batch.next_id(), **base, state=deliveries.REFUSED, settled_at=time(), reason=error.text
        )
        batch.delivery_rows.append(refusal)
        if isinstance(event, Message) and not copied:
            batch.refused.append((refusal, row, error))
        return
    if entry.asks and isinstance(event, Message) and endpoint.abilities.name_wait:
        waits = max(waits or 0.0, time() + endpoint.abilities.name_wait)
    for piece in range(1, count + 1):
        batch.delivery_rows.append(deliveries.row(id=batch.next_id(), **base, piece=piece, pieces=count, waits=waits))


def pieces_of(endpoint: Endpoint, event: Outgoing, way: Way) -> Sequence[Outgoing]:
    """Return what one event is at a target: the pieces of a message, or the event itself."""
    if not isinstance(event, Message):
        return [event]
    if "send" not in endpoint.verbs:
        raise NotSupported(f"{endpoint.name} takes no messages")
    event = offering.fitted(event, endpoint)
    return cut(event, endpoint.abilities, degrade=way.degrade, target=endpoint.name)


def write_deliveries(batch: Batch) -> None:
    """Write the deliveries of a batch, wake their lanes, and tell the writers of what was refused."""
    deliveries.add(batch.db, batch.delivery_rows)
    waiting = {row["lane_id"]: row["target"] for row in batch.delivery_rows if row["settled_at"] is None}
    lanes.enqueue(batch.db, waiting, time())
    batch.woken |= set(waiting.values())
    news: list[News] = []
    for refusal, row, error in batch.refused:
        delivery, message = SimpleNamespace(**refusal), SimpleNamespace(**row)
        failure = Failure(code=error.code or "not_supported", title=error.text)
        one = own_receipt(batch.db, batch.gateway, delivery, message, ReceiptKind.FAILED, failure, batch.next_id)
        if one is not None:
            news.append(one)
    batch.woken |= advance(batch.db, batch.gateway, news, batch.next_id)
