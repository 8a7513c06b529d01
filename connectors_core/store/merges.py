"""Who is one person with whom: a forest over the contacts, what each of its edges rests on, and who has to hear of it.

A merge makes one root the child of another and touches nothing else, so that cutting the edge restores what was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Row,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    select,
    text,
    union_all,
    update,
)

from connectors_core.store import people
from connectors_core.store.inserting import keep
from connectors_core.store.many import one_of
from connectors_core.store.people import contacts, links
from connectors_core.store.schema import Id, Time, Words, metadata

PROPOSED, MERGED, DECLINED, UNDONE = "proposed", "merged", "declined", "undone"

MOST_MEMBERS = 64
"""Contacts that may be one person: nobody has so many chats, and every look-up of a person reads them all."""
LONGEST_WAIT = 86400.0
"""Seconds between two looks whether an end has names for two people by now, at most."""

merges = Table(
    "merges",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("contact_id", Id, nullable=False, index=True),
    Column("other_id", Id, nullable=False, index=True),
    Column("loser_id", Id),
    Column("winner_id", Id),
    Column("state", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("evidence", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Time, nullable=False),
    Column("ended_at", Time),
)
"""`contact_id`, `other_id`: the two that were found to be one. `loser_id`, `winner_id`: the roots that were joined.
`reason`: a scheme, "platform", "login" or "agent". `evidence`: what they have in common. `by`: the endpoint."""
_ACTIVE = merges.c.state == MERGED
Index("ix_merges_loser_id", merges.c.loser_id, unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)

match_keys = Table(
    "match_keys",
    metadata,
    Column("key", Words, primary_key=True),
    Column("contact_id", Id, primary_key=True, autoincrement=False, index=True),
)

news = Table(
    "merge_news",
    metadata,
    Column("merge_id", Id, primary_key=True, autoincrement=False),
    Column("endpoint", Words, primary_key=True),
    Column("since", Time, nullable=False),
    Column("due", Time, nullable=False, index=True),
)
"""Ends that have no name yet for one of two people: they are told when they have."""

_LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
_GRAPH = 0x67726170


def lock(db: Connection) -> None:
    """Let one transaction at a time change who is who: two that do not see each other would close a circle.

    SQLite has one writer at a time anyway.
    """
    if db.dialect.name == "postgresql":
        db.execute(_LOCK, {"lock": _GRAPH})


_UP = select(contacts.c.id, contacts.c.merged_into).where(
    one_of(contacts.c.id, "ids"), contacts.c.merged_into.is_not(None)
)
_DOWN = select(contacts.c.id, contacts.c.merged_into).where(one_of(contacts.c.merged_into, "ids"))
_EDGES = union_all(_UP, _DOWN)


def edges_of(db: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Return every edge, child to parent, of the people that contacts belong to: a statement for each step away."""
    parents: dict[int, int] = {}
    seen: set[int] = set()
    wanted = set(ids)
    for _ in range(MOST_MEMBERS):
        if not wanted:
            break
        seen |= wanted
        found = {row.id: row.merged_into for row in db.execute(_EDGES, {"ids": wanted})}
        parents |= found
        wanted = {*found, *found.values()} - seen
    return parents


