"""Telling the ends that keep people who is one with whom: each in its own names, as soon as it has names for both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from time import time
from types import SimpleNamespace
from typing import Any

import attrs

from connectors_core.endpoint import VERBS
from connectors_core.gateway import Gateway
from connectors_core.model import ContactRef, Link, LinkStatus, codec
from connectors_core.pipeline.receipts import NextId, event_row, scope
from connectors_core.store import deliveries, events, lanes, merges
from connectors_core.store.merges import DECLINED, MERGED, PROPOSED, UNDONE

STATUS = {
    PROPOSED: LinkStatus.PROPOSED,
    MERGED: LinkStatus.LINKED,
    DECLINED: LinkStatus.DECLINED,
    UNDONE: LinkStatus.UNLINKED,
}
_BEFORE = {DECLINED: PROPOSED, UNDONE: MERGED}
"""What an end must have heard for this to be news."""
AT_ONCE = 200
"""Ends that one look tells."""


@attrs.define
class Told:
    """What has to be written: events, their deliveries, and who (merge, endpoint) could not be told yet."""

    events: list[dict[str, Any]] = attrs.field(factory=list)
    deliveries: list[dict[str, Any]] = attrs.field(factory=list)
    waiting: list[tuple[int, str]] = attrs.field(factory=list)

    def write(self, db: Any) -> set[str]:
        """Write it all; return the endpoints that have new work."""
        events.add(db, self.events)
        deliveries.add(db, self.deliveries)
        lanes.enqueue(db, {row["lane_id"]: row["target"] for row in self.deliveries}, time())
        merges.await_names(db, self.waiting, time())
        return {row["target"] for row in self.deliveries}


def tell(gateway: Gateway, db: Any, ids: Sequence[int], next_id: NextId, *, only: str = "") -> Told:
    """Return what the ends have to hear of merges as they are now; of `only` one end, where one is named."""
    told = Told()
    rows = merges.by_id(db, ids)
    ends = [name for name, one in gateway.endpoints.items() if one.abilities.merges and only in ("", name)]
    if not rows or not ends:
        return told
    parents = merges.edges_of(db, {id_ for row in rows.values() for id_ in (row.contact_id, row.other_id)})
    sides = {id_: _sides(parents, row) for id_, row in rows.items()}
    names = merges.names_of(db, {one for pair in sides.values() for side in pair for one in side})
    heard = _heard(db, rows, ends)
    for id_ in ids:
        row = rows[id_]
        both = [[name for one in side for name in names.get(one, ())] for side in sides[id_]]
        for target in ends:
            source = _source(gateway, target, (name for side in both for name in side))
            if not source or (id_, row.state, target) in heard:
                continue
            before = next((heard[key] for state in STATUS if (key := (id_, state, target)) in heard), None)
            pair = (before.contact, before.other) if before is not None else _pair(both, target)
            if row.state in _BEFORE and (id_, _BEFORE[row.state], target) not in heard:
                continue
            if pair is None:
                told.waiting.append((id_, target))
                continue
            _add(told, _link(gateway, row, source, target, pair), row, target, next_id)
    return told


def sweep(gateway: Gateway, db: Any, next_id: NextId) -> set[str]:
    """Tell the ends that have names for both by now; return the endpoints that have new work."""
    now = time()
    if not merges.any_due(db, now):
        return set()
    rows = merges.due(db, now, AT_ONCE)
    woken: set[str] = set()
    for endpoint in sorted({row.endpoint for row in rows}):
        own = [row for row in rows if row.endpoint == endpoint]
        told = tell(gateway, db, [row.merge_id for row in own], next_id, only=endpoint)
        still = {merge for merge, _ in told.waiting}
        merges.put_off(db, [row for row in own if row.merge_id in still], now)
        merges.told(db, [row for row in own if row.merge_id not in still])
        told.waiting.clear()
        woken |= told.write(db)
    return woken


def _sides(parents: Mapping[int, int], row: Any) -> tuple[list[int], list[int]]:
    """Return the contacts on each side of what a row joins or would join, the ones that it is about first."""
    if row.state == MERGED:
        lost = merges.below(parents, row.loser_id)
        whole = merges.below(parents, merges.root(parents, row.winner_id))
        kept = [one for one in whole if one not in lost]
    else:
        kept = merges.below(parents, merges.root(parents, row.contact_id))
        lost = merges.below(parents, merges.root(parents, row.other_id))
        if row.contact_id in lost:
            return [row.contact_id], []  # one already, by another way: there is nothing to ask
    first, second = (row.contact_id, row.other_id) if row.contact_id in kept else (row.other_id, row.contact_id)
    return list(dict.fromkeys((first, *kept))), list(dict.fromkeys((second, *lost)))


def _heard(db: Any, rows: Mapping[int, Any], ends: Iterable[str]) -> dict[tuple[int, str, str], Link]:
    """Return what was told already, by merge, state and end."""
    wanted = {
        f"link:{_name(id_, state, target)}": (id_, state, target) for id_ in rows for state in STATUS for target in ends
    }
    links = {wanted[row.once]: codec.loads(row.document) for row in events.made_here(db, wanted)}
    return {key: link for key, link in links.items() if isinstance(link, Link)}


def _name(merge: int, state: str, target: str) -> str:
    return f"merge:{merge}:{state}:{target}"


def _source(gateway: Gateway, target: str, names: Iterable[Any]) -> str:
    """Return the end that the people are of, and from which a way leads to the target."""
    return next((one.endpoint for one in names if gateway.router.between(one.endpoint, target) is not None), "")


def _pair(both: Sequence[Sequence[Any]], target: str) -> tuple[ContactRef, ContactRef] | None:
    refs = [next(_refs(side, target), None) for side in both]
    contact, other = refs
    return (contact, other) if contact is not None and other is not None and contact != other else None


def _refs(names: Iterable[Any], target: str) -> Iterator[ContactRef]:
    for one in names:
        if one.endpoint == target:
            yield ContactRef(endpoint=target, account=one.account, id=one.external_id)


def _link(
    gateway: Gateway, row: Any, source: str, target: str, pair: tuple[ContactRef | None, ContactRef | None]
) -> Link:
    return Link(
        endpoint=source,
        account=gateway.settings.endpoints[source].account or source,
        id=_name(row.id, row.state, target),
        at=datetime.now(UTC),
        status=STATUS[row.state],
        contact=pair[0],
        other=pair[1],
        reason=row.reason,
    )


def _add(told: Told, link: Link, row: Any, target: str, next_id: NextId) -> None:
    event = event_row(link, next_id(), journal_id=0, position=0) | {"contact_id": row.contact_id}
    told.events.append(event)
    told.deliveries.append(
        deliveries.row(
            id=next_id(),
            event_id=event["id"],
            source=link.endpoint,
            target=target,
            lane_id=lanes.lane_id(target, scope(SimpleNamespace(**event))),
            verb=VERBS[Link],
        )
    )
