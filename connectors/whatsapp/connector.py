"""The WhatsApp connector: one number of the Cloud API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs

from connectors.meta import checking
from connectors.whatsapp import account, inbound, outbound
from connectors.whatsapp.media import fetch
from connectors.whatsapp.outbound.actions import ACTIONS
from connectors.whatsapp.outbound.choices import MOST_ROWS, REPLIES
from connectors.whatsapp.outbound.messages import LONGEST_TEXT
from connectors.whatsapp.sending import Sending
from connectors.whatsapp.settings import WhatsAppSettings, WhatsAppSettingsSchema
from connectors.whatsapp.templates import library
from connectors_core import Abilities, Http, Level, Limit, Manifest, NotSupported, Pace, Policy, Window, hookimpl
from connectors_core.model import (
    OURS,
    Activity,
    ActivityKind,
    Card,
    Carousel,
    Change,
    Choices,
    Content,
    Done,
    Event,
    Finding,
    Handover,
    Item,
    Location,
    Media,
    Message,
    Products,
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
            kinds=frozenset((*REPLIES, *ACTIONS)),
            options=MOST_ROWS,
        ),
        Carousel: Limit(level=Level.PARTIAL),
        Template: Limit(),
        Products: Limit(),
        Reaction: Limit(),
        Activity: Limit(kinds=frozenset(ActivityKind)),
    },
    most_parts=1,
    receipts=frozenset((ReceiptKind.READ,)),
    reports=frozenset(
        (ReceiptKind.SENT, ReceiptKind.DELIVERED, ReceiptKind.READ, ReceiptKind.PLAYED, ReceiptKind.FAILED)
    ),
    opens=True,
    thread_control=outbound.CONTROLS,
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

    @property
    def owners(self) -> dict[str, str]:
        """Who is meant by a role, or by the id of an app in the older layout."""
        return dict.fromkeys(filter(None, (self.settings.role, self.settings.app_id)), OURS)

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read one message, status, error or change."""
        return inbound.receive(item)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Send one part; a file is uploaded first. Typing and seen mark the message that they answer as read."""
        return Sending(self.http, self.settings).send(message, key)

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:  # noqa: ARG002 - the platform takes no key here
        """Pass, take or release a thread."""
        verb = f"{handover.action} the thread"
        call = outbound.control(self.settings, handover, outbound.address(handover))
        self.http.call(call, verb=verb, explain=outbound.EXPLAIN)
        return Done()

    @hookimpl
    def acknowledge(self, receipt: Receipt, key: str) -> Done:  # noqa: ARG002 - marking twice does no harm
        """Show the person that their messages up to the last one named have been read."""
        if receipt.kind is not ReceiptKind.READ:
            raise NotSupported(f"WhatsApp is told that a message was read, not {receipt.kind}")
        call = outbound.mark(self.settings, receipt.messages[-1] if receipt.messages else None, typing=False)
        self.http.call(call, verb="acknowledge", explain=outbound.EXPLAIN)
        return Done()

    @hookimpl
    def fetch(self, media: Media) -> Content:
        """Fetch a file that a person sent."""
        return fetch(self.http, self.settings, media)

    @hookimpl
    def templates(self) -> Sequence[TemplateInfo]:
        """List the templates of the business account."""
        return library(self.http, self.settings).every()

    @hookimpl
    def check_template(self, template: Template, info: TemplateInfo) -> Sequence[str]:
        """Compare a message with the template that it uses."""
        return list(checking.problems(template, info))

    @hookimpl
    def plan(self, callback: str) -> Sequence[Change | Finding]:
        """Compare the subscription, the templates, prompts, commands and user name with the settings."""
        return list(account.plan(self.http, self.settings, callback))

    @hookimpl
    def apply(self, change: Change, callback: str) -> Finding:
        """Bring to the business account or to the number what the settings say."""
        return account.apply(self.http, self.settings, change, callback)

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Look at the number, its account and its token."""
        return account.check(self.http, self.settings)
