"""Who is one person with whom: contacts become parts of others and are themselves again, with all that was theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import time
from typing import Any

from sqlalchemy import Connection, Row, insert, select, union_all, update

from connectors.inbox.store.opening import lock_people
from connectors.inbox.store.people import clean
from connectors.inbox.store.schema import contacts, conversations, merges
from connectors_core.model import LinkStatus
from connectors_core.store.many import one_of

PROPOSED, MERGED, DECLINED, UNDONE = "proposed", "merged", "declined", "undone"
MOST_STEPS = 64
"""Contacts between two that are one person, at most; the gateway lets nobody be more."""
BEING_DONE = 60.0
"""Seconds for which an answer of an agent is on its way; after that it may be given again."""

_EDGES = union_all(
    select(contacts.c.id, contacts.c.merged_into).where(
        one_of(contacts.c.id, "ids"), contacts.c.merged_into.is_not(None)
    ),
    select(contacts.c.id, contacts.c.merged_into).where(one_of(contacts.c.merged_into, "ids")),
)


def members(db: Connection, ids: Iterable[int]) -> list[int]:
    """Return contacts and everybody who is one person with any of them, the given ones first."""
    found = dict.fromkeys(ids)
    new = set(found)
    for _ in range(MOST_STEPS):
        if not new:
            break
        rows = list(db.execute(_EDGES, {"ids": new}))
        new = {one for row in rows for one in (row.id, row.merged_into)} - found.keys()
        found |= dict.fromkeys(sorted(new))
    return list(found)


def hear(db: Connection, status: LinkStatus, contact: int, other: int, reason: str) -> bool:
    """Store what the gateway says of two contacts; the same again changes nothing. False when one is not known."""
    lock_people(db)
    known = select(contacts.c.id).where(one_of(contacts.c.id, "ids"))
    if contact == other or len(list(db.execute(known, {"ids": [contact, other]}))) < 2:
        return False
    rows = [row for row in of_people(db, [contact, other]) if {row.contact_id, row.other_id} == {contact, other}]
    last = {row.state: row for row in sorted(rows, key=lambda row: int(row.id))}
    before = members(db, [contact, other])
    _HEARD[status](db, contact, other, clean(reason)[:100], last)
    _touch(db, {*before, *members(db, [contact, other])})
    return True


def _proposed(db: Connection, contact: int, other: int, reason: str, last: Mapping[str, Row[Any]]) -> None:
    row = last.get(PROPOSED)
    if row is None:
        _add(db, contact, other, PROPOSED, reason)
    elif reason not in row.reasons.split():
        _change(db, row.id, reasons=f"{row.reasons} {reason}".strip())


def _merged(db: Connection, contact: int, other: int, reason: str, last: Mapping[str, Row[Any]]) -> None:
    winner, loser = _root(db, contact), _root(db, other)
    if winner == loser:
        return
    id_ = last[PROPOSED].id if PROPOSED in last else _add(db, contact, other, MERGED, reason)
    _change(db, id_, state=MERGED, loser_id=loser, reasons=reason, at=time(), asked="")
    db.execute(update(contacts).where(contacts.c.id == loser).values(merged_into=winner))


def _undone(db: Connection, _contact: int, _other: int, _reason: str, last: Mapping[str, Row[Any]]) -> None:
    row = last.get(MERGED)
    if row is not None:
        _change(db, row.id, state=UNDONE, at=time(), asked="")
        db.execute(update(contacts).where(contacts.c.id == row.loser_id).values(merged_into=None))


def _declined(db: Connection, _contact: int, _other: int, _reason: str, last: Mapping[str, Row[Any]]) -> None:
    if PROPOSED in last:
        _change(db, last[PROPOSED].id, state=DECLINED, at=time(), asked="")


_HEARD = {
    LinkStatus.PROPOSED: _proposed,
    LinkStatus.LINKED: _merged,
    LinkStatus.UNLINKED: _undone,
    LinkStatus.DECLINED: _declined,
}


def of_people(db: Connection, ids: Iterable[int]) -> list[Row[Any]]:
    """Return what was ever said of contacts, the oldest first."""
    concerned = one_of(merges.c.contact_id, "ids") | one_of(merges.c.other_id, "ids")
    return list(db.execute(select(merges).where(concerned).order_by(merges.c.id), {"ids": list(ids)}))


def ask(db: Connection, id_: int, answer: LinkStatus, by: str) -> Row[Any] | None:
    """Note what an agent answers, and return the row; None where there is no such question (any more)."""
    row = db.execute(select(merges).where(merges.c.id == id_).with_for_update()).first()
    wanted = MERGED if answer is LinkStatus.UNLINKED else PROPOSED
    if row is None or row.state != wanted or is_asked(row):
        return None
    _change(db, id_, asked=str(answer), asked_by=clean(by), asked_at=time())
    _touch(db, [row.contact_id, row.other_id])
    return row


def is_asked(row: Row[Any]) -> bool:
    """Whether an answer of an agent is on its way through the gateway."""
    return bool(row.asked) and row.asked_at is not None and row.asked_at > time() - BEING_DONE


def _root(db: Connection, contact: int) -> int:
    for _ in range(MOST_STEPS):
        above = db.execute(select(contacts.c.merged_into).where(contacts.c.id == contact)).scalar()
        if above is None:
            break
        contact = above
    return contact


def _add(db: Connection, contact: int, other: int, state: str, reason: str) -> int:
    values = {"contact_id": contact, "other_id": other, "state": state, "reasons": reason, "at": time()}
    values |= {"asked": "", "asked_by": "", "asked_at": None, "loser_id": None}
    return int(db.execute(insert(merges).values(values).returning(merges.c.id)).scalar_one())


def _change(db: Connection, id_: int, **changes: Any) -> None:
    db.execute(update(merges).where(merges.c.id == id_).values(changes))


def _touch(db: Connection, people: Iterable[int]) -> None:
    """Let every page that shows one of these people know."""
    changes = {"version": conversations.c.version + 1, "touched_at": time()}
    own = one_of(conversations.c.contact_id, "people")
    db.execute(update(conversations).where(own).values(changes), {"people": list(people)})
