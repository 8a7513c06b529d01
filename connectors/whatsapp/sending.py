"""Sending one part through a number: files brought first, templates filled, and the call that fits."""

from __future__ import annotations

import attrs

from connectors.meta import templates
from connectors.meta.graph import graph
from connectors.whatsapp import outbound
from connectors.whatsapp.media import upload
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import Http, NoCounterpart, NotSupported
from connectors_core.model import Activity, ActivityKind, Done, Media, MediaKind, Message, Part, Reaction, Template
from connectors_core.model.wire import Json

MARKETING = "marketing"


@attrs.frozen
class Sending:
    """One number and the way to it."""

    http: Http
    settings: WhatsAppSettings

    def send(self, message: Message, key: str) -> Done:
        """Send the only part of a message."""
        part = outbound.only(message)
        if isinstance(part, Activity):
            return self._act(part.kind, message)
        body = {**outbound.envelope(message, key), **self._content(part)}
        edge = "messages"
        if self.settings.marketing_messages and isinstance(part, Template) and part.category.lower() == MARKETING:
            edge, body = "marketing_messages", {**body, **self._marketing()}
        call = graph(self.settings).call("POST", f"{self.settings.phone_number_id}/{edge}", body)
        reply = self.http.call(call, verb="send", explain=outbound.EXPLAIN)
        return outbound.sent(reply, message, self.http.endpoint, self.settings.phone_number_id)

    def _act(self, kind: ActivityKind, message: Message) -> Done:
        if kind in (ActivityKind.BLOCK, ActivityKind.UNBLOCK):
            call = outbound.block(self.settings, outbound.address(message), undo=kind is ActivityKind.UNBLOCK)
            self.http.call(call, verb=str(kind), explain=outbound.EXPLAIN_BLOCKING)
        else:
            call = outbound.mark(self.settings, message.reply_to, typing=kind is ActivityKind.TYPING)
            self.http.call(call, verb="send", explain=outbound.EXPLAIN)
        return Done()

    def _marketing(self) -> Json:
        """Return what the Marketing Messages API takes besides (WA/marketing-messages, 2026)."""
        found: Json = {"product_policy": "CLOUD_API_FALLBACK" if self.settings.marketing_fallback else "STRICT"}
        if self.settings.marketing_sharing is not None:
            found["message_activity_sharing"] = self.settings.marketing_sharing
        return found

    def _content(self, part: Part) -> Json:
        if isinstance(part, Media):
            return self._file(part)
        if isinstance(part, Template):
            return {"type": "template", "template": self._template(part)}
        if isinstance(part, Reaction) and part.message.endpoint != self.http.endpoint:
            raise NoCounterpart("the message that the reaction is about is not known at WhatsApp")
        return outbound.content(part, self._attach)

    def _file(self, part: Media, allowed: tuple[str, ...] = ()) -> Json:
        """Return the content of a file, brought before unless it goes by link; `allowed`: the types that it may be."""
        file = None
        if not part.mime and not self.settings.media_by_link:
            # What a file may be sent as depends on its type, and who keeps it knows that.
            file = self.http.open(part)
            part = attrs.evolve(part, mime=file.mime, name=part.name or file.name, size=part.size or file.size)
        plan = outbound.plan(part, by_link=self.settings.media_by_link)
        if allowed and plan.type not in allowed:
            raise NotSupported(
                f"here stands a file of the kind {' or '.join(allowed)}, and this one goes as {plan.type}"
            )
        if plan.by_link:
            return plan.content(part, {"link": part.url})
        file = file or self.http.open(part, largest=plan.largest)
        return plan.content(part, {"id": upload(self.http, self.settings, file, plan, part.name)})

    def _attach(self, media: Media, allowed: tuple[str, ...]) -> tuple[str, Json]:
        """Make ready a file that stands in another part: a link as it is, a kept file by an upload."""
        if not media.id and media.url.startswith(("http://", "https://")) and str(media.kind) in allowed:
            return str(media.kind), {"link": media.url}
        found = self._file(attrs.evolve(media, caption=""), allowed)
        kind = found["type"]
        return kind, found[kind]

    def _template(self, part: Template) -> Json:
        found: Json = {"name": part.name, "language": {"code": part.language}}
        components = list(part.components) or templates.filled(part.values, self._header)
        return {**found, "components": components} if components else found

    def _header(self, kind: str, value: str) -> Json:
        """Return the file of a template: a link as it is, a kept file by an upload."""
        link = value.startswith(("http://", "https://"))
        media = Media(kind=MediaKind(kind), url=value) if link else Media(kind=MediaKind(kind), id=value)
        _, place = self._attach(media, (kind,))
        return place
