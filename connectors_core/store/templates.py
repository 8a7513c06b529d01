"""The templates of each account as they were last synchronised, and when that is due again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, delete, func, insert, select, update

from connectors_core.store.inserting import keep
from connectors_core.store.schema import Id, Time, Words, metadata

templates = Table(
    "templates",
    metadata,
    Column("endpoint", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("language", Words, primary_key=True),
    Column("document", Words, nullable=False),
)

template_syncs = Table(
    "template_syncs",
    metadata,
    Column("endpoint", Words, primary_key=True),
    Column("due", Time, nullable=False),
    Column("holder", Id),
    Column("synced_at", Time),
    Column("problem", Words, nullable=False),
)
"""`due`: when the templates of an endpoint are to be asked for again. `problem`: why that failed last time."""


def expect(db: Connection, endpoints: Sequence[str]) -> None:
    """See to it that the templates of endpoints will be asked for."""
    rows = [{"endpoint": one, "due": 0.0, "holder": None, "synced_at": None, "problem": ""} for one in endpoints]
    if rows:
        db.execute(keep(db, template_syncs), rows)


def hasten(db: Connection, endpoint: str, now: float) -> None:
    """Ask for the templates of an endpoint soon: something about them has changed."""
    db.execute(update(template_syncs).where(template_syncs.c.endpoint == endpoint).values(due=now))


def claim(db: Connection, endpoints: Sequence[str], worker: int, now: float) -> list[str]:
    """Take those endpoints whose templates are to be asked for now."""
    open_ = (template_syncs.c.due <= now) & template_syncs.c.holder.is_(None)
    taken = update(template_syncs).where(open_, template_syncs.c.endpoint.in_(endpoints)).values(holder=worker)
    return list(db.execute(taken.returning(template_syncs.c.endpoint)).scalars())


def next_due(db: Connection, endpoints: Sequence[str]) -> float | None:
    """Return when templates are to be asked for next."""
    found = select(func.min(template_syncs.c.due)).where(
        template_syncs.c.endpoint.in_(endpoints), template_syncs.c.holder.is_(None)
    )
    return db.execute(found).scalar()


def free(db: Connection, worker: int) -> None:
    """Let others ask where a worker that is gone was asking."""
    db.execute(update(template_syncs).where(template_syncs.c.holder == worker).values(holder=None))


def replace(db: Connection, endpoint: str, rows: Sequence[dict[str, str]], now: float, due: float) -> None:
    """Store all templates of an endpoint (rows of name, language, document) in place of those before."""
    db.execute(delete(templates).where(templates.c.endpoint == endpoint))
    if rows:
        db.execute(insert(templates), [{"endpoint": endpoint, **row} for row in rows])
    _settle(db, endpoint, {"synced_at": now, "due": due, "problem": ""})


def failed(db: Connection, endpoint: str, problem: str, due: float) -> None:
    """Keep what is known, and remember why nothing newer could be had."""
    _settle(db, endpoint, {"problem": problem, "due": due})


def _settle(db: Connection, endpoint: str, values: dict[str, Any]) -> None:
    db.execute(update(template_syncs).where(template_syncs.c.endpoint == endpoint).values(holder=None, **values))


def of_endpoint(db: Connection, endpoint: str) -> Sequence[Row[Any]]:
    """Return the templates of an endpoint, by name and language."""
    found = select(templates).where(templates.c.endpoint == endpoint)
    return db.execute(found.order_by(templates.c.name, templates.c.language)).all()


def find(db: Connection, endpoint: str, name: str) -> Sequence[Row[Any]]:
    """Return a template in all its languages."""
    found = select(templates).where(templates.c.endpoint == endpoint, templates.c.name == name)
    return db.execute(found.order_by(templates.c.language)).all()


def sync_of(db: Connection, endpoint: str) -> Row[Any] | None:
    """Return when the templates of an endpoint were synchronised, None when they never will be."""
    return db.execute(select(template_syncs).where(template_syncs.c.endpoint == endpoint)).one_or_none()
