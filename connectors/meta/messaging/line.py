"""The way to the people of one account: messages with their files, receipts, the control of threads."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors.meta.messaging import control, files, outbound
from connectors.meta.messaging.outbound import Attach, Dialect
from connectors_core import Http, NoCounterpart, NotSupported
from connectors_core.model import (
    Activity,
    ActivityKind,
    Content,
    Done,
    Handover,
    Media,
    Message,
    Reaction,
    Receipt,
    ReceiptKind,
)
from connectors_core.model.wire import Json

Make = Callable[[Message, Attach], Json]
"""Makes what stands under `message`: the product's own parts, and those that both make alike."""


@attrs.frozen(kw_only=True)
class Line:
    """The way to the people of one account: `node` is where its calls go, `account` what refs call it."""

    http: Http
    graph: Graph
    node: str
    account: str
    dialect: Dialect

    def send(self, message: Message, key: str, make: Make, more: Callable[[], Json] = dict) -> Done:
        """Send one part, or several pictures; files are brought first.

        `make` makes the content; what `more` returns, asked when all else is good, stands beside it. A sign of life or
        a reaction gets no name.
        """
        part = message.parts[0] if message.parts else None
        if isinstance(part, Activity | Reaction):
            return self._signal(message, part)
        body = outbound.envelope(message, self.dialect, self.account)
        body["message"] = {**make(message, self._attach), **outbound.metadata(key, self.dialect)}
        body |= more()
        call = self.graph.call("POST", f"{self.node}/messages", outbound.completed(body, message))
        reply = self.http.call(call, verb="send", explain=explain_messaging)
        return outbound.sent(reply, message, self.http.endpoint, self.account)

    def hand_over(self, handover: Handover) -> Done:
        """Pass, take, request, release or extend the control of a thread."""
        call = control.control(self.graph, self.node, handover, self.dialect, self.account)
        self.http.call(call, verb=f"{handover.action} the thread", explain=explain_messaging)
        return Done()

    def acknowledge(self, receipt: Receipt) -> Done:
        """Show the person that what they wrote has been read; doing so twice does no harm."""
        if receipt.kind is not ReceiptKind.READ:
            raise NotSupported(f"only that messages were read is told there, not that they were {receipt.kind}")
        who = outbound.person(receipt, self.dialect, self.account)
        call = outbound.act(self.graph, self.node, ActivityKind.SEEN, who)
        self.http.call(call, verb="acknowledge", explain=explain_messaging)
        return Done()

    def fetch(self, media: Media) -> Content:
        """Fetch a file that a person sent."""
        return files.fetch(self.http, self.graph, media)

    def _signal(self, message: Message, part: Activity | Reaction) -> Done:
        outbound.only(message)
        person = outbound.person(message, self.dialect, self.account)
        if isinstance(part, Activity):
            call = outbound.act(self.graph, self.node, part.kind, person)
            self.http.call(call, verb=f"show {part.kind}", explain=explain_messaging)
            return Done()
        if part.message.endpoint != self.http.endpoint:
            raise NoCounterpart("the message that the reaction is about is not known there")
        call = outbound.react(self.graph, self.node, part, person, self.dialect)
        self.http.call(call, verb="react", explain=explain_messaging)
        return Done()

    def _attach(self, media: Media, allowed: tuple[str, ...]) -> tuple[str, Json]:
        """Make a file ready: one that has an address only goes by it, a kept one is brought first."""
        linked = not media.id and media.url.startswith(("http://", "https://"))
        file = None
        if not linked and not outbound.mime_of(media):
            # What a file may be sent as depends on its type, and who keeps it knows that.
            file = self.http.open(media)
            media = attrs.evolve(media, mime=file.mime, name=media.name or file.name, size=media.size or file.size)
        kind = outbound.attachment_type(media, self.dialect)
        if kind not in allowed:
            raise NotSupported(f"here stands a file of the kind {' or '.join(allowed)}, and this one goes as {kind}")
        if linked:
            return kind, {"url": media.url}
        file = file or self.http.open(media, largest=self.dialect.files[kind].largest)
        name = media.name or file.name
        if self.dialect.ascii_names:
            name = outbound.ascii_name(name)
        file = attrs.evolve(file, mime=outbound.mime_of(media) or file.mime, name=name)
        found = files.upload(self.http, self.graph, self.node, kind, file, self.dialect.platform)
        return kind, {"attachment_id": found}
