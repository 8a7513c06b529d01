"""Webhooks that wait to be delivered: one lane for each customer, in order."""

from __future__ import annotations

import attrs
from sqlalchemy import Connection, delete, func, insert, select, update

from connectors.meta.sandbox.store.tables import outbox


@attrs.frozen(kw_only=True)
class Webhook:
    """One webhook of an object ("page") and one of its accounts, signed when it is sent.

    `message`: the incoming message that counts as delivered with it.

    `drop`: whether the connection of its first try breaks "before" it is read or "after"; `most`: so many events, its
    own included, go out in one body; `again`: so many seconds after it was taken it goes out a second time.
    """

    id: int = 0
    lane: str
    object: str
    account: str
    field: str
    body: str
    message: str = ""
    at: float
    due: float
    tries: int = 0
    drop: str = ""
    most: int = 1
    again: float | None = None


def add(db: Connection, webhook: Webhook) -> None:
    """Put a webhook at the end of its lane."""
    values = attrs.asdict(webhook)
    del values["id"]
    db.execute(insert(outbox).values(**values))


def heads(db: Connection) -> list[Webhook]:
    """Return the first webhook of every lane."""
    first = select(func.min(outbox.c.id)).group_by(outbox.c.lane)
    statement = select(outbox).where(outbox.c.id.in_(first)).order_by(outbox.c.due)
    return [Webhook(**row) for row in db.execute(statement).mappings()]


def head(db: Connection, lane: str) -> Webhook | None:
    """Return the first webhook of a lane, None when it is empty."""
    statement = select(outbox).where(outbox.c.lane == lane).order_by(outbox.c.id).limit(1)
    row = db.execute(statement).mappings().one_or_none()
    return Webhook(**row) if row else None


def company(db: Connection, lane: str, after: int, head: Webhook, most: int) -> list[Webhook]:
    """Return what may go out together with a webhook: what follows `after` in a lane, of its field, with no fault."""
    statement = select(outbox).where(outbox.c.lane == lane, outbox.c.id > after).order_by(outbox.c.id).limit(most)
    found: list[Webhook] = []
    for row in db.execute(statement).mappings():
        one = Webhook(**row)
        if (one.object, one.field) != (head.object, head.field) or one.drop or one.most > 1:
            break
        found.append(one)
    return found


def later(db: Connection, webhook_id: int, due: float) -> None:
    """Try a webhook again at `due`."""
    db.execute(update(outbox).where(outbox.c.id == webhook_id).values(due=due, tries=outbox.c.tries + 1))


def at_once(db: Connection) -> None:
    """Make everything due: whoever changed the callback does not want to wait."""
    db.execute(update(outbox).values(due=0.0))


def remove(db: Connection, webhook_id: int) -> None:
    """Take a webhook out."""
    db.execute(delete(outbox).where(outbox.c.id == webhook_id))


def count(db: Connection) -> int:
    """Return how many webhooks wait."""
    return int(db.execute(select(func.count()).select_from(outbox)).scalar_one())
