"""Labels and canned replies: the words that a team shares."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from connectors.inbox.store.people import clean
from connectors.inbox.store.schema import canned, conversation_labels, labels

COLOURS = 8
"""How many colours the pages have for labels."""


def all_labels(db: Connection) -> list[Row[Any]]:
    """Return the labels."""
    return list(db.execute(select(labels).order_by(labels.c.name)))


def save_label(db: Connection, name: str, colour: int) -> None:
    """Write a label; one that is there already changes its colour."""
    words = clean(name).strip()[:40]
    if not words:
        return
    values = {"colour": colour % COLOURS}
    if db.execute(update(labels).where(labels.c.name == words).values(values)).rowcount == 0:
        db.execute(insert(labels).values(name=words, **values))


def drop_label(db: Connection, id_: int) -> None:
    """Forget a label, and take it off everywhere."""
    db.execute(delete(conversation_labels).where(conversation_labels.c.label_id == id_))
    db.execute(delete(labels).where(labels.c.id == id_))


def all_canned(db: Connection) -> list[Row[Any]]:
    """Return the canned replies."""
    return list(db.execute(select(canned).order_by(canned.c.short)))


def save_canned(db: Connection, short: str, body: str) -> None:
    """Write a canned reply; one that is there already changes its words."""
    name, words = clean(short).strip().removeprefix("/")[:40], clean(body).strip()[:4096]
    if not name or not words:
        return
    if db.execute(update(canned).where(canned.c.short == name).values(body=words)).rowcount == 0:
        db.execute(insert(canned).values(short=name, body=words))


def drop_canned(db: Connection, id_: int) -> None:
    """Forget a canned reply."""
    db.execute(delete(canned).where(canned.c.id == id_))
