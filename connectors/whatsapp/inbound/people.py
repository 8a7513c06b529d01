"""Who is meant: the ids of a person in WhatsApp payloads, and what is known of them."""

from __future__ import annotations

import re

import attrs

from connectors_core import Malformed
from connectors_core.model import Contact, ContactRef, ConversationRef, Identity, Item, Scheme, wire
from connectors_core.model.wire import Json

BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]+")
"""A business-scoped user id; parents have ENT (WA/business-scoped-user-ids, 2026-08-24)."""


@attrs.frozen
class Person:
    """The ids of one person. The number is missing for people who have a username."""

    wa_id: str = ""
    user_id: str = ""
    parent_id: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id, the one that names the person first: the number where it is told, else the user id."""
        return tuple(dict.fromkeys(one for one in (self.wa_id, self.user_id, self.parent_id) if one))

    def refs(self, item: Item, group: str = "") -> tuple[ContactRef, ConversationRef]:
        """Return the person and the conversation, which is named after the person or is a group."""
        ids = self.ids
        if not ids:
            raise Malformed("nobody is named: neither a number nor a user id")
        contact = ContactRef(endpoint=item.endpoint, account=item.account, id=ids[0], aliases=ids[1:])
        aliases = () if group else ids[1:]
        conversation = ConversationRef(
            endpoint=item.endpoint, account=item.account, id=group or ids[0], aliases=aliases
        )
        return contact, conversation

    def identities(self) -> tuple[Identity, ...]:
        """Return the addresses. The number in international form is a key to match by, as nobody vouched for it."""
        found = []
        if self.wa_id:
            found.append(Identity(scheme=Scheme.WA_ID, value=self.wa_id, verified=True))
            if self.wa_id.isdecimal():
                found.append(Identity(scheme=Scheme.PHONE, value=f"+{self.wa_id}"))
        users = (one for one in (self.user_id, self.parent_id) if one)
        return (*found, *(Identity(scheme=Scheme.BSUID, value=one, verified=True) for one in users))


def named(value: Json, wa_id: str, user_id: str = "", parent_id: str = "") -> tuple[Person, Json]:
    """Return the person whose ids a payload names, completed from `contacts`, and the row that says more of them."""
    row = _row(wire.items(value, "contacts"), wa_id, user_id)
    if row:
        wa_id = wa_id or wire.text(row, "wa_id")
        user_id = user_id or wire.text(row, "user_id")
        parent_id = parent_id or wire.text(row, "parent_user_id")
    return Person(wa_id, user_id, parent_id), row


def _row(contacts: list[Json], wa_id: str, user_id: str) -> Json:
    for row in contacts:
        same_user = bool(user_id) and row.get("user_id") == user_id
        if same_user or (bool(wa_id) and wire.text(row, "wa_id") == wa_id):
            return row
    # A payload that names nobody itself is about the only person beside it.
    return contacts[0] if len(contacts) == 1 and not (wa_id or user_id) else {}


def profile(person: Person, row: Json, contact: ContactRef) -> Contact:
    """Return what a row of `contacts` tells of a person."""
    told = wire.obj(row, "profile")
    username = (wire.text(told, "username") or wire.text(row, "username")).removeprefix("@")
    return Contact(ref=contact, name=wire.text(told, "name"), username=username, identities=person.identities())
