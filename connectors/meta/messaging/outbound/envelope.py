"""What stands around a message: whom it goes to, why it may, what it answers.

Sources: MP/send-messages, 2026-05-05; MP/discovery/private-replies and IG/features/private-replies, 2026.
"""

from __future__ import annotations

import re

from connectors.meta.messaging.outbound.dialect import PRIVATE_REPLY, Dialect
from connectors_core import NoCounterpart, NotSupported
from connectors_core.model import Event, Message, Template
from connectors_core.model.wire import Json

_NO_MESSAGE = re.compile(r"\d+(?:_\d+)*|[0-9a-f]{32}")
"""What no message in the chat can stand below: a comment or a post, which is public, and what Meta gave no id (a tap, a
reaction, an arrival), so that it bears one of our own."""

LONGEST_METADATA = 1000
"""Characters of `message.metadata` (MP/reference/send-api, 2026)."""


def person(event: Event, dialect: Dialect, account: str) -> str:
    """Return the id of the person that something is about; raise NoCounterpart when nobody is named."""
    if event.conversation is not None:
        return event.conversation.id
    to = event.to if isinstance(event, Message) else None
    if to is not None and to.scheme == dialect.scheme and to.scope in ("", account):
        return to.value
    if to is not None:
        raise NoCounterpart(f"nobody is known here by {to.scheme}; people are written to by the id they wrote with")
    if event.contact is not None:
        return event.contact.id
    raise NoCounterpart("neither a conversation nor a person is named")


def envelope(message: Message, dialect: Dialect, account: str) -> Json:
    """Return everything of a request that is not the content of its message."""
    if message.tag == PRIVATE_REPLY:
        return {"recipient": _comment(message, dialect, account)}
    found: Json = {"recipient": {"id": person(message, dialect, account)}}
    if message.parts and isinstance(message.parts[0], Template):
        found["messaging_type"] = "UTILITY"
    elif message.tag:
        found |= {"messaging_type": "MESSAGE_TAG", "tag": message.tag}
    else:
        found["messaging_type"] = "RESPONSE"
    if message.reply_to is not None and not _NO_MESSAGE.fullmatch(message.reply_to.id):
        found["reply_to"] = {"mid": message.reply_to.id}
    return found


def _comment(message: Message, dialect: Dialect, account: str) -> Json:
    """Return what a private reply goes to: a comment, or a post that a visitor left (its id begins with the page's)."""
    if message.reply_to is None:
        raise NotSupported("a private reply answers a comment, and none is named")
    name = message.reply_to.id
    return {"post_id": name} if dialect.posts and name.startswith(f"{account}_") else {"comment_id": name}


def metadata(key: str, dialect: Dialect) -> Json:
    """Return our `key`, where the echo of a message gives it back."""
    return {"metadata": key} if dialect.echoes_metadata and len(key) <= LONGEST_METADATA else {}


def completed(body: Json, message: Message) -> Json:
    """Return a request with what `message.extra["request"]` adds to it: the provider's own fields, merged into ours.

    That is for what no part expresses. Raise NotSupported where it would change whom the message goes to.
    """
    more = message.extra.get("request")
    if more is None:
        return body
    if not isinstance(more, dict) or not more.keys() <= _OWN:
        raise NotSupported(f"extra.request is an object of {', '.join(sorted(_OWN))}")
    return _merged(body, more)


_OWN = frozenset({"message", "notification_type", "persona_id", "thread_control"})


def _merged(ours: Json, theirs: Json) -> Json:
    found = dict(ours)
    for name, value in theirs.items():
        mine = found.get(name)
        found[name] = _merged(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return found