def groups_of(db: Connection, ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the contacts that are one person with each: itself first, then the root, then the others by age."""
    wanted = set(ids)
    parents = edges_of(db, wanted)
    if not parents:
        return {one: [one] for one in wanted}
    members: dict[int, list[int]] = {}
    for one in sorted({*wanted, *parents, *parents.values()}):
        members.setdefault(root(parents, one), []).append(one)
    found = {}
    for one in wanted:
        top = root(parents, one)
        found[one] = list(dict.fromkeys((one, top, *members[top])))
    return found


def root(parents: Mapping[int, int], one: int) -> int:
    """Return the top of the tree that a contact is in."""
    return chain(parents, one)[-1]


def chain(parents: Mapping[int, int], one: int) -> list[int]:
    """Return a contact and everything above it."""
    found = [one]
    while found[-1] in parents and len(found) <= MOST_MEMBERS:
        found.append(parents[found[-1]])
    return found


def below(parents: Mapping[int, int], top: int) -> list[int]:
    """Return a contact and everything below it, by age."""
    return [one for one in sorted({*parents, *parents.values(), top}) if top in chain(parents, one)]


def join(db: Connection, edges: Mapping[int, int | None]) -> None:
    """Make contacts children of others, or roots again (None)."""
    if edges:
        change = update(contacts).where(contacts.c.id == bindparam("child")).values(merged_into=bindparam("parent"))
        db.execute(change, [{"child": child, "parent": parent} for child, parent in edges.items()])


_CONCERNING = select(merges).where(one_of(merges.c.contact_id, "ids") | one_of(merges.c.other_id, "ids"))
_EDGE_ROWS = select(merges).where(one_of(merges.c.loser_id, "ids"), _ACTIVE)
_BY_ID = select(merges).where(one_of(merges.c.id, "ids"))


def concerning(db: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Return every proposal, merge and refusal of contacts, and what the edges above them rest on."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = [*db.execute(_CONCERNING, {"ids": wanted}), *db.execute(_EDGE_ROWS, {"ids": wanted})]
    return {row.id: row for row in rows}


def by_id(db: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Return rows of merges."""
    wanted = list(ids)
    return {row.id: row for row in db.execute(_BY_ID, {"ids": wanted})} if wanted else {}


def save(db: Connection, new: Sequence[Mapping[str, Any]], changed: Mapping[int, Mapping[str, Any]]) -> None:
    """Write new rows and changes of others."""
    for id_, values in changed.items():
        db.execute(update(merges).where(merges.c.id == id_).values(dict(values)))
    if new:
        db.execute(insert(merges), [dict(row) for row in new])


_KEYS = select(match_keys).where(one_of(match_keys.c.key, "keys")).order_by(match_keys.c.contact_id)


def holders(db: Connection, keys: Iterable[str]) -> dict[str, list[int]]:
    """Return who has match keys, the oldest contact first."""
    wanted = list(keys)
    found: dict[str, list[int]] = {}
    for row in db.execute(_KEYS, {"keys": wanted}) if wanted else ():
        found.setdefault(row.key, []).append(row.contact_id)
    return found


def add_keys(db: Connection, pairs: Iterable[tuple[str, int]]) -> None:
    """Write match keys of contacts."""
    rows = [{"key": key, "contact_id": contact} for key, contact in pairs]
    if rows:
        db.execute(keep(db, match_keys), rows)


_NAMES = select(links).where(one_of(links.c.local_id, "ids")).order_by(links.c.linked_at)


def names_of(db: Connection, ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Return what contacts are called, wherever it is, the oldest name first."""
    wanted = list(ids)
    found: dict[int, list[Row[Any]]] = {}
    for row in db.execute(_NAMES, {"ids": wanted}) if wanted else ():
        found.setdefault(row.local_id, []).append(row)
    return found


def names_at(db: Connection, pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, str]]:
    """Return (account, external id) of people at endpoints that know them by another contact alone."""
    wanted = set(pairs)
    if not wanted:
        return {}
    groups = {one: group for one, group in groups_of(db, {one for one, _ in wanted}).items() if len(group) > 1}
    names = names_of(db, {member for group in groups.values() for member in group})
    found: dict[tuple[int, str], tuple[str, str]] = {}
    for one, endpoint in wanted:
        for row in (row for member in groups.get(one, ()) for row in names.get(member, ()) if row.endpoint == endpoint):
            found.setdefault((one, endpoint), (row.account, row.external_id))
    return found


def await_names(db: Connection, pairs: Iterable[tuple[int, str]], at: float) -> None:
    """See to it that endpoints are told of a merge when they have names for both."""
    rows = [{"merge_id": merge, "endpoint": endpoint, "since": at, "due": at} for merge, endpoint in pairs]
    if rows:
        db.execute(keep(db, news), rows)


@attrs.frozen
class Person:
    """What is known of a contact and of those that are one person with it, its own first."""

    members: list[int]
    name: str
    username: str
    language: str
    identities: list[Row[Any]]


def person(db: Connection, contact: int) -> Person | None:
    """Return the person that a contact is, None for one that there is not."""
    members = groups_of(db, [contact])[contact]
    rows = people.contacts_by_id(db, members)
    if contact not in rows:
        return None
    known = people.identities_of(db, members)
    found: dict[people.Address, Row[Any]] = {}
    for one in (one for member in members for one in known.get(member, ())):
        address = (one.scheme, one.scope, one.value)
        # What one of them claims and a platform vouches for at another is vouched for.
        if address not in found or (one.verified and not found[address].verified):
            found[address] = one
    told = {
        key: next((value for one in members if (value := getattr(rows[one], key))), "")
        for key in ("name", "username", "language")
    }
    return Person(members=members, identities=list(found.values()), **told)


_DUE = select(news).where(news.c.due <= bindparam("now")).order_by(news.c.due).limit(bindparam("most"))
_TAKE = _DUE.with_for_update(skip_locked=True)
_ROW = and_(news.c.merge_id == bindparam("merge"), news.c.endpoint == bindparam("at"))


def any_due(db: Connection, now: float) -> bool:
    """Whether somebody may have to be told: a look that locks nothing."""
    return db.execute(_DUE, {"now": now, "most": 1}).first() is not None


def due(db: Connection, now: float, most: int) -> Sequence[Row[Any]]:
    """Return who may have to be told now, and keep others from telling them."""
    return db.execute(_TAKE, {"now": now, "most": most}).all()


def put_off(db: Connection, rows: Iterable[Row[Any]], now: float) -> None:
    """Look again after as long as was waited so far, a day at most."""
    later = [
        {"merge": row.merge_id, "at": row.endpoint, "next": now + min(max(1.0, now - row.since), LONGEST_WAIT)}
        for row in rows
    ]
    if later:
        db.execute(update(news).where(_ROW).values(due=bindparam("next")), later)


def told(db: Connection, rows: Iterable[Row[Any]]) -> None:
    """Forget who was told, or never will have to be."""
    done = [{"merge": row.merge_id, "at": row.endpoint} for row in rows]
    if done:
        db.execute(delete(news).where(_ROW), done)
