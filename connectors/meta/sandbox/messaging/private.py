"""Private replies: one message to whoever commented or posted, within seven days (MP/discovery/private-replies)."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.graph import GraphCall
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.messaging.errors import Refusal
from connectors.meta.sandbox.messaging.window import WEEK
from connectors.meta.sandbox.store import comments
from connectors.meta.sandbox.store.comments import Comment

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox


def find(sandbox: Sandbox, call: GraphCall, comment_id: str, *, post: bool) -> tuple[Comment, Channel]:
    """Return what may be answered privately, and where it stands; raise Refusal when it may not."""
    of_page = call.object_id == sandbox.settings.page_id
    with sandbox.store.read() as db:
        found = comments.get(db, comment_id)
    accounts = {one.account(sandbox.settings): one for one in sandbox.channels.values()}
    channel = accounts[found.account] if found else sandbox.channels["messenger" if of_page else "instagram"]
    reached = found is not None and (found.account == call.object_id or call.holder == "page")
    if found is None or not reached or found.answered or found.removed or (found.kind == "post") != post:
        raise Refusal(channel.error("private reply"))
    if time() > found.at + WEEK:
        raise Refusal(channel.error("private reply too late"))
    return found, channel


def answered(change: Change, channel: Channel, comment_id: str) -> Comment:
    """Remember that it was answered, and return it; of two answers at the same time the second is refused."""
    found = comments.get(change.db, comment_id)
    if found is None or found.answered:
        raise Refusal(channel.error("private reply"))
    comments.change(change.db, comment_id, answered=True)
    return found
