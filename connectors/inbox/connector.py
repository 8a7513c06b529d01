"""The inbox: a CRM inside the gateway, with tables of its own and pages for agents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, get_args

import attrs

from connectors.inbox import outbound
from connectors.inbox.settings import InboxSettings, InboxSettingsSchema
from connectors.inbox.store import InboxDatabase, arrivals, control, customers, is_unavailable, merges, people, users
from connectors_core import (
    Abilities,
    Asgi,
    Door,
    Http,
    Limit,
    Manifest,
    NoCounterpart,
    NotSupported,
    Unreachable,
    hookimpl,
)
from connectors_core.model import (
    Contact,
    ContactRef,
    ConversationRef,
    Done,
    Finding,
    Handover,
    HandoverAction,
    Identity,
    Link,
    Message,
    MessageRef,
    Part,
    Proof,
    Receipt,
    ReceiptKind,
    Ref,
)


@attrs.frozen(eq=False)
class Inbox:
    """Conversations of all channels for people who answer them."""

    manifest: ClassVar[Manifest] = Manifest(
        name="inbox",
        title="Inbox",
        kind="crm",
        settings=InboxSettingsSchema,
        abilities=Abilities(
            parts={part: Limit() for part in get_args(Part)},
            receipts=frozenset(ReceiptKind),
            reports=frozenset((ReceiptKind.READ,)),
            makes_contacts=True,
            merges=True,
            thread_control=HandoverAction,
            idempotent=True,
        ),
        targets={"*": "any field; it is shown with the contact"},
        docs="connectors/inbox",
    )

    settings: InboxSettings
    http: Http
    database: InboxDatabase = attrs.field(init=False)

    @database.default
    def _database(self) -> InboxDatabase:
        return InboxDatabase(self.settings.database)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Keep a message, or the change that it makes to an earlier one."""
        if message.conversation is None and message.source is None and message.to is not None:
            raise NotSupported("the inbox is written to in a conversation, and this message names a person instead")
        if outbound.says_nothing(message):
            return Done()
        with self._writing() as db:
            stored = arrivals.store(db, outbound.place(message, self.http.endpoint), outbound.arrival(message, key))
        own = (self._ref(MessageRef, stored.name),) if stored.name else ()
        return Done(refs=(*self._refs(stored.contact, stored.conversation), *own))

    @hookimpl
    def link_account(self, link: Link) -> Done:
        """Find or make a person and their conversation, or hear which two contacts are one person."""
        if link.contact is not None and link.other is not None:
            pair = outbound.number(link.contact), outbound.number(link.other)
            with self._writing() as db:
                if not merges.hear(db, link.status, *pair, link.reason):
                    raise NoCounterpart(f"{self.http.endpoint} has no two such contacts")
            return Done()
        with self._writing() as db:
            row = people.find_or_make(db, outbound.place(link, self.http.endpoint))
        return Done(refs=self._refs(row.contact_id, row.id))

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:
        """Keep who may answer now; what is given to the agents comes back to them."""
        with self._writing() as db:
            where = outbound.place(handover, self.http.endpoint)
            found = control.hear(db, where, outbound.move(handover, key), self.http.endpoint)
        return Done(refs=self._refs(*found))

    @hookimpl
    def customer(self, proof: Proof) -> Contact:
        """Return the contact whom a platform vouches to be at an address."""
        found: list[tuple[int, str]] = []
        if isinstance(proof, Identity):
            with self._writing() as db:
                found = customers.by_address(db, proof)
        if len(found) != 1:
            raise NoCounterpart(f"{self.http.endpoint} has no contact, or more than one, at this address")
        ((contact, name),) = found
        return Contact(ref=ContactRef(**self._own, id=str(contact)), name=name)

    @hookimpl
    def acknowledge(self, receipt: Receipt) -> Done:
        """Move the ticks of an agent's message."""
        code, text = outbound.failure(receipt)
        with self._writing() as db:
            for ref in receipt.messages:
                arrivals.advance(db, ref.id, receipt.kind, code=code, text=text)
        return Done()

    @hookimpl
    def pages(self, door: Door) -> Asgi:
        """Return the pages for agents."""
        from connectors.inbox.pages import build  # noqa: PLC0415 - a worker has no use for web pages

        return build(self.settings, self.database, door)

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Look whether the database can be used, and whether anybody could log in."""
        try:
            with self.database.read() as db:
                somebody = users.can_anybody_log_in(db)
        except Exception as error:
            if not is_unavailable(error):
                raise
            return [Finding(level="error", text="the database cannot be used", path="database")]
        if self.settings.login and not somebody:
            text = "nobody can log in yet: make a user with `connectors inbox-user NAME --role admin`"
            return [Finding(level="warning", text=text)]
        return [Finding(level="ok", text="the database is in order")]

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        """Open a transaction; a database that is away was not written to, and is tried again."""
        try:
            with self.database.write() as db:
                yield db
        except Exception as error:
            if not is_unavailable(error):
                raise
            raise Unreachable(f"{self.http.endpoint} cannot use its database now") from None

    def _refs(self, contact: int, conversation: int) -> tuple[Ref, ...]:
        return (self._ref(ContactRef, contact), self._ref(ConversationRef, conversation))

    def _ref(self, kind: type[Ref], id_: int | str) -> Ref:
        return kind(**self._own, id=str(id_))

    @property
    def _own(self) -> dict[str, str]:
        return {"endpoint": self.http.endpoint, "account": self.http.endpoint}
