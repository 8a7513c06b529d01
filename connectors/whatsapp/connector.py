"""The WhatsApp connector: one number of the Cloud API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs

from connectors.meta import wire
from connectors.whatsapp import inbound, outbound
from connectors.whatsapp.settings import WhatsAppSettings, WhatsAppSettingsSchema
from connectors_core import (
    Abilities,
    ConnectorsError,
    Http,
    Limit,
    Malformed,
    Manifest,
    Pace,
    Policy,
    Window,
    hookimpl,
)
from connectors_core.model import Done, Event, Finding, Item, Message, ReceiptKind, Text

_LONGEST_TEXT = 4096
"""Characters (WA/messages/text-messages, 2025-12)."""

_REPORTS = frozenset(
    (ReceiptKind.SENT, ReceiptKind.DELIVERED, ReceiptKind.READ, ReceiptKind.PLAYED, ReceiptKind.FAILED)
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
        abilities=Abilities(parts={Text: Limit(split_at=_LONGEST_TEXT, most=1)}, reports=_REPORTS, opens=True),
        policy=Policy(
            windows=(Window(name="customer service", hours=24.0, opens=("message", "call"), beyond=("template",)),),
            source="WA/messages/send-messages and WA/calling, 2025-12",
        ),
        # WA/throughput and WA/about-the-platform, 2025-12: 80 a second and number; one in 6 s to one person, with
        # bursts of 45 borrowed in advance.
        pace=Pace(rate=80.0, burst=80, pair_every=6.0, pair_burst=45),
        docs="connectors/whatsapp",
    )

    settings: WhatsAppSettings
    http: Http

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read one message, status, error or change."""
        return inbound.receive(item)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Send one text."""
        reply = self.http.call(outbound.send(self.settings, message, key), verb="send", explain=outbound.EXPLAIN)
        return outbound.sent(reply, message, self.http.endpoint, self.settings.phone_number_id)

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Look whether the token reaches the number, and at the number's quality."""
        ask = outbound.call(
            self.settings,
            "GET",
            self.settings.phone_number_id,
            fields="display_phone_number,quality_rating,verified_name",
        )
        try:
            answer = self.http.call(ask, verb="check", explain=outbound.EXPLAIN).json()
            if not isinstance(answer, dict):
                raise Malformed("the answer is no object")
            name, quality = wire.text(answer, "verified_name"), wire.text(answer, "quality_rating") or "UNKNOWN"
        except ConnectorsError as error:
            return [Finding(level="error", text=error.text, path="access_token")]
        level = "warning" if quality in ("YELLOW", "RED") else "ok"
        return [Finding(level=level, text=f"the number of {name or 'no approved name'} is reached; quality {quality}")]
