"""What visitors write on a Page: comments and posts, which one private reply each can answer (MP/discovery)."""

from __future__ import annotations

from typing import Any

import attrs

from connectors.meta.messaging.inbound import Piece
from connectors.meta.messaging.inbound.times import moment
from connectors_core import Malformed
from connectors_core.model import Comment, Contact, Event, Media, MediaKind, Part, Revision, RevisionAction, Text, wire
from connectors_core.model.wire import Json

_COMMENT = "comment"
_POSTS = frozenset(("post", "status", "photo", "video", "album", "share", "note", "link"))
_SILENT = frozenset(("like", "reaction"))
_CHANGED = {
    "edit": RevisionAction.EDIT,
    "edited": RevisionAction.EDIT,
    "remove": RevisionAction.DELETE,
    "delete": RevisionAction.DELETE,
}
_READ = frozenset(("from", "item", "verb", "comment_id", "post_id", "parent_id", "message", "created_time"))


def change(piece: Piece, field: str) -> list[Event]:
    """Read one change of the feed. What the Page itself does, and who likes what, is no message of anybody."""
    # as in {"from": {"id": "125", "name": "Pablo Morales"}, "item": "comment", "verb": "add", "comment_id": "1_2",
    #  "post_id": "682_1", "parent_id": "682_1", "message": "How much?", "created_time": 1790000000}
    data = piece.data
    item, verb = wire.text(data, "item"), wire.text(data, "verb")
    author = wire.obj(data, "from")
    person = wire.text(author, "id")
    if item in _SILENT or person in piece.business:
        return []
    if item not in (_COMMENT, *_POSTS) or verb not in ("add", *_CHANGED) or not person:
        about = ".".join(word for word in (field, item, verb) if word)
        return [piece.notice(about, text=about)]
    name = wire.text(data, "comment_id" if item == _COMMENT else "post_id")
    if not name:
        raise Malformed(f"the {item} has no id")
    who = piece.about(person, Contact(name=wire.text(author, "name")))
    who["at"] = moment(data, "created_time") or piece.at
    who["extra"] = {key: part for key, part in data.items() if key not in _READ}
    if verb in _CHANGED:
        return [_revision(piece, name, _CHANGED[verb], who)]
    return [piece.message(id=name, parts=_said(data, name, item), **who)]


def _said(data: Json, name: str, item: str) -> list[Part]:
    """Return the comment, or the post as a comment of its own, with the picture in it."""
    post, parent = wire.text(data, "post_id"), wire.text(data, "parent_id")
    said = Comment(
        id=name,
        body=wire.text(data, "message"),
        post=post,
        parent=parent if item == _COMMENT and parent != post else "",
        url=wire.text(data, "permalink_url"),
    )
    picture = wire.text(data, "photo")
    return [said, Media(kind=MediaKind.IMAGE, url=picture)] if picture else [said]


def _revision(piece: Piece, name: str, action: RevisionAction, who: dict[str, Any]) -> Event:
    """Return that a comment or a post was changed. It bears the name of what it changes, so it has a key of its own."""
    parts: list[Part] = [Revision(message=piece.ref(name), action=action)]
    if action is RevisionAction.EDIT:
        parts.append(Text(body=wire.text(piece.data, "message")))
    again = attrs.evolve(piece, data={**piece.data, "timestamp": None}).nameless("revision")["repeat"]
    return piece.message(id=name, parts=parts, repeat=again, **who)
