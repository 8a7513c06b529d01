"""The WhatsApp connector: one number of the Cloud API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs

from connectors.meta import checking, templates
from connectors.meta.wire import Json
from connectors.whatsapp import account, inbound, outbound
from connectors.whatsapp.media import fetch, upload
from connectors.whatsapp.outbound.choices import MOST_ROWS
from connectors.whatsapp.outbound.messages import LONGEST_TEXT
from connectors.whatsapp.settings import WhatsAppSettings, WhatsAppSettingsSchema
from connectors_core import Abilities, Http, Level, Limit, Manifest, NotSupported, Pace, Policy, Window, hookimpl
from connectors_core.model import (
    Activity,
    ActivityKind,
    Card,
    ChoiceKind,
    Choices,
    Content,
    Done,
    Event,
    Finding,
    Item,
    Location,
    Media,
    MediaKind,
    Message,
    Reaction,
    Receipt,
    ReceiptKind,
    Template,
    TemplateInfo,
    Text,
)

_ABILITIES = Abilities(
    parts={
        Text: Limit(split_at=LONGEST_TEXT),
        Media: Limit(max_bytes=outbound.LARGEST, captions=outbound.CAPTIONED),
        Location: Limit(),
        Card: Limit(),
        Choices: Limit(
            level=Level.PARTIAL,
            kinds=frozenset((ChoiceKind.REPLY, ChoiceKind.QUICK_REPLY, ChoiceKind.LIST_ROW, ChoiceKind.LINK)),
            options=MOST_ROWS,
        ),
        Template: Limit(),
        Reaction: Limit(),
        Activity: Limit(),
    },
    most_parts=1,
    receipts=frozenset((ReceiptKind.READ,)),
    reports=frozenset(
        (ReceiptKind.SENT, ReceiptKind.DELIVERED, ReceiptKind.READ, ReceiptKind.PLAYED, ReceiptKind.FAILED)
    ),
    opens=True,
)


@attrs.frozen(eq=False)
class WhatsApp:
    """A phone number at the WhatsApp Cloud API; its webhooks come through a `meta` app."""

    manifest: ClassVar[Manifest] = Manifest(
        name="whatsapp",
        title="WhatsApp",
        kind="channel",
        settings=WhatsAppSettingsSchema,
        app="meta",
        account="phone_number_id",
        shared_account="business_account_id",
        abilities=_ABILITIES,
        policy=Policy(
            windows=(Window(name="customer service", hours=24.0, opens=("message", "call"), beyond=("template",)),),
            source="WA/messages/send-messages and WA/calling, 2025-12",
        ),
        # WA/throughput and WA/about-the-platform, 2025-12: 80 a second and number; one in 6 s to one person, with
        # bursts of 45 borrowed in advance.
        pace=Pace(rate=80.0, burst=80, pair_every=6.0, pair_burst=45),
        # Files of people are there (WA/business-phone-numbers/media, 2025-12-02).
        hosts=("lookaside.fbsbx.com",),
        docs="connectors/whatsapp",
        guide=account.GUIDE,
    )

    settings: WhatsAppSettings
    http: Http

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read one message, status, error or change."""
        return inbound.receive(item)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Send one part; a file is uploaded first. Typing and seen mark the message that they answer as read."""
        part = outbound.only(message)
        if isinstance(part, Activity):
            typing = part.kind is ActivityKind.TYPING
            self.http.call(
                outbound.mark(self.settings, message.reply_to, typing=typing), verb="send", explain=outbound.EXPLAIN
            )
            return Done()
        around = outbound.envelope(message, key)
        if isinstance(part, Media):
            body = {**around, **self._file(part)}
        elif isinstance(part, Template):
            body = {**around, "type": "template", "template": self._template(part)}
        else:
            body = {**around, **outbound.content(part)}
        call = outbound.graph(self.settings).call("POST", f"{self.settings.phone_number_id}/messages", body)
        reply = self.http.call(call, verb="send", explain=outbound.EXPLAIN)
        return outbound.sent(reply, message, self.http.endpoint, self.settings.phone_number_id)

    def _file(self, part: Media) -> Json:
        file = None
        if not part.mime and not self.settings.media_by_link:
            # What a file may be sent as depends on its type, and who keeps it knows that.
            file = self.http.open(part)
            part = attrs.evolve(part, mime=file.mime, name=part.name or file.name, size=part.size or file.size)
        plan = outbound.plan(part, by_link=self.settings.media_by_link)
        if plan.by_link:
            return plan.content(part, {"link": part.url})
        file = file or self.http.open(part, largest=plan.largest)
        return plan.content(part, {"id": upload(self.http, self.settings, file, plan, part.name)})

    def _template(self, part: Template) -> Json:
        found: Json = {"name": part.name, "language": {"code": part.language}}
        components = list(part.components) or templates.filled(part.values, self._header)
        return {**found, "components": components} if components else found

    def _header(self, kind: str, value: str) -> Json:
        """Return the file of a template's header: a link as it is, a kept file by an upload."""
        if value.startswith(("http://", "https://")):
            return {"link": value}
        media = Media(kind=MediaKind(kind), id=value)
        file = self.http.open(media)
        plan = outbound.plan(attrs.evolve(media, mime=file.mime, name=file.name, size=file.size), by_link=False)
        if plan.type != kind:
            raise NotSupported(f"the header of the template is a file of the kind {kind}, and {file.mime} is none")
        return {"id": upload(self.http, self.settings, file, plan, file.name)}

    @hookimpl
    def acknowledge(self, receipt: Receipt, key: str) -> Done:  # noqa: ARG002 - marking twice does no harm
        """Show the person that their messages up to the last one named have been read."""
        if receipt.kind is not ReceiptKind.READ:
            raise NotSupported(f"WhatsApp is told that a message was read, not {receipt.kind}")
        last = receipt.messages[-1] if receipt.messages else None
        self.http.call(outbound.mark(self.settings, last, typing=False), verb="acknowledge", explain=outbound.EXPLAIN)
        return Done()

    @hookimpl
    def fetch(self, media: Media) -> Content:
        """Fetch a file that a person sent."""
        return fetch(self.http, self.settings, media)

    @hookimpl
    def templates(self) -> Sequence[TemplateInfo]:
        """List the templates of the business account."""
        return account.all_templates(self.http, self.settings)

    @hookimpl
    def check_template(self, template: Template, info: TemplateInfo) -> Sequence[str]:
        """Compare a message with the template that it uses."""
        return list(checking.problems(template, info))

    @hookimpl
    def set_up(self) -> Iterable[Finding]:
        """Subscribe the app to the business account. The callback address belongs to the app."""
        return account.set_up(self.http, self.settings)

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Look at the number, its account and its token."""
        return account.check(self.http, self.settings)
