"""The list of conversations: filtered, in pages, in the order of what happened last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, select, tuple_

from connectors.inbox.store import merges
from connectors.inbox.store.people import search_terms
from connectors.inbox.store.schema import contacts, conversation_labels, conversations, labels, terms, users
from connectors_core.store.many import one_of

MOST = 40
"""Conversations in one page of the list."""
MOST_FOUND = 500
"""People that a search looks at."""
RARE = 2000
"""A label on fewer conversations than this is looked up by itself, one on more by walking through the list."""
COUNTED = 1000
"""Unread conversations that are counted; nobody reads a larger number."""

_NUMBER = "0123456789+-()./ "

COLUMNS = (
    conversations,
    contacts.c.name.label("contact_name"),
    contacts.c.username.label("contact_username"),
    contacts.c.picture.label("contact_picture"),
    users.c.name.label("assignee_name"),
)
JOINED = conversations.join(contacts, contacts.c.id == conversations.c.contact_id).outerjoin(
    users, users.c.id == conversations.c.assignee_id
)


@attrs.frozen(kw_only=True)
class Filter:
    """What the list shows. `view`: mine, unassigned or all. `state`: one of them, or any. `words`: a search."""

    user: int
    view: str = "all"
    state: str = "open"
    label: int | None = None
    words: str = ""


@attrs.frozen(kw_only=True)
class Listing:
    """One page: rows, the labels of each, and where the next page begins ("" when this is the last)."""

    rows: list[Row[Any]]
    labels: dict[int, list[Row[Any]]]
    cursor: str


def page(db: Connection, wanted: Filter, cursor: str = "", most: int = MOST) -> Listing:
    """Return a page of the list."""
    people = _people(db, wanted.words) if wanted.words else []
    labelled = _labelled(db, wanted.label) if wanted.label is not None else []
    found = select(*COLUMNS).select_from(JOINED).where(*_conditions(wanted, rare=len(labelled) < RARE))
    before = _position(cursor)
    if before is not None:
        found = found.where(tuple_(conversations.c.last_at, conversations.c.id) < tuple_(*before))
    found = found.order_by(conversations.c.last_at.desc(), conversations.c.id.desc()).limit(most + 1)
    rows = list(db.execute(found, {"people": people, "labelled": labelled}))
    after = f"{rows[most - 1].last_at!r}:{rows[most - 1].id}" if len(rows) > most else ""
    return Listing(rows=rows[:most], labels=labels_of(db, [row.id for row in rows[:most]]), cursor=after)


def _conditions(wanted: Filter, *, rare: bool) -> Iterable[ColumnElement[bool]]:
    if wanted.view == "mine":
        yield conversations.c.assignee_id == wanted.user
    elif wanted.view == "unassigned":
        yield conversations.c.assignee_id.is_(None)
    if wanted.state != "any":
        yield conversations.c.state == wanted.state
    if wanted.words:
        yield one_of(conversations.c.contact_id, "people")
    if wanted.label is not None and rare:
        yield one_of(conversations.c.id, "labelled")
    elif wanted.label is not None:
        here = conversation_labels.c.conversation_id == conversations.c.id
        yield exists().where(here, conversation_labels.c.label_id == wanted.label)


def _labelled(db: Connection, label: int) -> list[int]:
    found = select(conversation_labels.c.conversation_id).where(conversation_labels.c.label_id == label).limit(RARE)
    return list(db.execute(found).scalars())


def _people(db: Connection, words: str) -> list[int]:
    """Return the people of whom a contact has a word beginning with each of `words`."""
    found: set[int] | None = None
    if not words.strip(_NUMBER):
        # A number, however it is grouped.
        words = "".join(char for char in words if char.isdecimal())
    for term in search_terms(words)[:5]:
        begins = select(terms.c.contact_id).where(terms.c.term >= term, terms.c.term < f"{term}\U0010ffff")
        ids = set(db.execute(begins.limit(MOST_FOUND * 4)).scalars())
        found = ids if found is None else found & ids
    return merges.members(db, sorted(found or ())[:MOST_FOUND])


def _position(cursor: str) -> tuple[float, int] | None:
    at, _, id_ = cursor.partition(":")
    try:
        return float(at), int(id_)
    except ValueError:
        return None


def one(db: Connection, conversation_id: int) -> Row[Any] | None:
    """Return a conversation as the list has it, None when there is none."""
    return db.execute(select(*COLUMNS).select_from(JOINED).where(conversations.c.id == conversation_id)).first()


def of_contacts(db: Connection, people: Iterable[int]) -> list[Row[Any]]:
    """Return the conversations of people, the newest first."""
    found = select(*COLUMNS).select_from(JOINED).where(one_of(conversations.c.contact_id, "people"))
    return list(db.execute(found.order_by(conversations.c.last_at.desc()).limit(MOST), {"people": list(people)}))


def labels_of(db: Connection, ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Return the labels of conversations."""
    wanted = list(ids)
    if not wanted:
        return {}
    found: Select[Any] = (
        select(conversation_labels.c.conversation_id, labels)
        .join_from(conversation_labels, labels)
        .where(one_of(conversation_labels.c.conversation_id, "ids"))
        .order_by(labels.c.name)
    )
    result: dict[int, list[Row[Any]]] = {}
    for row in db.execute(found, {"ids": wanted}):
        result.setdefault(row.conversation_id, []).append(row)
    return result


def unread(db: Connection, user: int) -> dict[str, int]:
    """Return how many conversations wait to be read, for each view; no more than `COUNTED`."""
    waiting = select(conversations.c.assignee_id).where(conversations.c.unread > 0).limit(COUNTED).subquery()
    rows = db.execute(select(waiting.c.assignee_id, func.count()).group_by(waiting.c.assignee_id))
    counts: dict[int | None, int] = {row[0]: row[1] for row in rows}
    return {"mine": counts.get(user, 0), "unassigned": counts.get(None, 0), "all": sum(counts.values())}


def changed(db: Connection, most: int = MOST_FOUND) -> dict[int, int]:
    """Return the version of the conversations that changed last."""
    newest = select(conversations.c.id, conversations.c.version).order_by(conversations.c.touched_at.desc())
    return {row.id: row.version for row in db.execute(newest.limit(most))}
