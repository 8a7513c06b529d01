"""What a connector can do, as data: read and checked by core before any call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from connectors_core.model import HandoverAction, Origin, ReceiptKind

if TYPE_CHECKING:
    from marshmallow import Schema

    from connectors_core.model import Part

API = 1
"""The version of the contract in this module and `hookspecs`. It grows when a connector has to change."""


class Level(StrEnum):
    """How well a part survives the way to this endpoint."""

    FULL = "full"
    PARTIAL = "partial"
    DEGRADED = "degraded"
    """Arrives as a line of text."""
    REFUSED = "refused"


class Measure(StrEnum):
    """What a platform counts when it limits the length of a text."""

    CHARACTERS = "characters"
    """Unicode code points."""
    UTF16 = "utf16"
    """UTF-16 code units: an emoji is two or more."""
    BYTES = "bytes"
    """Bytes of UTF-8."""

    def of(self, text: str) -> int:
        """Return how long a text is."""
        if self is Measure.CHARACTERS or text.isascii():
            return len(text)
        if self is Measure.UTF16:
            return len(text) + sum(char > "\uffff" for char in text)
        return len(text.encode("utf-8", "replace"))


def _captions(lengths: Mapping[str, int] | None) -> Mapping[str, int] | None:
    return None if lengths is None else MappingProxyType(dict(lengths))


@attrs.frozen(kw_only=True)
class Limit:
    """How a part can be carried. `split_at`: the length of text in one piece, None for no limit.

    `captions`: the media kinds that carry words under them, with their greatest length; words that do not fit go as a
    text of their own. None for all kinds and any length. Both lengths are counted by `measure`.
    """

    level: Level = Level.FULL
    split_at: int | None = None
    measure: Measure = Measure.CHARACTERS
    most: int | None = None
    """How many of this part fit into one provider message; None for no limit."""
    album: int = 1
    """How many pictures without words under them share one provider message, whatever else it holds one of."""
    max_bytes: int | None = None
    kinds: frozenset[str] = frozenset()
    """The media or choice kinds that are carried; empty for all."""
    options: int | None = None
    """How many choices one message offers; None for no limit."""
    captions: Mapping[str, int] | None = attrs.field(default=None, converter=_captions)
    body: bool = True
    """Whether cards or products carry words above them; where not, these go before as a text of their own."""


@attrs.frozen(kw_only=True)
class Pace:
    """How fast an endpoint may be called: `rate` calls a second and account, `burst` at once.

    `pair_every` is the seconds between two messages to one person, with `pair_burst` borrowed in advance.
    """

    rate: float
    burst: int = 1
    pair_every: float = 0.0
    pair_burst: int = 1


@attrs.frozen(kw_only=True)
class Window:
    """A period in which messages are allowed: `hours` long, opened by any of `opens`.

    `opens`: "message" (a message, tap, reaction or referral of the person), "ad" (the first one after an ad), "call",
    "comment" (a public comment or post). `origins`: who may write in it, empty for everybody. `tag`: what
    `Message.tag` then says, "" for a message as any other. `once`: one message, that answers what opened it.
    `beyond`: what may be sent when no window is open.
    """

    name: str
    hours: float
    opens: tuple[str, ...]
    beyond: tuple[str, ...] = ()
    origins: frozenset[Origin] = frozenset()
    tag: str = ""
    once: bool = False


@attrs.frozen(kw_only=True)
class Policy:
    """The platform's rules as data, with the page and date that they come from."""

    windows: tuple[Window, ...] = ()
    source: str = ""

    @property
    def openers(self) -> frozenset[str]:
        """What opens any of the windows."""
        return frozenset(opener for window in self.windows for opener in window.opens)


def _names(owners: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(owners))


def _fixed(parts: Mapping[type[Part], Limit]) -> Mapping[type[Part], Limit]:
    return MappingProxyType(dict(parts))


def _actions(actions: Iterable[HandoverAction]) -> frozenset[HandoverAction]:
    return frozenset(actions)


def _kinds(kinds: Iterable[ReceiptKind]) -> frozenset[ReceiptKind]:
    return frozenset(kinds)


@attrs.frozen(kw_only=True)
class Abilities:
    """What can be carried, and what an endpoint can do.

    `parts`: what is not named is refused, or degraded to text where the route says so. `most_parts`: how many parts one
    provider message holds, None for no limit. `receipts`: the kinds that `acknowledge` takes. `reports`: the kinds that
    this endpoint tells of what was sent to it. `echoes`: it gives back copies of what was sent. `idempotent`: repeating
    a call with the same key does no harm there.
    """

    parts: Mapping[type[Part], Limit] = attrs.field(factory=dict, converter=_fixed)
    most_parts: int | None = None
    receipts: frozenset[ReceiptKind] = attrs.field(default=frozenset(), converter=_kinds)
    reports: frozenset[ReceiptKind] = attrs.field(default=frozenset(), converter=_kinds)
    opens: bool = False
    """May write first to somebody who has not written."""
    makes_contacts: bool = False
    """Has `link_account`: finds or makes people."""
    account_links: bool = False
    """Has `link_account`, though it makes nobody: hears what became of the links of its people."""
    merges: bool = False
    """`link_account` also hears which of its people are, or may be, one person, and that they are two again."""
    thread_control: frozenset[HandoverAction] = attrs.field(default=frozenset(), converter=_actions)
    """What `hand_over` can do with the control of a thread."""
    echoes: bool = False
    idempotent: bool = False
    poll_every: float | None = None
    """Seconds between two looks at a side that had nothing more; None: it is not polled."""
    name_wait: float = 0.0
    """Seconds that a first message waits for the name of its person, where their platform has to be asked for it."""


@attrs.frozen(kw_only=True)
class Manifest:
    """The description of a connector.

    `name` is the type in the settings file and the name of the entry point. `kind` is a label for lists and docs.
    `settings` is the marshmallow schema of the endpoint's own keys. `targets` are the fields that mapping rules may
    write here, with a word on each; a trailing `*` admits any name. `app` is the app type whose webhooks it takes, and
    `account` the setting that names its account there; `shared_account` names one that several endpoints may have in
    common: what is addressed to it goes to each of them. `owners`: whom the platform means by its ids of those who may
    answer, `OURS` or `NATIVE_APP`; everybody else there is `OTHER`. `hosts` are the hosts that a call may go to,
    besides those of the addresses in the settings. `api` is the range of contract versions that it was made for.
    `guide` is what a person has to do at the platform before the settings can be filled in, a step each; `connectors
    setup` shows it.
    """

    name: str
    title: str
    kind: str
    settings: type[Schema]
    abilities: Abilities = Abilities()
    policy: Policy = Policy()
    pace: Pace | None = None
    targets: Mapping[str, str] = attrs.field(factory=dict)
    app: str = ""
    account: str = ""
    shared_account: str = ""
    owners: Mapping[str, str] = attrs.field(factory=dict, converter=_names)
    api: tuple[int, int] = (1, 1)
    hosts: tuple[str, ...] = ()
    docs: str = ""
    guide: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class AppManifest:
    """The description of an app: what signs webhooks and owns a callback URL. `guide` is as that of a Manifest."""

    name: str
    title: str
    settings: type[Schema]
    api: tuple[int, int] = (1, 1)
    hosts: tuple[str, ...] = ()
    docs: str = ""
    guide: tuple[str, ...] = ()
