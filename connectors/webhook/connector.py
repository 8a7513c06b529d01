"""The webhook connector: any CRM that takes signed HTTP calls is an endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from time import time
from typing import ClassVar, get_args

import attrs

from connectors.webhook import outbound
from connectors.webhook.settings import WebhookSettings, WebhookSettingsSchema
from connectors_core import Abilities, Http, Limit, Manifest, hookimpl
from connectors_core.model import (
    Done,
    Finding,
    Handover,
    HandoverAction,
    Link,
    Message,
    Outgoing,
    Part,
    Receipt,
    ReceiptKind,
)


@attrs.frozen(eq=False)
class Webhook:
    """A CRM that gets every event as a Standard Webhook, and answers through the HTTP API."""

    manifest: ClassVar[Manifest] = Manifest(
        name="webhook",
        title="Webhook",
        kind="crm",
        settings=WebhookSettingsSchema,
        abilities=Abilities(
            parts={part: Limit() for part in get_args(Part)},
            receipts=frozenset(ReceiptKind),
            opens=True,
            makes_contacts=True,
            thread_control=HandoverAction,
            idempotent=True,
        ),
        targets={"*": "any field; it arrives in data.fields"},
        docs="connectors/webhook",
    )

    settings: WebhookSettings
    http: Http
    abilities: Abilities = attrs.field(init=False)

    @abilities.default
    def _abilities(self) -> Abilities:
        """Repeat a call of unknown outcome only where the receiver knows a `webhook-id` again."""
        return attrs.evolve(self.manifest.abilities, idempotent=self.settings.idempotent)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Deliver a message."""
        return self._deliver(message, key, "send")

    @hookimpl
    def link_account(self, link: Link, key: str) -> Done:
        """Deliver a wish for a person, or what became of an account link."""
        return self._deliver(link, key, "link_account")

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:
        """Deliver a change of who may answer."""
        return self._deliver(handover, key, "hand_over")

    @hookimpl
    def acknowledge(self, receipt: Receipt, key: str) -> Done:
        """Deliver what became of a message."""
        return self._deliver(receipt, key, "acknowledge")

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Say what a repetition would do: nothing is called, as any call would be an event to the receiver."""
        if self.settings.idempotent:
            return [Finding(level="ok", text="calls of unknown outcome are repeated with the same webhook-id")]
        return [Finding(level="ok", text="calls of unknown outcome wait for a human, as idempotent is false")]

    def _deliver(self, event: Outgoing, key: str, verb: str) -> Done:
        call = outbound.call(self.settings, event, key, int(time()))
        return outbound.done(self.http.call(call, verb=verb, explain=outbound.explain), self.http.endpoint)
