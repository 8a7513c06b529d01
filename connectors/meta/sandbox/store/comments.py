"""What people wrote in public: comments, posts on the page, mentions; each may be answered privately once."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Connection, insert, select, update

from connectors.meta.sandbox.store.tables import comments


@attrs.frozen(kw_only=True)
class Comment:
    """One of them. `kind`: comment, post, live or mention; `post`: what it stands under, its own id for a post.

    `at`: Unix seconds; `answered`: a private reply was sent.
    """

    id: str
    account: str
    customer: str
    post: str
    kind: str
    text: str
    at: float
    answered: bool = False
    removed: bool = False


def add(db: Connection, comment: Comment) -> None:
    """Add a comment."""
    db.execute(insert(comments).values(**attrs.asdict(comment)))


def change(db: Connection, comment_id: str, **values: Any) -> None:
    """Change a comment."""
    db.execute(update(comments).where(comments.c.id == comment_id).values(**values))


def get(db: Connection, comment_id: str) -> Comment | None:
    """Return a comment, None when there is none of this id."""
    row = db.execute(select(comments).where(comments.c.id == comment_id)).mappings().one_or_none()
    return Comment(**row) if row else None


def of_customer(db: Connection, customer_id: str) -> list[Comment]:
    """Return what a person wrote in public, the oldest first."""
    found = select(comments).where(comments.c.customer == customer_id).order_by(comments.c.at)
    return [Comment(**row) for row in db.execute(found).mappings()]
