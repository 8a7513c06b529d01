"""The way from the pages of an endpoint into the gateway."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo

import attrs

from connectors_core.door import Responders
from connectors_core.errors import NoCounterpart, NotAllowedNow, Retry
from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.model import Content, ConversationRef, Media, MediaKind, Outgoing, Part, TemplateInfo, Verdict
from connectors_core.operating import explaining, serving
from connectors_core.pipeline.people import ref_keys
from connectors_core.pipeline.reading import dump
from connectors_core.service import Figures
from connectors_core.store import StoreUnavailable, api_keys, is_unavailable, journal, people
from connectors_core.web.api_events import refuse_unrouted


@attrs.frozen(eq=False)
class GatewayDoor:
    """`Door` of one endpoint."""

    gateway: Gateway
    endpoint: str
    loopback: bool

    @property
    def public_url(self) -> str:
        """Where the gateway is reached from outside."""
        return self.gateway.settings.gateway.public_url

    def submit(self, event: Outgoing) -> None:
        """Journal an event; the same id twice is the same event."""
        key = f"{type(event).__name__.lower()}:{event.id}"
        digest = hashlib.sha256(event.id.encode()).hexdigest()
        with _plain_troubles(), self.gateway.store.write() as db:
            names = ref_keys(people.CONVERSATION, event.conversation) if event.conversation else []
            refusal = refuse_unrouted(self.gateway, event, bool(people.find_links(db, names)))
            if refusal:
                raise NotAllowedNow(refusal)
            held = api_keys.take(db, self.endpoint, key, digest, event.id)
            if held.journal_id is not None:
                return
            arrival = journal.Arrival(
                source=self.endpoint, endpoint=self.endpoint, kind=journal.API, body=dump([event])
            )
            api_keys.stored(db, held, journal.append_one(db, arrival, PROGRAM))
            self.gateway.store.announce(db)

    def verdict(self, conversation: ConversationRef, part: Part | None = None) -> Verdict:
        """Say whether `part` may be sent into a conversation now."""
        with _plain_troubles():
            return explaining.explain(self.gateway, conversation, part)

    def responders(self, conversation: ConversationRef) -> Responders:
        """Say who may answer a conversation now."""
        with _plain_troubles():
            return explaining.responders(self.gateway, conversation, self.endpoint)

    def figures(self, days: int, by: str, zone: tzinfo) -> Sequence[Figures]:
        """Return the service figures of the channels that this endpoint answers."""
        own = [name for name, board in self.gateway.boards.items() if self.endpoint in board.responders]
        with _plain_troubles():
            return serving.report(self.gateway, days=days, by=by, channels=own, zone=zone)

    def channels(self) -> Sequence[tuple[str, str]]:
        """Return endpoint and account of the channels where this endpoint may write first."""
        settings, ways = self.gateway.settings, self.gateway.router.openers(self.endpoint, self.gateway.endpoints)
        return [(way.target, settings.endpoints[way.target].account or way.target) for way in ways]

    def templates(self, conversation: ConversationRef) -> Sequence[TemplateInfo]:
        """Return the templates that may be used in a conversation."""
        with _plain_troubles():
            return explaining.templates_for(self.gateway, conversation)

    def keep(self, content: Content, kind: MediaKind) -> Media:
        """Keep a file and return the part that sends it."""
        with _plain_troubles():
            return self.gateway.media.keep(self.endpoint, content, kind)

    def open(self, media_id: str) -> Content:
        """Return a kept file."""
        try:
            with _plain_troubles():
                return self.gateway.media.open(media_id)
        except Retry as error:
            raise NoCounterpart(error.text) from None


@contextmanager
def _plain_troubles() -> Iterator[None]:
    """Turn what the engines raise while they cannot be used into the one error that pages know."""
    try:
        yield
    except Exception as error:
        if is_unavailable(error) and not isinstance(error, StoreUnavailable):
            raise StoreUnavailable("the store cannot be used now; try again") from error
        raise
