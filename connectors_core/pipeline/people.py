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
    Receipt,
)
from connectors_core.pipeline.receipts import NextId
from connectors_core.policy.windows import COMMENT, MESSAGE, opened_by
from connectors_core.store import openings, people, profiles
from connectors_core.store.people import CONTACT, CONVERSATION, Key


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


def ref_keys(noun: str, ref: ContactRef | ConversationRef) -> list[Key]:
    """Return every name of a ref: its id first, then its aliases."""
    return [(noun, ref.endpoint, ref.account, one) for one in (ref.id, *ref.aliases)]


@attrs.define
class Directory:
    """The people and conversations of one batch: what is known, and what has to be written."""

    next_id: NextId
    known: dict[Key, int]
    known_identities: dict[tuple[str, str, str], int]
    rows: dict[int, Any]
    homes: dict[int, str] = attrs.field(factory=dict)
    contact_of: dict[int, int | None] = attrs.field(factory=dict)
    new_contacts: list[dict[str, Any]] = attrs.field(factory=list)
    new_conversations: dict[int, dict[str, Any]] = attrs.field(factory=dict)
    new_links: list[tuple[Key, int]] = attrs.field(factory=list)
    new_identities: list[dict[str, Any]] = attrs.field(factory=list)
    wrote: dict[int, tuple[float, str]] = attrs.field(factory=dict)
    opened: dict[tuple[int, str, str], float] = attrs.field(factory=dict)
    new_profiles: list[dict[str, Any]] = attrs.field(factory=list)
    asked: frozenset[str] = frozenset()
    """The endpoints that can be asked for the name of a person."""

    @classmethod
    def look_up(cls, db: Any, entries: Sequence[Entry], next_id: NextId, asked: frozenset[str]) -> Directory:
        """Ask the store once for all that the batch names."""
        keys: set[Key] = set()
        addresses: set[tuple[str, str, str]] = set()
        for entry in entries:
            if entry.event.conversation is not None:
                keys.update(ref_keys(CONVERSATION, entry.event.conversation))
            if entry.event.contact is not None:
                keys.update(ref_keys(CONTACT, entry.event.contact))
        known = people.find_links(db, keys)
        for entry in entries:
            event = entry.event
            if event.profile and event.contact and not any(key in known for key in ref_keys(CONTACT, event.contact)):
                addresses.update(_address(one) for one in event.profile.identities if one.verified)
        rows = people.conversations_by_id(db, {id_ for key, id_ in known.items() if key[0] == CONVERSATION})
        return cls(next_id, known, people.find_identities(db, addresses), rows, asked=asked)

    def place(self, entry: Entry) -> None:
        """Give an event its contact and its conversation; make them where the event may."""
        event = entry.event
        makes = not isinstance(event, Receipt | Notice)
        # A side that names the person of somebody else's conversation does not bring a new one.
        foreign = event.conversation is not None and event.conversation.endpoint != event.endpoint
        entry.contact_id = self._contact(event, makes=makes and not foreign)
        if event.conversation is None:
            return
        entry.conversation_id = self._conversation(event, event.conversation, entry.contact_id, makes=makes)
        if entry.conversation_id is None:
            return
        row = self.rows.get(entry.conversation_id)
        entry.home = row.endpoint if row is not None else self.new_conversations[entry.conversation_id]["endpoint"]
        known = row.contact_id if row else self.new_conversations[entry.conversation_id]["contact_id"]
        if entry.contact_id is None:
            entry.contact_id = known
            self._tie(event, known)
        if isinstance(event, Message) and entry.home == event.endpoint:
            self._opens(entry.conversation_id, event, event.conversation)

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

    def _contact(self, event: Event, *, makes: bool) -> int | None:
        ref = event.contact
        if ref is None:
            return None
        keys = ref_keys(CONTACT, ref)
        found = next((self.known[key] for key in keys if key in self.known), None)
        identities = event.profile.identities if event.profile else ()
        if found is None:
            found = next(
                (self.known_identities[_address(one)] for one in identities if _address(one) in self.known_identities),
                None,
            )
        if found is None and not makes:
            return None
        if found is None:
            found = self._new_contact(event.profile or Contact())
        missing = [key for key in keys if key not in self.known]
        if missing:
            self._name(missing, found)
            self._add_identities(identities, found)
            if ref.endpoint in self.asked and not (event.profile and event.profile.name):
                new = {"contact_id": found, "endpoint": ref.endpoint, "account": ref.account, "external_id": ref.id}
                self.new_profiles.append({**new, "due": time()})
        return found

    def _tie(self, event: Event, contact: int | None) -> None:
        """Remember what the CRM calls the person of a conversation, when it tells that they are linked."""
        if isinstance(event, Link) and event.status is LinkStatus.LINKED and event.contact and contact is not None:
            self._name([key for key in ref_keys(CONTACT, event.contact) if key not in self.known], contact)

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
        for one in identities:
            address = _address(one)
            if address not in self.known_identities:
                self.new_identities.append(
                    {
                        "scheme": one.scheme,
                        "scope": clean(one.scope),
                        "value": one.value,
                        "contact_id": contact,
                        "verified": one.verified,
                    }
                )
                if one.verified:
                    self.known_identities[address] = contact

    def _conversation(self, event: Event, ref: ConversationRef, contact: int | None, *, makes: bool) -> int | None:
        keys = ref_keys(CONVERSATION, ref)
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
                "contact_id": contact,
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
        people.contact_wrote(db, ((id_, at, name) for id_, (at, name) in self.wrote.items()))
        openings.opened(db, ((id_, opener, at, name) for (id_, opener, name), at in self.opened.items()))
        profiles.want(db, self.new_profiles)


def _moment(found: tuple[float, str]) -> tuple[float, bool]:
    """Return what the later of two is known by; of two at the same time, the one with a name."""
    return found[0], bool(found[1])


def _address(identity: Identity) -> tuple[str, str, str]:
    return identity.scheme, clean(identity.scope), identity.value


def clean(text: str) -> str:
    """Return text that every store keeps: without NUL and lone surrogates."""
    return (
        text
        if text.isascii() and "\x00" not in text
        else text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    )
