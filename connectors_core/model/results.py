"""What hooks take and give besides the nouns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from math import inf
from typing import Any, TypeVar

import attrs

from connectors_core.errors import Malformed
from connectors_core.model.events import Event, Handover, Link, Message, Receipt
from connectors_core.model.refs import ContactRef, ConversationRef, MessageRef, Ref

_Ref = TypeVar("_Ref", bound=Ref)
_Event = TypeVar("_Event", bound=Event)
_REFS: Mapping[str, type[Ref]] = {"message": MessageRef, "contact": ContactRef, "conversation": ConversationRef}

Outgoing = Message | Link | Handover | Receipt
"""What one of the four ways out takes."""


@attrs.frozen(kw_only=True)
class Request:
    """A request as it arrived. Header names are in lower case; `body` has the raw bytes that were signed."""

    method: str
    path: str
    query: Mapping[str, str] = attrs.field(factory=dict)
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = b""


@attrs.frozen
class Trusted:
    """The positive answer of `authenticate`: the sender proved who it is.

    `body` is what a provider wants to read in the answer to its webhook; it goes out once the webhook is stored.
    """

    body: str = ""
    content_type: str = "text/plain"


@attrs.frozen
class Challenge:
    """The answer to a provider that verifies the address: `body` is sent back with status 200."""

    body: str
    content_type: str = "text/plain"


EPOCH = datetime.fromtimestamp(0, UTC)


@attrs.frozen(kw_only=True)
class Item:
    """The smallest piece of a webhook that belongs to one account of one connector type.

    An app's `split` gives `raw` as parsed JSON and leaves `endpoint` empty for core to fill; without an app, `raw` is
    the whole body as bytes. `account` is what the piece itself calls the account and `aliases` are other names of it in
    the same webhook; core finds the endpoint by the first that the settings know, and makes that one the `account`.
    `received_at` is when it arrived here, for news that bring no time of their own.
    """

    type: str
    account: str
    raw: Any
    aliases: tuple[str, ...] = ()
    endpoint: str = ""
    received_at: datetime = EPOCH

    def under(self, is_known: Callable[[str], bool]) -> Item:
        """Return this item under the first of its names that somebody knows, as it is when nobody knows any."""
        name = next((one for one in (self.account, *self.aliases) if is_known(one)), self.account)
        return self if name == self.account else attrs.evolve(self, account=name)

    def ref(self, kind: Callable[..., _Ref], name: object, /) -> _Ref:
        """Return what `name` is called in this account; raise Malformed when it is no id."""
        return kind(endpoint=self.endpoint, account=self.account, id=name)

    def event(self, noun: Callable[..., _Event], name: object, seconds: object, /, **rest: Any) -> _Event:
        """Return an event of this account with the id `name`, at a time in Unix seconds; `rest` is the event's own.

        Raise Malformed when one of both cannot be used.
        """
        return noun(endpoint=self.endpoint, account=self.account, id=name, at=moment(seconds), **rest)

    def json(self) -> Any:
        """Return `raw` as parsed JSON; raise Malformed when it is none."""
        return parse_json(self.raw) if isinstance(self.raw, bytes) else self.raw

    def digest(self) -> str:
        """Return a name for an item that brings no id: the same bytes or values, the same name."""
        raw = self.raw
        if not isinstance(raw, bytes):
            raw = json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()
        return hashlib.blake2b(raw, digest_size=16).hexdigest()


def moment(seconds: object) -> datetime:
    """Return the time that Unix seconds, or their digits in a text, stand for; raise Malformed for anything else."""
    try:
        return datetime.fromtimestamp(float(seconds), UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        raise Malformed("there is no time in seconds") from None


def parse_json(body: bytes | str) -> Any:
    """Parse JSON; raise Malformed for whatever is none, for nesting that no payload has, and for NaN and infinity."""
    try:
        if isinstance(body, bytes):
            body = body.decode(json.detect_encoding(body), "surrogatepass")
        return _DECODER.decode(body)
    except RecursionError:
        raise Malformed("the body is nested too deeply") from None
    except (ValueError, UnicodeDecodeError):
        raise Malformed("the body is not JSON") from None


def _finite(digits: str) -> float:
    """Refuse 1e999: it would become infinity, and then no JSON could say it again."""
    value = float(digits)
    if value in (inf, -inf):
        raise Malformed(f"{digits[:20]} is too great a number")
    return value


def _no_constant(name: str) -> None:
    raise Malformed(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def _refs(refs: Iterable[Ref]) -> tuple[Ref, ...]:
    return tuple(refs)


def _events(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(events)


@attrs.frozen(kw_only=True)
class Done:
    """What it is called there (`refs`), and what happened there as a consequence (`events`, a bot's answer)."""

    refs: tuple[Ref, ...] = attrs.field(default=(), converter=_refs)
    events: tuple[Event, ...] = attrs.field(default=(), converter=_events)

    @classmethod
    def named(cls, endpoint: str, account: str = "", **names: object) -> Done:
        """Return the `names` that an answer gave, of `message`, `contact` and `conversation`, in their order.

        `account` is the endpoint's own name where it has no other. Raise Malformed for what is no id.
        """
        here = {"endpoint": endpoint, "account": account or endpoint}
        return cls(refs=[_REFS[noun](**here, id=name) for noun, name in names.items()])


class Outcome(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Reconciled:
    """What `reconcile` found out; `done` goes with `sent`."""

    outcome: Outcome
    done: Done = Done()


@attrs.frozen(kw_only=True)
class Attempt:
    """An attempt whose outcome is unknown: what was to go out, under which key, and since when (Unix seconds)."""

    event: Outgoing
    key: str
    started_at: float


@attrs.frozen(kw_only=True)
class Page:
    """One page of a side without webhooks: the bytes to journal, where to go on, and whether more is waiting."""

    body: bytes
    cursor: str
    more: bool = False


@attrs.frozen(kw_only=True)
class Content:
    """The bytes of a file, in pieces, and what is known of it; `size` in bytes, None when nobody says.

    The pieces can be taken once. They may raise the errors of `connectors_core.errors` while they come.
    """

    chunks: Iterable[bytes] = attrs.field(repr=False)
    mime: str
    name: str = ""
    size: int | None = None

    @classmethod
    def of(cls, body: bytes, mime: str, name: str = "") -> Content:
        """Return content that is in memory already."""
        return cls(chunks=(body,), mime=mime, name=name, size=len(body))


@attrs.frozen(kw_only=True)
class Finding:
    """One result of `check` or `plan`: level is ok, warning or error; `text` says what to do."""

    level: str
    text: str
    path: str = ""


@attrs.frozen(kw_only=True)
class Change:
    """One difference between what the settings declare and what the platform has.

    `path` is the key of the settings that declares it, and names the Change among those of its endpoint; `title` says
    what it is. `before` and `after` are parsed JSON in words that people understand, None for nothing; never a secret.
    """

    path: str
    title: str
    before: object = None
    after: object = None
    level: str = "warning"
    """How bad it is while it lasts: "error" where no message comes."""


@attrs.frozen(kw_only=True)
class Slot:
    """A place in a template that a value goes into.

    `key` names it in `Template.values`; `kind` is text, or image, video, document for a link or the id of a kept file.
    """

    key: str
    kind: str = "text"
    label: str = ""
    example: str = ""


@attrs.frozen(kw_only=True)
class TemplateInfo:
    """A template as the account has it: `usable` when it may be sent now, else `reason` says why not.

    `body` is its text with each slot's key in double braces. `components` are the channel's own description.
    """

    name: str
    language: str
    usable: bool
    reason: str = ""
    category: str = ""
    body: str = ""
    slots: tuple[Slot, ...] = ()
    components: tuple[dict[str, object], ...] = ()


class Decision(StrEnum):
    """What the platform's rules say of a message before it is sent."""

    ALLOW = "allow"
    ALLOW_WITH = "allow_with"
    """Allowed in another form: a template, a tag."""
    HOLD_UNTIL = "hold_until"
    DENY = "deny"


@attrs.frozen(kw_only=True)
class Verdict:
    """A decision with its reasons, in sentences for the person who wants to write.

    `rule` names the rule and `source` the page and date that it stands on. `deadline` is until when an allowed message
    is allowed, or since when another is not, or the moment to hold until. `alternatives` say what may be done instead.
    `tag` is that of the window in which the message goes, and `answers` the id of what it answers where that is all
    that it may do.
    """

    decision: Decision
    rule: str = ""
    reason: str = ""
    deadline: datetime | None = None
    alternatives: tuple[str, ...] = ()
    source: str = ""
    tag: str = ""
    answers: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the message may go out as it is, now."""
        return self.decision is Decision.ALLOW
