"""Contacts with their identities, conversations, and what both are called at each endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import time
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Index, Row, Table, bindparam, insert, select, update

from connectors_core.store.inserting import insert_into, keep
from connectors_core.store.many import one_of
from connectors_core.store.schema import Id, Small, Time, Words, metadata

CONTACT, CONVERSATION = "contact", "conversation"

contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False),
    Column("username", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("merged_into", Id),
)
"""`merged_into`: the contact that this one is a part of; see `connectors_core.store.merges`."""
_PART = contacts.c.merged_into.is_not(None)
Index("ix_contacts_merged_into", contacts.c.merged_into, sqlite_where=_PART, postgresql_where=_PART)

identities = Table(
    "identities",
    metadata,
    Column("value", Words, primary_key=True),
    Column("scheme", Words, primary_key=True),
    Column("scope", Words, primary_key=True),
    Column("contact_id", Id, primary_key=True, autoincrement=False, index=True),
    Column("verified", Boolean, nullable=False),
    Column("seen_at", Time, nullable=False),
)
"""Anybody may claim an address; `verified` says that the platform vouches for it."""
Index(
    "ix_identities_verified",
    identities.c.value,
    sqlite_where=identities.c.verified,
    postgresql_where=identities.c.verified,
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("endpoint", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("contact_id", Id, index=True),
    Column("opened_at", Time, nullable=False),
    Column("last_in_at", Time),
    Column("owner", Words, nullable=False),
    Column("owned_at", Time),
    Column("given_by", Words, nullable=False, server_default=""),
    Column("owned_until", Time),
    Column("held", Words, nullable=False, server_default=""),
    Column("told_at", Time),
    Column("moves", Id, nullable=False, server_default="0"),
    Column("turns", Small, nullable=False, server_default="0"),
    Column("turned_at", Time),
)
"""`endpoint`, `account` and `external_id` name the identity that wrote last: replies go back to it. From `owner` on
stands who may answer it: see `connectors_core.switchboard`."""
Index(
    "ix_conversations_owned_until",
    conversations.c.owned_until,
    sqlite_where=conversations.c.owned_until.is_not(None),
    postgresql_where=conversations.c.owned_until.is_not(None),
)

links = Table(
    "links",
    metadata,
    Column("external_id", Words, primary_key=True),
    Column("noun", Words, primary_key=True),
    Column("endpoint", Words, primary_key=True),
    Column("account", Words, primary_key=True),
    Column("local_id", Id, nullable=False, index=True),
    Column("linked_at", Time, nullable=False),
)

Key = tuple[str, str, str, str]
"""noun, endpoint, account, external id."""


_FIND = select(links).where(one_of(links.c.external_id, "names"))


def find_links(db: Connection, keys: Iterable[Key]) -> dict[Key, int]:
    """Return the local ids of those keys that are known."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = db.execute(_FIND, {"names": {key[3] for key in wanted}})
    found = {(row.noun, row.endpoint, row.account, row.external_id): row.local_id for row in rows}
    return {key: found[key] for key in wanted & found.keys()}


def add_links(db: Connection, rows: Iterable[tuple[Key, int]]) -> None:
    """Remember what something is called; a name that is taken keeps its meaning."""
    at = time()
    params = [
        {
            "noun": key[0],
            "endpoint": key[1],
            "account": key[2],
            "external_id": key[3],
            "local_id": local,
            "linked_at": at,
        }
        for key, local in rows
    ]
    if params:
        db.execute(keep(db, links), params)


_NAMES = select(links).where(one_of(links.c.local_id, "ids")).order_by(links.c.linked_at)


def names_at(db: Connection, pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, str]]:
    """Return (account, external id) of contacts and conversations, for those (local id, endpoint) that are known.

    Both take their ids from one sequence, so an id says what it is of.
    """
    wanted = set(pairs)
    if not wanted:
        return {}
    found = {
        (row.local_id, row.endpoint): (row.account, row.external_id)
        for row in db.execute(_NAMES, {"ids": {local for local, _ in wanted}})
    }
    return {pair: found[pair] for pair in wanted & found.keys()}


Address = tuple[str, str, str]
"""scheme, scope, value: one address of a person."""

_VOUCHED = select(identities).where(one_of(identities.c.value, "values"), identities.c.verified)


