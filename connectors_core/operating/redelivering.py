"""Sending the same event again: a new delivery under a new key, in the lane of the old one."""

from __future__ import annotations

from collections.abc import Sequence
from time import time
from typing import Any

import attrs

from connectors_core.errors import ConnectorsError, NotSupported
from connectors_core.gateway import Gateway
from connectors_core.model import Message, ReceiptKind, codec
from connectors_core.model.receipts import of_message
from connectors_core.pipeline.batch import id_source
from connectors_core.pipeline.delivering import pieces_of
from connectors_core.pipeline.receipts import latest
from connectors_core.store import deliveries, events, lanes
from connectors_core.store.deliveries import DEAD, OPEN_STATES, REDELIVERED, REFUSED, UNKNOWN

FAILED_STATES = (DEAD, REFUSED, UNKNOWN)
"""What can be sent again. Of an `unknown` one there may be two at the target then."""


@attrs.frozen
class Redelivered:
    """What became of a wish: the ids of the deliveries that go out in its place, or why there are none."""

    id: int
    new: tuple[int, ...] = ()
    problem: str = ""


def redeliver(gateway: Gateway, ids: Sequence[int]) -> list[Redelivered]:
    """Send deliveries again that failed; those that cannot be are told, and hinder no other."""
    with gateway.store.write() as db:
        known = deliveries.by_id(db, ids)
        # Lanes are locked before deliveries, as the worker does.
        failed = {row.lane_id: row.target for row in known.values() if row.state in FAILED_STATES}
        lanes.enqueue(db, failed, time())
        rows = deliveries.by_id(db, ids, lock=True)
        next_id = id_source(gateway, db)
        found = []
        for id_ in dict.fromkeys(ids):
            try:
                new = _again(gateway, db, rows.get(id_))
            except ConnectorsError as error:
                found.append(Redelivered(id_, problem=error.text))
                continue
            numbered = [{**row, "id": next_id()} for row in new]
            deliveries.add(db, numbered)
            _replace(db, rows[id_], numbered)
            found.append(Redelivered(id_, new=tuple(row["id"] for row in numbered)))
        if any(one.new for one in found):
            gateway.store.announce(db)
    return found


def _again(gateway: Gateway, db: Any, row: Any) -> list[dict[str, Any]]:
    """Return the deliveries that go out in the place of one; raise ConnectorsError when none can."""
    if row is None:
        raise ConnectorsError("there is no such delivery")
    if row.state in OPEN_STATES:
        raise ConnectorsError(f"it is {row.state}: it goes on by itself")
    if row.state not in FAILED_STATES:
        raise ConnectorsError(f"it is {row.state}: only what is {', '.join(FAILED_STATES)} is sent again")
    if row.target not in gateway.endpoints:
        raise ConnectorsError(f"the settings have no endpoint {row.target} any more")
    numbers, count = _pieces(gateway, db, row)
    siblings = [one for one in deliveries.of_events(db, [row.event_id]) if one.verb == row.verb]
    generation = 1 + max(one.generation for one in siblings if one.target == row.target)
    return [
        deliveries.row(
            event_id=row.event_id,
            source=row.source,
            target=row.target,
            lane_id=row.lane_id,
            verb=row.verb,
            piece=number,
            pieces=count,
            generation=generation,
            about_id=row.about_id,
            status=row.status if row.verb == "acknowledge" else None,
        )
        for number in numbers
    ]


def _pieces(gateway: Gateway, db: Any, row: Any) -> tuple[Sequence[int], int]:
    """Return the numbers of the pieces that go again, and how many the whole has.

    A message that was refused as a whole may be cut into several today: then all of them go.
    """
    event = codec.loads(events.by_id(db, [row.event_id])[row.event_id].document)
    if row.verb == "acknowledge" or not isinstance(event, Message):
        return [row.piece], row.pieces
    way = gateway.router.between(row.source, row.target)
    if way is None:
        raise NotSupported(f"no route joins {row.source} and {row.target} any more")
    count = len(pieces_of(gateway.endpoints[row.target], event, way))
    if count == row.pieces:
        return [row.piece], row.pieces
    if row.pieces == 1:
        return range(1, count + 1), count
    raise NotSupported(
        f"the message had {row.pieces} pieces and would have {count} now, as the abilities of {row.target} changed; "
        "write it again"
    )


def _replace(db: Any, row: Any, new: Sequence[dict[str, Any]]) -> None:
    """Take the old delivery from the lists of what failed, and its failure from the status of the message."""
    names = ", ".join(str(one["id"]) for one in new)
    reason = f"{row.reason}; sent again as {names}".removeprefix("; ")
    end = {"delivery": row.id, "new_state": REDELIVERED, "settled": row.settled_at, "new_code": row.code}
    deliveries.end(db, [{**end, "new_reason": reason}])
    if row.verb == "send":
        rows = [one for one in deliveries.of_events(db, [row.event_id]) if one.verb == "send"]
        status = of_message(ReceiptKind(one.status) if one.status else None for one in latest(rows, row.target))
        events.set_status(db, [(row.event_id, status)])
