"""Finding the memory of a conversation, and keeping it together with what was answered."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from sqlalchemy import Connection, delete, insert, select, update

from connectors.responder.store.opening import ResponderDatabase, lock_making
from connectors.responder.store.schema import answers, memories, names
from connectors_core.store.inserting import keep

MOST_FORGOTTEN = 500
"""Rows of a kind that one call forgets: whoever is answered does not wait for a whole summer."""


@attrs.frozen(kw_only=True)
class Place:
    """A conversation as its channel calls it, and the bot that takes part; the name for replies first."""

    bot: str
    channel: str
    account: str
    names: tuple[str, ...]


@attrs.frozen
class Stored:
    """A memory and answers, each as JSON text."""

    memory: str
    answers: str


def remembering(
    database: ResponderDatabase,
    place: Place,
    key: str,
    now: float,
    oldest: float,
    decide: Callable[[str], Stored],
) -> str:
    """Return the answers to the call `key`: those of an earlier one, or what `decide` makes of the memory.

    Memory and answers are kept in one transaction, in which nobody else has this conversation. What was not touched
    since `oldest` is forgotten. Times in seconds since 1970.
    """
    with database.write() as db:
        row = _find(db, place)
        if row is None:
            lock_making(db)
            row = _find(db, place) or _make(db, now)
        id_, document, known = row
        earlier = db.execute(select(answers.c.document).where(answers.c.key == _key(place, key))).scalar()
        if earlier is not None:
            return str(earlier)
        decided = decide(document)
        db.execute(update(memories).where(memories.c.id == id_).values(document=decided.memory, touched_at=now))
        db.execute(insert(answers).values(key=_key(place, key), document=decided.answers, answered_at=now))
        new = [one for one in place.names if one not in known]
        if new:
            _name(db, place, new, id_)
        _forget(db, oldest)
        return decided.answers


def _key(place: Place, key: str) -> str:
    return f"{place.bot} {key}"


def _find(db: Connection, place: Place) -> tuple[int, str, set[str]] | None:
    """Return id and memory of a conversation, locked, and the names under which it is known."""
    here = (names.c.bot == place.bot, names.c.channel == place.channel, names.c.account == place.account)
    found = db.execute(select(names.c.memory_id, names.c.name).where(names.c.name.in_(place.names), *here)).all()
    if not found:
        return None
    id_ = min(row.memory_id for row in found)
    row = db.execute(select(memories.c.document).where(memories.c.id == id_).with_for_update()).first()
    if row is None:
        # Forgotten just now.
        return None
    return id_, row.document, {one.name for one in found}


def _make(db: Connection, now: float) -> tuple[int, str, set[str]]:
    made = db.execute(insert(memories).values(document="{}", touched_at=now).returning(memories.c.id)).scalar_one()
    return int(made), "{}", set()


def _name(db: Connection, place: Place, new: list[str], id_: int) -> None:
    rows = [
        {"name": one, "account": place.account, "channel": place.channel, "bot": place.bot, "memory_id": id_}
        for one in new
    ]
    # Two calls may bring the same new name of a conversation that was met under two others.
    db.execute(keep(db, names), rows)


def _forget(db: Connection, oldest: float) -> None:
    """Forget some of what is old; the next calls forget the rest."""
    stale = list(
        db.execute(
            select(memories.c.id)
            .where(memories.c.touched_at < oldest)
            .order_by(memories.c.touched_at)
            .limit(MOST_FORGOTTEN)
            .with_for_update(skip_locked=True)
        ).scalars()
    )
    if stale:
        db.execute(delete(names).where(names.c.memory_id.in_(stale)))
        db.execute(delete(memories).where(memories.c.id.in_(stale)))
    old = select(answers.c.key).where(answers.c.answered_at < oldest).limit(MOST_FORGOTTEN)
    db.execute(delete(answers).where(answers.c.key.in_(old)))
