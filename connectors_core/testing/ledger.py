"""The other end of every route of the kit: it takes everything, remembers it, and says what it is told to say."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, ClassVar, get_args

import attrs
from marshmallow import Schema

from connectors_core.hookspecs import hookimpl
from connectors_core.http import Http
from connectors_core.manifest import Abilities, Limit, Manifest
from connectors_core.model import (
    ContactRef,
    ConversationRef,
    Done,
    Handover,
    HandoverAction,
    Link,
    Message,
    MessageRef,
    Outgoing,
    Part,
    Receipt,
    ReceiptKind,
)

NAME = "ledger"

TAKEN: defaultdict[str, list[Outgoing]] = defaultdict(list)
"""What each ledger of this process was given, by the name of its endpoint."""


class LedgerSchema(Schema):
    """`[endpoints.NAME]` with `type = "ledger"`: nothing."""


@attrs.frozen(eq=False)
class Ledger:
    """A CRM with every ability, in memory."""

    manifest: ClassVar[Manifest] = Manifest(
        name=NAME,
        title="Ledger",
        kind="crm",
        settings=LedgerSchema,
        abilities=Abilities(
            parts={part: Limit() for part in get_args(Part)},
            receipts=frozenset(ReceiptKind),
            opens=True,
            makes_contacts=True,
            thread_control=HandoverAction,
            idempotent=True,
        ),
        targets={"*": "any field"},
    )

    settings: Any
    http: Http

    @hookimpl
    def send(self, message: Message) -> Done:
        """Take a message and name it."""
        self._take(message)
        at = {"endpoint": self.http.endpoint, "account": self.http.endpoint}
        return Done(refs=(MessageRef(**at, id=f"ledger-{message.id}"[:500]),))

    @hookimpl
    def link_account(self, link: Link) -> Done:
        """Take a person and name them."""
        self._take(link)
        at = {"endpoint": self.http.endpoint, "account": self.http.endpoint}
        who = link.contact.id if link.contact else link.id
        return Done(refs=(ContactRef(**at, id=f"ledger-{who}"[:500]), ConversationRef(**at, id=f"ledger-{who}"[:500])))

    @hookimpl
    def hand_over(self, handover: Handover) -> Done:
        """Take a change of who may answer."""
        return self._take(handover)

    @hookimpl
    def acknowledge(self, receipt: Receipt) -> Done:
        """Take what became of a message."""
        return self._take(receipt)

    def _take(self, event: Outgoing) -> Done:
        TAKEN[self.http.endpoint].append(event)
        return Done()
