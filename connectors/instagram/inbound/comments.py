"""Comments on posts and broadcasts, which one private reply each can answer, and mentions of the account."""

from __future__ import annotations

from typing import Any

from connectors.instagram.outbound import USERNAMES
from connectors.meta.messaging.inbound import Piece
from connectors_core import Malformed
from connectors_core.model import Comment, Contact, Event, Identity, Part, Post, Scheme, wire
from connectors_core.model.wire import Json

_READ = frozenset(("id", "comment_id", "parent_id", "from", "text"))


def comment(piece: Piece, field: str) -> list[Event]:
    """Read a comment; the account's own are no message of anybody. `extra` says more of the post and its ad."""
    # as in {"from": {"id": "125", "username": "pablo"}, "comment_id": "178", "parent_id": "177", "text": "Price?",
    #  "media": {"id": "179", "media_product_type": "FEED"}}; by Instagram Login the id is called "id"
    data = piece.data
    name = wire.text(data, "comment_id") or wire.text(data, "id")
    author, media = wire.obj(data, "from"), wire.obj(data, "media")
    person = wire.text(author, "id")
    if not name or not person:
        raise Malformed("the comment does not say its id or who wrote it")
    if person in piece.business:
        return []
    said = Comment(
        id=name, body=wire.text(data, "text"), post=wire.text(media, "id"), parent=wire.text(data, "parent_id")
    )
    extra: dict[str, object] = {key: part for key, part in data.items() if key not in _READ}
    if field != "comments":
        extra["field"] = field
    return [piece.message(id=name, parts=(said,), extra=extra, **piece.about(person, _author(author)))]


def _author(told: Json) -> Contact:
    """Return what a comment says of its author. A name can be given up and taken by somebody else: it is no proof."""
    username = wire.text(told, "username")
    named = Identity(scheme=Scheme.USERNAME, value=username, scope=USERNAMES) if username else None
    return Contact(username=username, identities=(named,) if named else ())


def mention(piece: Piece, field: str) -> list[Event]:
    """Read that somebody named the account in a comment or under a post. Nobody says who, nor what they wrote.

    The place stands for the person, so that the news has a conversation of its own (IP/webhooks, 2026-06).
    """
    # as in {"media_id": "179", "comment_id": "178"}
    post, name = wire.text(piece.data, "media_id"), wire.text(piece.data, "comment_id")
    if not (name or post):
        raise Malformed("the mention names neither a comment nor a post")
    parts: list[Part] = [Comment(id=name, body="", post=post)] if name else [Post(kind="post", id=post)]
    about: dict[str, Any] = {**piece.about(name or post), "profile": None}
    return [piece.message(id=name or post, parts=parts, extra={"field": field}, **about)]
