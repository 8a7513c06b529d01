"""What the programs know of one another: workers, leases, and the state of each endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import time
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, bindparam, delete, insert, select, update

from connectors_core.store.inserting import insert_into, keep
from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Time, Words, metadata

workers = Table(
    "workers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False),
    Column("started_at", Time, nullable=False),
    Column("lease_until", Time, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("holder", Id),
    Column("fence", Id, nullable=False),
)

endpoint_states = Table(
    "endpoint_states",
    metadata,
    Column("name", Words, primary_key=True),
    Column("paused_at", Time),
    Column("paused_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("paced", Time, nullable=False),
    Column("cursor", Words, nullable=False),
)
"""`paced`: the theoretical arrival time of the next call (generic cell rate algorithm)."""


def join(db: Connection, worker: int, name: str, lease: float) -> None:
    """Register a worker that is alive for `lease` seconds from now."""
    db.execute(insert(workers).values(id=worker, name=name, started_at=time(), lease_until=time() + lease))


def beat(db: Connection, worker: int, lease: float) -> bool:
    """Prolong a worker's lease; False when others have taken it for dead already."""
    return db.execute(update(workers).where(workers.c.id == worker).values(lease_until=time() + lease)).rowcount == 1


def leave(db: Connection, worker: int) -> None:
    """Take a worker from the list and give up its leases."""
    db.execute(update(leases).where(leases.c.holder == worker).values(holder=None))
    db.execute(delete(workers).where(workers.c.id == worker))


def all_workers(db: Connection) -> list[Row[Any]]:
    """Return the workers, locked for whoever wants to bury one."""
    return list(db.execute(select(workers).order_by(workers.c.id).with_for_update(skip_locked=True)))


def take_lease(db: Connection, name: str, worker: int) -> int | None:
    """Take a lease that nobody living holds; return its new fence, or None. `leave` frees those of the dead."""
    db.execute(keep(db, leases), {"name": name, "holder": None, "fence": 0})
    taken = db.execute(
        update(leases)
        .where(leases.c.name == name, leases.c.holder.is_(None) | (leases.c.holder == worker))
        .values(holder=worker, fence=leases.c.fence + 1)
        .returning(leases.c.fence)
    ).scalar()
    return None if taken is None else int(taken)


def holds_lease(db: Connection, name: str, worker: int, fence: int) -> bool:
    """Whether a lease is still held under a fence; it stays so until the transaction ends."""
    found = select(leases.c.fence).where(leases.c.name == name, leases.c.holder == worker).with_for_update()
    return db.execute(found).scalar() == fence


def drop_lease(db: Connection, name: str, worker: int) -> None:
    """Give a lease back."""
    db.execute(update(leases).where(leases.c.name == name, leases.c.holder == worker).values(holder=None))


def _upsert_state(db: Connection, name: str, values: Mapping[str, Any]) -> None:
    full = {"name": name, "paused_at": None, "paused_by": "", "reason": "", "paced": 0.0, "cursor": "", **values}
    add = insert_into(db, endpoint_states).values(full)
    db.execute(add.on_conflict_do_update(index_elements=[endpoint_states.c.name], set_=dict(values)))


def pause(db: Connection, endpoint: str, by: str, reason: str) -> None:
    """Stop deliveries to an endpoint. `by` is "human" or "attention"; nothing that waits is lost."""
    _upsert_state(db, endpoint, {"paused_at": time(), "paused_by": by, "reason": reason})


def resume(db: Connection, endpoint: str) -> bool:
    """Let deliveries to an endpoint go on; False when it was not paused."""
    found = update(endpoint_states).where(endpoint_states.c.name == endpoint, endpoint_states.c.paused_at.is_not(None))
    return db.execute(found.values(paused_at=None, paused_by="", reason="")).rowcount == 1


def states(db: Connection) -> dict[str, Row[Any]]:
    """Return what is known of endpoints."""
    return {row.name: row for row in db.execute(select(endpoint_states))}


_PACE = (
    select(endpoint_states.c.name, endpoint_states.c.paced)
    .where(one_of(endpoint_states.c.name, "names"))
    .order_by(endpoint_states.c.name)
    .with_for_update()
)
_PACED = update(endpoint_states).where(endpoint_states.c.name == bindparam("endpoint")).values(paced=bindparam("next"))


def paces(db: Connection, names: Iterable[str]) -> dict[str, float]:
    """Lock and return the pace of endpoints; an endpoint without a row gets one."""
    wanted = sorted(names)
    if not wanted:
        return {}
    found = {row.name: row.paced for row in db.execute(_PACE, {"names": wanted})}
    for name in wanted:
        if name not in found:
            _upsert_state(db, name, {"paced": 0.0})
            found[name] = 0.0
    return found


def set_paces(db: Connection, paced: Mapping[str, float]) -> None:
    """Store the pace of endpoints."""
    if paced:
        db.execute(_PACED, [{"endpoint": name, "next": paced[name]} for name in sorted(paced)])


def cursor(db: Connection, endpoint: str) -> str:
    """Return where polling of an endpoint goes on, "" at the start."""
    found = db.execute(select(endpoint_states.c.cursor).where(endpoint_states.c.name == endpoint)).scalar()
    return found or ""


def set_cursor(db: Connection, endpoint: str, value: str) -> None:
    """Store where polling goes on; in the transaction that journals the page."""
    _upsert_state(db, endpoint, {"cursor": value})
