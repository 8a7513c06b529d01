"""The nouns that travel: Message, Link, Handover and Receipt in both directions, Notice inwards only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import attrs

from connectors_core.model.parts import Part, Reaction, Revision
from connectors_core.model.refs import Contact, ContactRef, ConversationRef, Identity, MessageRef, aware, clean_id


class Origin(StrEnum):
    """Who wrote a message."""

    CONTACT = "contact"
    AGENT = "agent"
    BOT = "bot"
    NATIVE_APP = "native_app"
    """Somebody at the business, in the platform's own inbox or phone app."""
    CAMPAIGN = "campaign"
    SYSTEM = "system"


@attrs.frozen(kw_only=True)
class Echo:
    """The platform's copy of a message that the business sent.

    `key` is ours when the platform gave it back; `app_id` is the application that sent it, where it is told.
    """

    key: str = ""
    app_id: str = ""


@attrs.frozen(kw_only=True)
class Event:
    """What every noun has: the endpoint's own account and id, a time, mapped fields, the provider's own data.

    `fields` is what mapping rules wrote on the way out. `extra` carries the provider's own data both ways.
    `repeat` replaces the usual key by which a repeated event is recognised; see `once`.
    """

    endpoint: str = attrs.field(converter=clean_id)
    account: str = attrs.field(converter=clean_id)
    id: str = attrs.field(converter=clean_id)
    at: datetime = attrs.field(validator=aware)
    conversation: ConversationRef | None = None
    contact: ContactRef | None = None
    profile: Contact | None = None
    standby: bool = False
    """A copy for a responder that has no control of the thread: may be read, must not be answered."""
    fields: dict[str, object] = attrs.field(factory=dict)
    extra: dict[str, object] = attrs.field(factory=dict)
    repeat: str = ""

    @property
    def once(self) -> str:
        """The same text for the same event, however often and in whatever batch it arrives."""
        return self.repeat or f"{type(self).__name__.lower()}:{self.id}"


def _parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(parts)


@attrs.frozen(kw_only=True)
class Message(Event):
    """Content in one direction of a conversation.

    `to` names an identity instead of a conversation: that is how an agent writes first. `source` is set on the way
    out and names the conversation where the message was written. `reply_to` is the message that it answers. `author`
    is who wrote it at the business, by a name and perhaps a picture that the person may see. `tag` is set on the way
    out and is that of the `Window` in which the platform lets it through.
    """

    parts: tuple[Part, ...] = attrs.field(converter=_parts)
    origin: Origin
    reply_to: MessageRef | None = None
    to: Identity | None = None
    echo: Echo | None = None
    source: ConversationRef | None = None
    author: Contact | None = None
    tag: str = ""

    @property
    def ref(self) -> MessageRef:
        """What this message is called where it came from."""
        return MessageRef(endpoint=self.endpoint, account=self.account, id=self.id)

    @property
    def once(self) -> str:
        """A reaction or an edit has the id of its target at some platforms, so person, action and time count too."""
        if self.repeat or not self.parts:
            return super().once
        first, who = self.parts[0], self.contact.id if self.contact else ""
        if isinstance(first, Reaction):
            return f"reaction:{first.message.id}:{who}:{first.emoji or ''}:{self.at.timestamp():.3f}"
        if isinstance(first, Revision) and first.number is not None:
            return f"revision:{first.message.id}:{first.number}"
        return super().once


class LinkStatus(StrEnum):
    """What has become of the tie between two names of a person: in the chat, in the CRM, in two chats."""

    WANTED = "wanted"
    """Find or make this person."""
    LINKED = "linked"
    """`contact` and `other` are one person: proven in the chat, vouched for by two platforms, or said by an agent."""
    UNLINKED = "unlinked"
    """They are two again, each with what was theirs."""
    PROPOSED = "proposed"
    """They may be one person: an agent may say so with `linked`, or that they are not with `declined`."""
    DECLINED = "declined"
    CHANGED = "changed"
    """The platform gave the person another identity; `previous` names the old one."""


