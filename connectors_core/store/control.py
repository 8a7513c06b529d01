"""Who may answer conversations, as it stands in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from connectors_core.store.people import conversations

_MOST = 200
"""Conversations that one round gives back."""


def write(db: Connection, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Store what conversations became; the caller holds their rows."""
    params = [{"conversation": id_, **{f"new_{name}": value for name, value in values.items()}} for id_, values in rows]
    if params:
        names = [name.removeprefix("new_") for name in params[0] if name != "conversation"]
        changed = update(conversations).where(conversations.c.id == bindparam("conversation"))
        db.execute(changed.values({name: bindparam(f"new_{name}") for name in names}), params)


def over(db: Connection, now: float) -> Sequence[Row[Any]]:
    """Return conversations whose owner's time is over, and hold them: those that another holds are left to it."""
    found = select(conversations).where(conversations.c.owned_until <= now)
    found = found.order_by(conversations.c.owned_until).limit(_MOST)
    return db.execute(found.with_for_update(skip_locked=True)).all()
