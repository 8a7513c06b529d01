"""Who is meant: users, and chats that write as themselves (Bot API 10.3, User and Chat)."""

from __future__ import annotations

import attrs

from connectors_core.model import Contact, ContactRef, Identity, Item, Scheme, wire
from connectors_core.model.wire import Json

SCHEME = "telegram"
"""The id of a user: the same for every bot."""


@attrs.frozen(kw_only=True)
class Person:
    """A user, or the channel or group in whose name somebody writes."""

    id: int
    name: str = ""
    username: str = ""
    language: str = ""
    phone: str = ""
    """The number that the user gave of themselves, with Telegram as the witness."""

    @classmethod
    def of(cls, data: Json) -> Person:
        """Return who a User or a Chat is."""
        # as in {"id": 5, "is_bot": false, "first_name": "Pablo", "username": "pablo", "language_code": "es"}
        words = [wire.text(data, "first_name"), wire.text(data, "last_name")]
        return cls(
            id=wire.needed_whole(data, "id"),
            name=" ".join(word for word in words if word) or wire.text(data, "title"),
            username=wire.text(data, "username"),
            language=wire.text(data, "language_code"),
        )

    def ref(self, item: Item) -> ContactRef:
        """Return the ref of the person."""
        return ContactRef(endpoint=item.endpoint, account=item.account, id=str(self.id))

    def profile(self, item: Item) -> Contact:
        """Return what the update tells of the person. Nobody vouches for a username: it can be given away."""
        found = [Identity(scheme=SCHEME, value=str(self.id), verified=True)]
        if self.username:
            found.append(Identity(scheme=Scheme.USERNAME, value=self.username, scope=SCHEME))
        if self.phone:
            found.append(Identity(scheme=Scheme.PHONE, value=self.phone, verified=True))
        return Contact(
            ref=self.ref(item),
            name=self.name,
            username=self.username,
            language=self.language,
            identities=tuple(found),
        )


def number_of(contact: Json) -> str:
    """Return the phone number of a shared contact with its plus sign, which Telegram gives or not, "" without one."""
    digits = "".join(char for char in wire.text(contact, "phone_number") if char in "0123456789")
    return f"+{digits}" if digits else ""
