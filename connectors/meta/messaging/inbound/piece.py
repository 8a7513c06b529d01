"""One element of an entry: who it is about, when it happened, and the events that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import attrs

from connectors.meta.messaging.inbound.times import moment
from connectors_core import Malformed
from connectors_core.model import (
    Contact,
    ContactRef,
    ConversationRef,
    Event,
    Identity,
    Item,
    Message,
    MessageRef,
    Notice,
    Origin,
    Receipt,
    wire,
)
from connectors_core.model.wire import Json

_Noun = TypeVar("_Noun", bound=Event)

_HEAD = frozenset(("sender", "recipient", "timestamp"))


@attrs.frozen(kw_only=True)
class Piece:
    """An element of an entry. `scheme` is what the ids of people are called; `entry` is what the element stands in."""

    item: Item
    data: Json
    entry: Json
    scheme: str
    standby: bool = False

    @property
    def at(self) -> datetime:
        """When it happened, else when the webhook was made, else when it arrived."""
        return moment(self.data, "timestamp") or moment(self.entry, "time") or self.item.received_at

    @property
    def business(self) -> frozenset[str]:
        """The names of the account itself."""
        return frozenset((self.item.account, wire.text(self.entry, "id")))

    @property
    def is_ours(self) -> bool:
        """Whether the business did it and not the person."""
        message = self.data.get("message")
        if isinstance(message, dict) and wire.flag(message, "is_echo"):
            return True
        sender, recipient = self._end("sender"), self._end("recipient")
        # Somebody who tries the account out by writing to it from itself is the person there.
        return sender in self.business and recipient not in self.business | {""}

    @property
    def person(self) -> str:
        """The id of the person at the other end, "" when nobody is named."""
        return self._end("recipient") if self.is_ours else self._end("sender")

    def _end(self, name: str) -> str:
        return wire.text(wire.obj(self.data, name), "id")

    @property
    def origin(self) -> Origin:
        """Who wrote it: the person, or somebody at the business elsewhere than here."""
        return Origin.NATIVE_APP if self.is_ours else Origin.CONTACT

    def ref(self, name: object) -> MessageRef:
        """Return what a message of this account is called."""
        return self.item.ref(MessageRef, name)

    def rest(self, name: str, read: frozenset[str]) -> dict[str, object]:
        """Return what was not `read` of the object called `name`, and what else stands beside it."""
        beside = {key: part for key, part in self.data.items() if key not in _HEAD | {name}}
        return beside | {key: part for key, part in wire.obj(self.data, name).items() if key not in read}

    def nameless(self, name: str) -> dict[str, Any]:
        """Return an id, and what tells it again, for what brings none: the same element, the same id."""
        raw = self.data if self.data.get("timestamp") is not None else [self.data, self.entry.get("time")]
        digest = self.digest(name, raw)
        return {"id": digest, "repeat": f"{name}:{digest}"}

    def digest(self, name: str, what: object) -> str:
        """Return the same id for the same things; `name` says what they are, should they be unreadable."""
        try:
            return attrs.evolve(self.item, raw=[name, what]).digest()
        except (RecursionError, ValueError):
            raise Malformed(f"{name} is nested too deeply") from None

    def event(self, noun: Callable[..., _Noun], **more: Any) -> _Noun:
        """Return an event about the person of this element, or about nobody when it names none."""
        common: dict[str, Any] = {
            "endpoint": self.item.endpoint,
            "account": self.item.account,
            "at": self.at,
            "standby": self.standby,
        }
        about = self.about(self.person)
        if noun in (Notice, Receipt):
            # They make nobody known.
            about.pop("profile", None)
        return noun(**common | about | more)

    def about(self, person: str, told: Contact | None = None) -> dict[str, Any]:
        """Return the contact and the conversation, which is named after the person; nothing for nobody."""
        if not person:
            return {}
        contact = self.item.ref(ContactRef, person)
        known = Identity(scheme=self.scheme, value=person, scope=self.item.account, verified=True)
        told = told or Contact()
        return {
            "contact": contact,
            "conversation": self.item.ref(ConversationRef, person),
            "profile": attrs.evolve(told, ref=contact, identities=(known, *told.identities)),
        }

    def message(self, **more: Any) -> Message:
        """Return a message of this person; raise Malformed when nobody is named."""
        if not more.get("contact") and not self.person:
            raise Malformed("nobody is named: neither a sender nor a recipient")
        return self.event(Message, **{"origin": self.origin} | more)

    def notice(self, topic: str, **more: Any) -> Notice:
        """Return news that is no message of anybody, with all that came."""
        return self.event(Notice, **self.nameless(topic) | {"topic": topic, "extra": self.data} | more)
