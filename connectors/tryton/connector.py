"""The Tryton connector: one company of a Tryton 8.2, whose agents answer in the chat of opportunities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs

from connectors.tryton import checking, inbound
from connectors.tryton.outbound import Desk, files
from connectors.tryton.settings import POLL_EVERY, TrytonSettings, TrytonSettingsSchema
from connectors_core import Abilities, Http, Level, Limit, Manifest, hookimpl
from connectors_core.model import (
    Attempt,
    Contact,
    Content,
    Done,
    Event,
    Finding,
    Handover,
    HandoverAction,
    Item,
    Link,
    Media,
    Message,
    Page,
    Proof,
    Reaction,
    Receipt,
    ReceiptKind,
    Reconciled,
    Referral,
    Revision,
    Text,
)


@attrs.frozen(eq=False)
class Tryton:
    """A company in Tryton: people are parties, conversations are opportunities, agents write in their chat."""

    manifest: ClassVar[Manifest] = Manifest(
        name="tryton",
        title="Tryton",
        kind="crm",
        settings=TrytonSettingsSchema,
        abilities=Abilities(
            parts={
                Text: Limit(),
                Media: Limit(),
                Reaction: Limit(level=Level.PARTIAL),
                Revision: Limit(level=Level.PARTIAL),
                Referral: Limit(level=Level.PARTIAL),
            },
            receipts=frozenset((ReceiptKind.FAILED,)),
            makes_contacts=True,
            thread_control=HandoverAction,
            poll_every=POLL_EVERY,
        ),
        targets={
            "contact.name": "the party's name, when it is made",
            "contact.*": "any other field of a party.party, filled where it is empty",
            "opportunity.employee": "who it is assigned to: an employee's id or name",
            "opportunity.*": "any other field of a sale.opportunity, filled where it is empty",
        },
        docs="connectors/tryton",
        guide=checking.GUIDE,
    )

    settings: TrytonSettings
    http: Http
    abilities: Abilities = attrs.field(init=False)
    _desk: Desk = attrs.field(init=False)

    @abilities.default
    def _abilities(self) -> Abilities:
        """Ask for replies as often as the settings say; a connector that only reads has none."""
        every = getattr(self.settings, "poll_every", POLL_EVERY)
        return attrs.evolve(self.manifest.abilities, poll_every=every)

    @_desk.default
    def _open(self) -> Desk:
        return Desk(self.settings, self.http)

    @hookimpl
    def poll(self, cursor: str) -> Page:
        """Ask for what agents have written since."""
        return inbound.poll(self._desk.rest, self._desk.me, cursor)

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read a page of chat messages."""
        return inbound.receive(item)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Post into the chat of the opportunity; its files become attachments."""
        return self._desk.send(message, key)

    @hookimpl
    def link_account(self, link: Link) -> Done:
        """Find or make the party, and the open opportunity of the conversation."""
        return self._desk.link_account(link)

    @hookimpl
    def customer(self, proof: Proof) -> Contact:
        """Return the party that has a number or a mail address."""
        return self._desk.customer(proof)

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:
        """Tell the agents, and assign the opportunity."""
        return self._desk.hand_over(handover, key)

    @hookimpl
    def acknowledge(self, receipt: Receipt, key: str) -> Done:
        """Note in the chat, for the agents alone, that a reply did not arrive."""
        return self._desk.acknowledge(receipt, key)

    @hookimpl
    def reconcile(self, attempt: Attempt) -> Reconciled:
        """Look for the message of an attempt."""
        return self._desk.reconcile(attempt)

    @hookimpl
    def fetch(self, media: Media) -> Content:
        """Fetch an attachment that an agent named."""
        return files.fetch(self._desk.rest, media)

    @hookimpl
    def check(self, targets: Sequence[str]) -> Iterable[Finding]:
        """Look at the modules, the company, the rights of the user, and the fields that rules write."""
        return checking.findings(self._desk, targets)
