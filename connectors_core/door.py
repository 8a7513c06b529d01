"""What the gateway offers to a connector that has pages of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Protocol

from connectors_core.model import Content, ConversationRef, Media, MediaKind, Outgoing, Part, TemplateInfo, Verdict

Asgi = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
"""An ASGI application."""


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