@attrs.frozen(kw_only=True)
class Link(Event):
    """A person of one endpoint is, or is to be, a person of another; or two names of one endpoint are one person.

    `source` is set on the way out and names the conversation in which the person is met, as its own side calls it.
    `other` is the second of two names. `reason` says in a word what speaks for it: a scheme of `Scheme` that both have,
    "login" for an account linked in the chat, "agent". `code` is what a log-in gave the platform to give back.
    """

    status: LinkStatus
    code: str = ""
    previous: Identity | None = None
    source: ConversationRef | None = None
    other: ContactRef | None = None
    reason: str = ""


class HandoverAction(StrEnum):
    """What happens to the control of a thread."""

    PASS = "pass"  # noqa: S105 - a verb, no password
    TAKE = "take"
    REQUEST = "request"
    RELEASE = "release"
    EXTEND = "extend"


@attrs.frozen(kw_only=True)
class Line:
    """One message in a few words, for who takes a conversation over. `author`: who wrote, where that is known."""

    at: datetime = attrs.field(validator=aware)
    origin: Origin
    text: str
    author: str = ""


def _lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(lines)


@attrs.frozen(kw_only=True)
class Handover(Event):
    """The right to answer a conversation moves. `metadata` and `summary` travel with it.

    `origin` is who moves it: an agent may take it from anybody, a bot only moves what it has. `resolved`: the matter
    is settled. Owners are named as the side calls them that tells it: a platform by its ids of apps or roles, this
    program by the name of an endpoint, or `NATIVE_APP`, `OTHER`, `UNKNOWN`. `source`, the conversation at its own
    side, and `last`, what was said last, are set on the way out.
    """

    action: HandoverAction
    origin: Origin = Origin.BOT
    previous_owner: str = ""
    new_owner: str = ""
    metadata: str = ""
    summary: str = ""
    resolved: bool = False
    duration: timedelta | None = None
    source: ConversationRef | None = None
    last: tuple[Line, ...] = attrs.field(default=(), converter=_lines)


NATIVE_APP = str(Origin.NATIVE_APP)
"""The owner of a thread that a human answers in the platform's own inbox or phone app."""
OTHER = "other"
"""The owner of a thread that another app at the platform controls."""
UNKNOWN = "unknown"
"""Nobody knows who may answer: the platform decides."""
OURS = "ours"
"""In `Manifest.owners`: this program, whichever of its endpoints answers."""


class ReceiptKind(StrEnum):
    """What a provider says of a message; see `connectors_core.model.receipts` for their order."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


@attrs.frozen(kw_only=True)
class Failure:
    """Why a message failed, in the provider's words, without anything of its content."""

    code: int | str | None = None
    title: str = ""
    detail: str = ""


@attrs.frozen(kw_only=True)
class Pricing:
    """What a provider says about the price of a message; passed through, never computed with."""

    category: str = ""
    type: str = ""
    model: str = ""
    billable: bool | None = None


@attrs.frozen(kw_only=True)
class Receipt(Event):
    """A statement about messages: by id (`messages`), by our `key`, or about everything up to `watermark`."""

    kind: ReceiptKind
    messages: tuple[MessageRef, ...] = ()
    watermark: datetime | None = attrs.field(default=None, validator=aware)
    key: str = ""
    failure: Failure | None = None
    pricing: Pricing | None = None

    @property
    def once(self) -> str:
        """Status, kind and recipient make a receipt the same: a group gives one for each member."""
        if self.repeat:
            return self.repeat
        about = ",".join(message.id for message in self.messages) or self.key
        if self.watermark is not None:
            about = f"{about}@{self.watermark.timestamp():.3f}"
        return f"receipt:{self.kind}:{self.contact.id if self.contact else ''}:{about}"


@attrs.frozen(kw_only=True)
class Notice(Event):
    """News about an account: template status, quality, restriction, the death of a token."""

    topic: str
    text: str = ""
    code: int | str | None = None
    severity: str = "info"
    """info, warning or error."""
