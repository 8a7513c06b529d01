"""The content of a message: what Instagram alone has, and else what both products make alike."""

from __future__ import annotations

from connectors.instagram.outbound.dialect import DIALECT
from connectors.meta.messaging import outbound as shared
from connectors.meta.messaging.outbound import Attach
from connectors.meta.messaging.outbound.fields import needed
from connectors_core import NotSupported
from connectors_core.model import Media, MediaKind, Message, Post
from connectors_core.model.wire import Json

HEART = "like_heart"
"""The only sticker of the platform's own that can be sent (IG/send-message, 2026-06-30)."""

LONGEST_ID = 100


def content(message: Message, attach: Attach) -> Json:
    """Return what stands under `message`; raise NotSupported for a part that makes nothing here."""
    if len(message.parts) > 1:
        return shared.album(message.parts, DIALECT, attach)
    part = shared.only(message)
    match part:
        case Media(kind=MediaKind.STICKER) if sticker := message.extra.get("sticker"):
            return {"attachment": {"type": _sticker(sticker)}}
        case Post():
            return {"attachment": {"type": "MEDIA_SHARE", "payload": {"id": _own(part)}}}
    return shared.content(part, DIALECT, attach)


def _sticker(name: object) -> str:
    if name != HEART:
        raise NotSupported(f"the only sticker of Instagram that can be sent is {HEART}")
    return HEART


def _own(post: Post) -> str:
    """Return the id of a post. Meta takes those of the account itself, and no other."""
    if post.kind != "post":
        raise NotSupported(f"a {post.kind} cannot be passed on here; send its address as a text")
    return needed("the id of a post of yours", post.id, LONGEST_ID)
