"""The webhook connector: any CRM that takes signed HTTP calls is an endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from time import time
from typing import ClassVar, get_args

import attrs

from connectors.webhook import customers, outbound
from connectors.webhook.settings import WebhookSettings, WebhookSettingsSchema
from connectors_core import Abilities, Http, Limit, Login, Manifest, hookimpl
from connectors_core.model import (
    Code,
    Contact,
    Done,
    Finding,
    Grant,
    Handover,
    HandoverAction,
    Link,
    Message,
    Outgoing,
    Part,
    Proof,
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
            merges=True,
            thread_control=HandoverAction,
            idempotent=True,
        ),
        targets={"*": "any field; it arrives in data.fields"},
        docs="connectors/webhook",
    )

    settings: WebhookSettings
    http: Http
    abilities: Abilities = attrs.field(init=False)
    login: Login | None = attrs.field(init=False)

    @abilities.default
    def _abilities(self) -> Abilities:
        """Repeat a call of unknown outcome only where the receiver knows a `webhook-id` again."""
        return attrs.evolve(self.manifest.abilities, idempotent=self.settings.idempotent)

    @login.default
    def _login(self) -> Login | None:
        """Return where customers log in; a connector that only reads has no settings."""
        return getattr(self.settings, "login", None)

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
    def customer(self, proof: Proof) -> Contact:
        """Ask the receiver, or where its customers log in, who somebody is."""
        if isinstance(proof, Grant) and self.settings.userinfo_url:
            call = customers.userinfo(self.settings, proof)
            return customers.person(self.http.call(call, verb="find a customer"), self.http.endpoint, "sub")
        call = customers.question(self.settings, proof, int(time()))
        reply = self.http.call(call, verb="find a customer", explain=customers.explain)
        return customers.person(reply, self.http.endpoint, "contact")

    @hookimpl
    def send_code(self, code: Code) -> Done:
        """Have the receiver bring a code."""
        self.http.call(customers.bringing(self.settings, code, int(time())), verb="bring a code")
        return Done()

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Say what a repetition would do: nothing is called, as any call would be an event to the receiver."""
        if self.settings.idempotent:
            return [Finding(level="ok", text="calls of unknown outcome are repeated with the same webhook-id")]
        return [Finding(level="ok", text="calls of unknown outcome wait for a human, as idempotent is false")]

    def _deliver(self, event: Outgoing, key: str, verb: str) -> Done:
        call = outbound.call(self.settings, event, key, int(time()))
        return outbound.done(self.http.call(call, verb=verb, explain=outbound.explain), self.http.endpoint)