def find_identities(db: Connection, keys: Iterable[Address]) -> dict[Address, list[int]]:
    """Return the contacts, the oldest first, of those verified identities that are known."""
    wanted = set(keys)
    if not wanted:
        return {}
    found: dict[Address, list[int]] = {}
    for row in db.execute(_VOUCHED, {"values": {value for _, _, value in wanted}}):
        if (row.scheme, row.scope, row.value) in wanted:
            found.setdefault((row.scheme, row.scope, row.value), []).append(row.contact_id)
    return {key: sorted(ids) for key, ids in found.items()}


_OWN = select(
    identities.c.contact_id, identities.c.scheme, identities.c.scope, identities.c.value, identities.c.verified
).where(one_of(identities.c.contact_id, "ids"))


def addresses_of(db: Connection, ids: Iterable[int]) -> dict[int, dict[Address, bool]]:
    """Return the addresses of contacts, and of each whether the platform vouches for it."""
    found: dict[int, dict[Address, bool]] = {}
    wanted = list(ids)
    for contact, scheme, scope, value, verified in db.execute(_OWN, {"ids": wanted}) if wanted else ():
        found.setdefault(contact, {})[scheme, scope, value] = verified
    return found


def add_identities(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Remember addresses of people; what a platform once vouched for stays so."""
    if not rows:
        return
    new = insert_into(db, identities)
    # What a batch tells of one person may be vouched for by its second event only.
    unique = {(row["value"], row["scheme"], row["scope"], row["contact_id"]): row for row in rows}
    vouched = new.excluded.verified
    keep = new.on_conflict_do_update(
        index_elements=list(identities.primary_key), set_={"verified": vouched}, where=vouched
    )
    db.execute(keep, [{"seen_at": time(), **row} for row in unique.values()])


def add_contacts(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write new contacts."""
    if rows:
        db.execute(insert(contacts), [{"created_at": time(), "merged_into": None, **row} for row in rows])


def add_conversations(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write new conversations."""
    if rows:
        db.execute(insert(conversations), [{"opened_at": time(), "owner": "", **row} for row in rows])


_WROTE = (
    update(conversations)
    .where(
        conversations.c.id == bindparam("conversation"),
        conversations.c.last_in_at.is_(None) | (conversations.c.last_in_at <= bindparam("at")),
    )
    .values(last_in_at=bindparam("at"), external_id=bindparam("name"))
)


def contact_wrote(db: Connection, rows: Iterable[tuple[int, float, str]]) -> None:
    """Move the window of conversations on, never back: (conversation, the platform's time, the id that wrote)."""
    params = [{"conversation": row, "at": at, "name": name} for row, at, name in rows]
    if params:
        db.execute(_WROTE, params)


_CONVERSATIONS = select(conversations).where(one_of(conversations.c.id, "ids")).order_by(conversations.c.id)
_CONTACTS = select(contacts).where(one_of(contacts.c.id, "ids"))
_IDENTITIES = select(identities).where(one_of(identities.c.contact_id, "ids"))


def conversations_by_id(db: Connection, ids: Iterable[int], *, lock: bool = False) -> dict[int, Row[Any]]:
    """Return conversation rows; `lock` them when what is read decides what is written."""
    wanted = list(ids)
    found = _CONVERSATIONS.with_for_update() if lock else _CONVERSATIONS
    return {row.id: row for row in db.execute(found, {"ids": wanted})} if wanted else {}


def contacts_by_id(db: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Return contact rows."""
    wanted = list(ids)
    return {row.id: row for row in db.execute(_CONTACTS, {"ids": wanted})} if wanted else {}


def identities_of(db: Connection, ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Return the identity rows of contacts."""
    found: dict[int, list[Row[Any]]] = {}
    wanted = list(ids)
    for row in db.execute(_IDENTITIES, {"ids": wanted}) if wanted else ():
        found.setdefault(row.contact_id, []).append(row)
    return found


def learn(db: Connection, contact: int, told: dict[str, str]) -> None:
    """Write what a platform tells of a person, where nothing is known yet."""
    for key, value in told.items():
        db.execute(update(contacts).where(contacts.c.id == contact, contacts.c[key] == "").values({key: value}))


def conversation_with(db: Connection, contact: int, endpoint: str) -> Row[Any] | None:
    """Return the conversation with a person at an endpoint, the youngest of several."""
    own = select(conversations).where(conversations.c.contact_id == contact, conversations.c.endpoint == endpoint)
    return db.execute(own.order_by(conversations.c.id.desc()).limit(1)).first()
