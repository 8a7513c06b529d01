"""What the refusals of the Bot API mean and what happens next.

Bot API 10.3, "Making requests" and ResponseParameters: an error has `error_code` (the HTTP status), a `description`
for people, "subject to change", and sometimes `parameters`. There are no stable codes below the status, so the words
decide, and what no word decides falls back to the status. The words themselves stay out of our texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from connectors_core import (
    ConnectorsError,
    Malformed,
    NeedsAttention,
    NoCounterpart,
    NotAllowedNow,
    RateLimited,
    Rejected,
    Reply,
    Retry,
    Unreachable,
)
from connectors_core.model import wire
from connectors_core.model.wire import Json


class Migrated(Rejected):
    """The group became a supergroup and has another id now; nothing was sent."""

    def __init__(self, chat: int) -> None:
        """Know the new id."""
        super().__init__("400: the group has become a supergroup", code=400)
        self.chat = chat


class Already(Rejected):
    """What was asked for is so already."""


class NoText(Rejected):
    """The message has no text that could be edited: it is a file with words under it."""


@attrs.frozen
class Case:
    """One meaning: the status, the words in the description, the error that follows, what it means, what to do."""

    status: int
    words: str
    raises: type[ConnectorsError]
    title: str
    advice: str


_POLLING = "only one program may poll a bot; stop the other one"

CASES = (
    Case(400, "chat not found", NoCounterpart, "the chat is unknown", "the person has to write to the bot first"),
    Case(400, "user not found", NoCounterpart, "the person is unknown", "the person has to write to the bot first"),
    Case(400, "peer_id_invalid", NoCounterpart, "the chat is unknown", "the person has to write to the bot first"),
    Case(400, "message is not modified", Already, "the message is so already", "nothing"),
    Case(400, "message to delete not found", Already, "the message is gone already", "nothing"),
    Case(400, "query is too old", Already, "the tap was too long ago", "nothing"),
    Case(400, "no text in the message to edit", NoText, "the message has no text", "edit the words under the file"),
    Case(400, "message can't be deleted", Rejected, "it can be deleted for 48 hours alone", "write a correction"),
    Case(400, "message can't be edited", Rejected, "it cannot be edited any more", "write a correction"),
    Case(400, "message to edit not found", Rejected, "the message is gone", "write a new one"),
    Case(400, "message to react not found", Rejected, "the message is gone", "nothing can be done"),
    Case(400, "reaction_invalid", Rejected, "Telegram has no such reaction", "choose one that its apps offer"),
    Case(400, "message thread not found", Rejected, "the topic is gone", "write to another topic of the group"),
    Case(400, "topic_closed", NotAllowedNow, "the topic is closed", "have it opened in the group"),
    Case(400, "topic_deleted", Rejected, "the topic is gone", "write to another topic of the group"),
    Case(400, "too big", Rejected, "the file is larger than bots may send or fetch", "send a link to it"),
    Case(400, "wrong file", Rejected, "the file is unknown or gone", "ask the person to send it again"),
    Case(400, "invalid file", Rejected, "the file is unknown or gone", "ask the person to send it again"),
    Case(400, "photo_invalid_dimensions", Rejected, "the picture is too wide or too high", "send it as a document"),
    Case(400, "image_process_failed", Rejected, "the picture cannot be read", "send it as a document"),
    Case(400, "not enough rights", NotAllowedNow, "the bot lacks a right in the group", "have its admins give it"),
    Case(400, "have no rights", NotAllowedNow, "the bot may not write there", "have the admins of the group allow it"),
    Case(400, "chat_write_forbidden", NotAllowedNow, "the bot may not write there", "have the admins allow it"),
    Case(400, "administrator rights", NotAllowedNow, "the bot is no administrator there", "have it made one"),
    Case(400, "forbidden", NotAllowedNow, "the person or the group does not take this kind", "send it as text"),
    Case(400, "restricted receiving", NotAllowedNow, "the person does not take this kind", "send it as text"),
    Case(400, "business connection", NotAllowedNow, "the account has disconnected the bot", "connect it again"),
    Case(400, "business_connection", NotAllowedNow, "the account has disconnected the bot", "connect it again"),
    Case(400, "business_peer", NotAllowedNow, "the bot may answer for 24 hours after a message", "wait for the person"),
    Case(403, "blocked by the user", NotAllowedNow, "the person has blocked the bot", "only the person can undo it"),
    Case(403, "can't initiate", NotAllowedNow, "a bot cannot write first", "give the person a link to the bot"),
    Case(403, "deactivated", Rejected, "the account of the person is gone", "use another channel"),
    Case(403, "kicked", NotAllowedNow, "the bot was taken out of the group", "have it added again"),
    Case(403, "not a member", NotAllowedNow, "the bot is not in the group", "have it added"),
    Case(403, "to bots", Rejected, "a bot does not write to bots", "nothing can be done"),
    Case(404, "", NeedsAttention, "no bot has this token", "put the token of @BotFather and resume the endpoint"),
    Case(401, "", NeedsAttention, "the token is refused", "put the token of @BotFather and resume the endpoint"),
    Case(409, "webhook", NeedsAttention, "a webhook keeps the updates", "run `connectors setup telegram --again`"),
    # No reason to pause: after a change of the polling program the older of two requests ends like this.
    Case(409, "", Retry, "another program polls this bot", _POLLING),
    Case(413, "", Rejected, "the file is too large", "50 MB at most, pictures 10 MB"),
    Case(403, "", NotAllowedNow, "it may not be sent there", "look at the chat in Telegram"),
    Case(400, "", Rejected, "it refuses this, for a reason that is not in our table", "look at the message"),
)
"""The first case that fits decides."""


@contextmanager
def named(endpoint: str, verb: str) -> Iterator[None]:
    """Put endpoint and verb before what is found in an answer; core does so for the ways out, and `Http` for calls."""
    try:
        yield
    except ConnectorsError as error:
        if not error.text.startswith(endpoint):
            error.text = f"{endpoint} could not {verb}: {error.text}"
            error.args = (error.text,)
        raise


def explain(reply: Reply) -> ConnectorsError | None:
    """Return the error for an answer that is not 2xx; None when its status says more than its body."""
    # An answer like {"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 5",
    #  "parameters": {"retry_after": 5}}
    told = _told(reply)
    words = told.get("description")
    if not isinstance(words, str) or told.get("ok") is not False:
        return None
    try:
        parameters = wire.obj(told, "parameters")
        chat, wait = wire.whole(parameters, "migrate_to_chat_id"), wire.whole(parameters, "retry_after")
    except Malformed:
        chat = wait = None
    if chat is not None:
        return Migrated(chat)
    if reply.status == 429:
        after = float(wait) if wait is not None else reply.retry_after
        # The answer does not say whether the chat or the bot is too fast. The bot keeps its pace, so it is the chat.
        return RateLimited("429: too many messages; it goes on by itself", code=429, after=after, scope="pair")
    words = words.casefold()
    for case in CASES:
        if case.status == reply.status and case.words in words:
            return case.raises(f"{case.status}: {case.title}; {case.advice}", code=case.status)
    return None


def explain_download(reply: Reply) -> ConnectorsError | None:
    """Read the refusal of a download: its address lives an hour, and the token was good a moment ago."""
    if reply.status in (400, 404, 410):
        return Unreachable(f"{reply.status}: the address of the file is not good any more; a new one is asked for")
    return explain(reply)


def _told(reply: Reply) -> Json:
    try:
        return reply.object()
    except Malformed:
        return {}
