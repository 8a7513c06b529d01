"""Finding or making the contact and the conversation of every event of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from time import time
from typing import Any

import attrs

from connectors_core.model import (
    Contact,
    ContactRef,
    ConversationRef,
    Event,
    Identity,
    Link,
    LinkStatus,
    Message,
    Notice,
    Origin,
    Receipt,
)
from connectors_core.pipeline.receipts import NextId
from connectors_core.policy.windows import COMMENT, MESSAGE, opened_by
from connectors_core.store import openings, people, profiles
from connectors_core.store.people import CONTACT, CONVERSATION, Address, Key


@attrs.define
class Entry:
    """One event on its way into the store."""

    journal_id: int
    position: int
    kind: str
    event: Event
    event_id: int = 0
    conversation_id: int | None = None
    contact_id: int | None = None
    home: str = ""
    """The endpoint where the conversation lives."""
    document: str = ""
    """The event as it is stored."""
    names: list[Key] = attrs.field(factory=list)
    talks: list[Key] = attrs.field(factory=list)
    """Every name of its person, and of its conversation."""
    told: tuple[Identity, ...] = ()
    """The addresses that it tells of its person."""
    asks: bool = False
    """Whether the platform has to be asked who its person is."""


def ref_keys(noun: str, ref: ContactRef | ConversationRef) -> list[Key]:
    """Return every name of a ref: its id first, then its aliases."""
    return [(noun, ref.endpoint, ref.account, one) for one in (ref.id, *ref.aliases)]


MOST_ADDRESSES = 32
"""Addresses of a contact beyond which no more claims are kept: nobody has so many, but anybody could type them."""


def is_statement(event: Event) -> bool:
    """Whether a link says who is one person with whom, of names of the end that says it."""
    if not isinstance(event, Link) or event.contact is None or event.status in (LinkStatus.WANTED, LinkStatus.CHANGED):
        return False
    return event.other is not None or (
        event.conversation is not None and event.conversation.endpoint != event.contact.endpoint
    )


@attrs.define
class Directory:
    """The people and conversations of one batch: what is known, and what has to be written."""

    next_id: NextId
    known: dict[Key, int]
    known_identities: dict[Address, list[int]]
    addresses: dict[int, dict[Address, bool]]
    """The addresses of known people that the batch tells addresses of, and which of them the platform vouches for."""
    rows: dict[int, Any]
    homes: dict[int, str] = attrs.field(factory=dict)
    contact_of: dict[int, int | None] = attrs.field(factory=dict)
    new_contacts: list[dict[str, Any]] = attrs.field(factory=list)
    new_conversations: dict[int, dict[str, Any]] = attrs.field(factory=dict)
    new_links: list[tuple[Key, int]] = attrs.field(factory=list)
    new_identities: list[dict[str, Any]] = attrs.field(factory=list)
    same: list[tuple[int, int, str]] = attrs.field(factory=list)
    """Contacts that the platform calls by names of one person, and the name that says so."""
    learnt: list[tuple[int, dict[str, str]]] = attrs.field(factory=list)
    wrote: dict[int, tuple[float, str]] = attrs.field(factory=dict)
    opened: dict[tuple[int, str, str], float] = attrs.field(factory=dict)
    new_profiles: list[dict[str, Any]] = attrs.field(factory=list)
    asked: frozenset[str] = frozenset()
    """The endpoints that can be asked for the name of a person."""

    @classmethod
    def look_up(cls, db: Any, entries: Sequence[Entry], next_id: NextId, asked: frozenset[str]) -> Directory:
        """Ask the store once for all that the batch names."""
        keys: set[Key] = set()
        for entry in entries:
            event = entry.event
            if event.conversation is not None:
                entry.talks = ref_keys(CONVERSATION, event.conversation)
                keys.update(entry.talks)
            if event.contact is not None:
                entry.names = ref_keys(CONTACT, event.contact)
                keys.update(entry.names)
            if isinstance(event, Link) and event.other is not None:
                keys.update(ref_keys(CONTACT, event.other))
        known = people.find_links(db, keys)
        rows = people.conversations_by_id(db, {id_ for key, id_ in known.items() if key[0] == CONVERSATION}, lock=True)
        told: set[int] = set()
        strange: set[Address] = set()
        for entry in entries:
            event = entry.event
            entry.told = _told(event)
            if not entry.told:
                continue
            found = {known[key] for key in entry.names if key in known}
            told |= found
            if event.conversation is not None and event.conversation.endpoint != event.endpoint:
                ids = {known[key] for key in entry.talks if key in known}
                told |= {rows[id_].contact_id for id_ in ids if rows[id_].contact_id is not None}
            elif not found:
                strange.update(_address(one) for one in entry.told if one.verified)
        return cls(
            next_id, known, people.find_identities(db, strange), people.addresses_of(db, told), rows, asked=asked
        )

    def place(self, entry: Entry) -> None:
        """Give an event its contact and its conversation; make them where the event may."""
        event = entry.event
        makes, states = not isinstance(event, Receipt | Notice), is_statement(event)
        # A side that names the person of somebody else's conversation does not bring a new one.
        foreign = event.conversation is not None and self._is_foreign(event.conversation, entry)
        if event.contact is not None and not states:
            entry.contact_id = self._contact(entry, event.contact, makes=makes and not foreign)
        if event.conversation is not None:
            entry.conversation_id = self._conversation(entry, event.conversation, makes=makes)
        if entry.conversation_id is not None:
            entry.home, person = self._home(entry.conversation_id)
            if entry.contact_id is None:
                entry.contact_id = person
            if isinstance(event, Message) and event.conversation and entry.home == event.endpoint:
                self._opens(entry.conversation_id, event, event.conversation)
        if entry.contact_id is not None and not states:
            self._learn(entry, entry.contact_id, foreign=foreign)

    def _home(self, conversation: int) -> tuple[str, int | None]:
        """Return where a conversation lives, and whose it is."""
        row = self.rows.get(conversation)
        if row is not None:
            return row.endpoint, row.contact_id
        new = self.new_conversations[conversation]
        return new["endpoint"], new["contact_id"]

    def _is_foreign(self, ref: ConversationRef, entry: Entry) -> bool:
        """Whether the conversation of an event lives elsewhere, whatever the event calls it."""
        if ref.endpoint != entry.event.endpoint:
            return True
        row = self.rows.get(self.known.get(entry.talks[0], 0))
        return row is not None and row.endpoint != ref.endpoint

    def _opens(self, conversation: int, message: Message, ref: ConversationRef) -> None:
        """Remember which windows a message of a person opens."""
        at = message.at.timestamp()
        for opener in opened_by(message):
            if opener == MESSAGE:
                self.wrote[conversation] = max(self.wrote.get(conversation, (at, "")), (at, ref.id), key=_moment)
            else:
                # Each comment may be answered; of anything else the last one counts.
                key = (conversation, opener, message.id if opener == COMMENT else "")
                self.opened[key] = max(self.opened.get(key, at), at)

    def _contact(self, entry: Entry, ref: ContactRef, *, makes: bool) -> int | None:
        event, keys = entry.event, entry.names
        known = dict.fromkeys([self.known[key] for key in keys if key in self.known])
        found = next(iter(known), None)
        if found is None:
            vouched = (self.known_identities.get(_address(one)) for one in entry.told if one.verified)
            found = next((ids[0] for ids in vouched if ids), None)
        if found is None and not makes:
            return None
        if found is None:
            found = self._new_contact(event.profile or Contact())
            self._add_identities(event.profile.identities if event.profile else (), found)
        if len(known) > 1:
            self.same += [(found, self.known[key], key[3]) for key in keys if self.known.get(key, found) != found]
        missing = [key for key in keys if key not in self.known]
        if missing:
            self._name(missing, found)
            if ref.endpoint in self.asked and not (event.profile and event.profile.name):
                new = {"contact_id": found, "endpoint": ref.endpoint, "account": ref.account, "external_id": ref.id}
                self.new_profiles.append({**new, "due": time(), "event_id": entry.event_id})
                entry.asks = True
        return found

    def _learn(self, entry: Entry, contact: int, *, foreign: bool) -> None:
        """Keep what an event tells of its person; what is told of somebody else's is a claim, whatever it says."""
        event, told = entry.event, entry.told
        if told:
            self._add_identities([attrs.evolve(one, verified=False) for one in told] if foreign else told, contact)
        if isinstance(event, Link) and event.status is LinkStatus.CHANGED and event.profile is not None:
            words = {key: clean(getattr(event.profile, key)) for key in ("name", "username", "language")}
            self.learnt.append((contact, {key: value for key, value in words.items() if value}))

    def _new_contact(self, profile: Contact) -> int:
        contact = self.next_id()
        self.new_contacts.append(
            {
                "id": contact,
                "name": clean(profile.name),
                "username": clean(profile.username),
                "language": clean(profile.language),
            }
        )
        return contact

    def _add_identities(self, identities: Sequence[Identity], contact: int) -> None:
        own = self.addresses.setdefault(contact, {})
        for one in identities:
            address = _address(one)
            known = own.get(address)
            if known or (known is not None and not one.verified):
                continue
            if known is None and not one.verified and len(own) >= MOST_ADDRESSES:
                continue
            own[address] = one.verified
            row = dict(zip(("scheme", "scope", "value"), address, strict=True))
            self.new_identities.append({**row, "contact_id": contact, "verified": one.verified})
            if one.verified:
                self.known_identities.setdefault(address, [contact])

    def _conversation(self, entry: Entry, ref: ConversationRef, *, makes: bool) -> int | None:
        event, keys = entry.event, entry.talks
        found = next((self.known[key] for key in keys if key in self.known), None)
        # A side may open a conversation of its own; in that of another it has to name one, or a person to write to.
        own = ref.endpoint == event.endpoint or (isinstance(event, Message) and event.to is not None)
        if found is None:
            if not (makes and own):
                return None
            found = self.next_id()
            self.new_conversations[found] = {
                "id": found,
                "endpoint": ref.endpoint,
                "account": ref.account,
                "external_id": ref.id,
                "contact_id": entry.contact_id,
                "last_in_at": None,
            }
        if own:
            self._name([key for key in keys if key not in self.known], found)
        return found

    def _name(self, keys: Sequence[Key], local: int) -> None:
        for key in keys:
            self.known[key] = local
            self.new_links.append((key, local))

    def write(self, db: Any) -> None:
        """Write what is new."""
        people.add_contacts(db, self.new_contacts)
        people.add_conversations(db, list(self.new_conversations.values()))
        people.add_links(db, self.new_links)
        people.add_identities(db, self.new_identities)
        for contact, told in self.learnt:
            people.learn(db, contact, told)
        people.contact_wrote(db, ((id_, at, name) for id_, (at, name) in self.wrote.items()))
        openings.opened(db, ((id_, opener, at, name) for (id_, opener, name), at in self.opened.items()))
        profiles.want(db, self.new_profiles)


def _moment(found: tuple[float, str]) -> tuple[float, bool]:
    """Return what the later of two is known by; of two at the same time, the one with a name."""
    return found[0], bool(found[1])


def _told(event: Event) -> tuple[Identity, ...]:
    """Return the addresses that an event tells of its person; the writer of an echo is the business."""
    if isinstance(event, Message) and event.origin is not Origin.CONTACT:
        return ()
    identities = event.profile.identities if event.profile is not None else ()
    if isinstance(event, Link) and event.previous is not None:
        return (*identities, event.previous)
    return identities


def _address(identity: Identity) -> Address:
    return identity.scheme, clean(identity.scope), identity.value


def clean(text: str) -> str:
    """Return text that every store keeps: without NUL and lone surrogates."""
    return (
        text
        if text.isascii() and "\x00" not in text
        else text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    )
