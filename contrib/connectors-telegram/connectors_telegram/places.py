"""What chats and messages are called: a message id of Telegram means nothing without its chat."""

from __future__ import annotations

import re

import attrs

from connectors_core import Rejected
from connectors_core.model import ConversationRef, Item, MessageRef, wire
from connectors_core.model.wire import Json

_PLACE = re.compile(r"(-?\d{1,20})(?:/(\d{1,20}))?(?:~(\d{1,20}))?(?:@([\w-]{1,256}))?", re.ASCII)
_MESSAGE = re.compile(r"(-?\d{1,20}(?:@[\w-]{1,256})?):(\d{1,20})", re.ASCII)


@attrs.frozen(kw_only=True)
class Place:
    """Where a conversation is: `chat`, with its topic (`thread`, or `direct` in the direct messages of a channel).

    `business` is the connection through which the bot answers for somebody's own account; a conversation there is not
    the one that the same person has with the bot itself. Bot API 10.3, Message.
    """

    chat: int
    thread: int | None = None
    direct: int | None = None
    business: str = ""

    @classmethod
    def of(cls, message: Json) -> Place:
        """Return where a message was written. A thread that is no topic of a forum is only a chain of answers."""
        direct = wire.obj(message, "direct_messages_topic")
        return cls(
            chat=wire.needed_whole(wire.needed(message, "chat"), "id"),
            thread=wire.whole(message, "message_thread_id") if message.get("is_topic_message") is True else None,
            direct=wire.whole(direct, "topic_id"),
            business=wire.text(message, "business_connection_id"),
        )

    @classmethod
    def parse(cls, name: str) -> Place:
        """Return the place that `str` wrote; raise Rejected for anything else."""
        found = _PLACE.fullmatch(name)
        if found is None:
            raise Rejected("this is no conversation of Telegram: its id is not one that this connector gave")
        chat, thread, direct, business = found.groups()
        return cls(
            chat=int(chat),
            thread=int(thread) if thread else None,
            direct=int(direct) if direct else None,
            business=business or "",
        )

    def __str__(self) -> str:
        thread = f"/{self.thread}" if self.thread is not None else ""
        direct = f"~{self.direct}" if self.direct is not None else ""
        return f"{self.chat}{thread}{direct}{f'@{self.business}' if self.business else ''}"

    def fields(self) -> Json:
        """Return the parameters that send something here."""
        found: Json = {"chat_id": self.chat}
        if self.thread is not None:
            found["message_thread_id"] = self.thread
        if self.direct is not None:
            found["direct_messages_topic_id"] = self.direct
        if self.business:
            found["business_connection_id"] = self.business
        return found

    def conversation(self, item: Item) -> ConversationRef:
        """Return the ref of this place."""
        return ConversationRef(endpoint=item.endpoint, account=item.account, id=str(self))

    def message(self, endpoint: str, account: str, number: int) -> MessageRef:
        """Return the ref of a message here. Its topic is no part of it: news of reactions do not tell the topic."""
        home = attrs.evolve(self, thread=None, direct=None)
        return MessageRef(endpoint=endpoint, account=account, id=f"{home}:{number}")


def message_of(ref: MessageRef, endpoint: str) -> tuple[Place, int]:
    """Return where a message is and its number there; raise Rejected for one that is not of this endpoint."""
    found = _MESSAGE.fullmatch(ref.id) if ref.endpoint == endpoint else None
    if found is None:
        raise Rejected("the message that this is about is not in Telegram")
    return Place.parse(found[1]), int(found[2])
