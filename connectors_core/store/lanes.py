"""Lanes: one row for each conversation and target; the claim reads this table and never the backlog."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import attrs
from sqlalchemy import Column, Connection, Index, Table, bindparam, case, delete, func, select, update

from connectors_core.store.inserting import insert_into
from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Time, Words, metadata

lanes = Table(
    "lanes",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("target", Words, nullable=False),
    Column("due", Time),
    Column("holder", Id),
    Column("fence", Id, nullable=False),
    Column("paced", Time, nullable=False),
)
"""`due`: when its head may be tried, None without work. `holder`: the worker that has it now. `fence` grows with every
claim, so that a holder that came back from the dead is recognised. `paced`: the theoretical arrival time of the
next message to this person (generic cell rate algorithm)."""
_READY = lanes.c.due.is_not(None) & lanes.c.holder.is_(None)
_HELD = lanes.c.holder.is_not(None)
Index("ix_lanes_ready", lanes.c.target, lanes.c.due, sqlite_where=_READY, postgresql_where=_READY)
_IDLE = lanes.c.due.is_(None) & lanes.c.holder.is_(None)
Index("ix_lanes_idle", lanes.c.paced, sqlite_where=_IDLE, postgresql_where=_IDLE)
Index("ix_lanes_held", lanes.c.holder, sqlite_where=_HELD, postgresql_where=_HELD)


def lane_id(target: str, scope: str) -> int:
    """Return the number of the lane of `scope` (a conversation, a contact, an account) at `target`.

    A hash: both ends compute it without asking the store. Two lanes that met in one number would only wait for each
    other.
    """
    digest = hashlib.blake2b(f"{target}\n{scope}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


@attrs.frozen
class Claim:
    """A lane that this worker holds."""

    lane: int
    target: str
    fence: int
    paced: float


def enqueue(db: Connection, wanted: Mapping[int, str], due: float) -> None:
    """Say that lanes (number -> target) have work. A lane that waits behind its retrying head goes on waiting."""
    if not wanted:
        return
    add = insert_into(db, lanes)
    add = add.on_conflict_do_update(
        index_elements=[lanes.c.id], set_={"due": func.coalesce(lanes.c.due, add.excluded.due)}
    )
    # In the order of their numbers, as `claim` and `release` lock them: two transactions cannot wait for each other.
    db.execute(
        add, [{"id": lane, "target": wanted[lane], "due": due, "fence": 0, "paced": 0.0} for lane in sorted(wanted)]
    )


_CANDIDATES = (
    select(lanes.c.id)
    .where(
        lanes.c.target == bindparam("at"),
        lanes.c.due <= bindparam("now"),
        lanes.c.holder.is_(None),
        lanes.c.due.is_not(None),
    )
    .order_by(lanes.c.due)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(lanes)
    .where(one_of(lanes.c.id, "ids"))
    .values(holder=bindparam("worker"), fence=lanes.c.fence + 1)
    .returning(lanes.c.id, lanes.c.target, lanes.c.fence, lanes.c.paced)
)


def claim(db: Connection, wanted: Mapping[str, int], worker: int, now: float) -> list[Claim]:
    """Take up to so many ready lanes of each target, the longest waiting first."""
    ids: list[int] = []
    for target, most in wanted.items():
        ids += db.execute(_CANDIDATES, {"at": target, "now": now, "most": most}).scalars()
    if not ids:
        return []
    return [Claim(*row) for row in db.execute(_TAKE, {"ids": ids, "worker": worker})]


_MINE = (
    select(lanes.c.id, lanes.c.fence)
    .where(one_of(lanes.c.id, "ids"), lanes.c.holder == bindparam("worker"))
    .order_by(lanes.c.id)
    .with_for_update()
)


def still_mine(db: Connection, claims: Iterable[Claim], worker: int) -> set[int]:
    """Lock claimed lanes and return the numbers of those that are still held under the same fence."""
    fences = {claim.lane: claim.fence for claim in claims}
    if not fences:
        return set()
    return {
        lane for lane, fence in db.execute(_MINE, {"ids": sorted(fences), "worker": worker}) if fences[lane] == fence
    }


_RELEASE = (
    update(lanes)
    .where(lanes.c.id == bindparam("lane"))
    .values(holder=None, due=bindparam("next_due"), paced=bindparam("next_paced"))
)


_RELEASE_ALL = (
    update(lanes)
    .where(one_of(lanes.c.id, "ids"))
    .values(holder=None, due=bindparam("next_due"), paced=bindparam("next_paced"))
)


def release(db: Connection, rows: Iterable[tuple[int, float | None, float]]) -> None:
    """Give lanes back: (lane, when its head is due or None, pace). All of a kind go back in one statement."""
    alike: dict[tuple[float | None, float], list[int]] = {}
    for lane, due, paced in sorted(rows):
        alike.setdefault((due, paced), []).append(lane)
    single = []
    for (due, paced), ids in alike.items():
        if len(ids) > 1:
            db.execute(_RELEASE_ALL, {"ids": ids, "next_due": due, "next_paced": paced})
        else:
            single.append({"lane": ids[0], "next_due": due, "next_paced": paced})
    if single:
        db.execute(_RELEASE, single)


def next_due(db: Connection, targets: Iterable[str]) -> dict[str, float]:
    """Return when the first free lane of each target is due."""
    found = {}
    for target in targets:
        first = db.execute(
            select(lanes.c.due)
            .where(lanes.c.target == target, lanes.c.due.is_not(None), lanes.c.holder.is_(None))
            .order_by(lanes.c.due)
            .limit(1)
        ).scalar()
        if first is not None:
            found[target] = first
    return found


def is_held(db: Connection, lane: int) -> bool:
    """Lock a lane and return whether a worker has it."""
    return db.execute(select(lanes.c.holder).where(lanes.c.id == lane).with_for_update()).scalar() is not None


def held_by(db: Connection, worker: int) -> list[int]:
    """Return the lanes that a worker holds, locked."""
    return list(
        db.execute(select(lanes.c.id).where(lanes.c.holder == worker).order_by(lanes.c.id).with_for_update()).scalars()
    )


def wake(db: Connection, wanted: Iterable[int], due: float) -> None:
    """Let lanes that wait for a later time be tried at `due`; a lane without work stays without."""
    ids = sorted(wanted)
    if ids:
        sooner = case((lanes.c.due > due, due), else_=lanes.c.due)
        db.execute(update(lanes).where(one_of(lanes.c.id, "ids")).values(due=sooner), {"ids": ids})


def free(db: Connection, wanted: Iterable[int], due: float | None) -> None:
    """Take lanes from a holder that is gone and let them be tried at `due`, None for those without work."""
    ids = sorted(wanted)
    if ids:
        db.execute(update(lanes).where(one_of(lanes.c.id, "ids")).values(holder=None, due=due), {"ids": ids})


_OLDEST_IDLE = select(lanes.c.id).where(_IDLE, lanes.c.paced < bindparam("before")).order_by(lanes.c.paced).limit(500)
# The condition stands twice: a lane that gets work while this waits for its row must stay.
_FORGET = delete(lanes).where(lanes.c.id.in_(_OLDEST_IDLE.scalar_subquery()), _IDLE)


def forget_idle(db: Connection, before: float) -> None:
    """Remove some lanes without work whose pace is of no consequence any more, as it was `before` then."""
    db.execute(_FORGET, {"before": before})
