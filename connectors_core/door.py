"""What the gateway offers to a connector that has pages of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Protocol

import attrs

from connectors_core.model import Content, ConversationRef, Media, MediaKind, Outgoing, Part, TemplateInfo, Verdict
from connectors_core.service import Figures

Asgi = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
"""An ASGI application."""


@attrs.frozen(kw_only=True)
class Responders:
    """Who may answer a conversation, and to whom it can be given: names of endpoints, `NATIVE_APP`.

    `first` has it by default; `until` is when it goes back there, None where it stays.
    """

    owner: str
    first: str
    others: tuple[str, ...] = ()
    until: datetime | None = None


class Door(Protocol):
    """The way from the pages of one endpoint into the gateway. Every method blocks: call it from a thread.

    All of them raise `StoreUnavailable` while the store cannot be used.
    """

    @property
    def endpoint(self) -> str:
        """The endpoint whose pages these are."""

    @property
    def public_url(self) -> str:
        """Where the gateway is reached from outside, "" when the settings do not say."""

    @property
    def loopback(self) -> bool:
        """Whether the gateway listens on this machine alone."""

    def submit(self, event: Outgoing) -> None:
        """Take an event of this endpoint as if a provider had pushed it: durable when this returns.

        The same `id` twice is the same event. Raise `NotAllowedNow` when no route leads anywhere from there.
        """

    def verdict(self, conversation: ConversationRef, part: Part | None = None) -> Verdict:
        """Say whether `part` (a text, if none is given) may be sent into a conversation of this endpoint now."""

    def responders(self, conversation: ConversationRef) -> Responders:
        """Say who may answer a conversation now; raise NoCounterpart for one that is not known."""

    def figures(self, days: int, by: str, zone: tzinfo) -> Sequence[Figures]:
        """Return the service figures of the last days, of all channels that this endpoint answers, then by `by`.

        `by` is "route", "agent" or "day", which begins where `zone` says.
        """

    def channels(self) -> Sequence[tuple[str, str]]:
        """Return endpoint and account of the channels where this endpoint may write first to somebody."""

    def templates(self, conversation: ConversationRef) -> Sequence[TemplateInfo]:
        """Return the templates that may be used in a conversation, as they were last synchronised."""

    def keep(self, content: Content, kind: MediaKind) -> Media:
        """Keep a file in the gateway's media store and return the part that sends it.

        Raise `Rejected` when it is larger than the settings allow.
        """

    def open(self, media_id: str) -> Content:
        """Return a kept file; raise `NoCounterpart` when there is none of this id, or not yet."""
