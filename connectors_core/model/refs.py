"""What a contact, a conversation or a message is called at one endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

import attrs

from connectors_core.errors import Malformed

LONGEST_ID = 512
"""Characters. Longer names are no ids but attacks or mistakes, and no database index takes them."""


def clean_id(value: object) -> str:
    """Return an id that every store can keep: text, not empty, bounded, no NUL, no lone surrogate."""
    if not isinstance(value, str):
        value = str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
    if not 0 < len(value) <= LONGEST_ID:
        raise Malformed(f"an id must have 1 to {LONGEST_ID} characters")
    if "\x00" in value or not value.isascii():
        value = value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    return value


def _aliases(ids: Iterable[object]) -> tuple[str, ...]:
    """Keep four: no platform knows a person under more names at once."""
    return tuple(map(clean_id, ids))[:4]


def aware(_instance: object, attribute: attrs.Attribute[Any], value: datetime | None) -> None:
    """Refuse a time without its zone, and one that not every zone has a name for.

    The first would be read as another moment on another machine, the second could not be written down.
    """
    if value is None:
        return
    if value.utcoffset() is None:
        raise Malformed(f"{attribute.name} has no time zone")
    if value.year in (1, 9999):
        raise Malformed(f"{attribute.name} is not a time that anything happened at")


@attrs.frozen(kw_only=True)
class Ref:
    """An opaque id, scoped to one account of one endpoint.

    `account` is the page, the Instagram account, the phone number id, the inbox of the CRM.
    """

    endpoint: str = attrs.field(converter=clean_id)
    account: str = attrs.field(converter=clean_id)
    id: str = attrs.field(converter=clean_id)


@attrs.frozen(kw_only=True)
class ContactRef(Ref):
    """A person, as one endpoint calls them.

    `aliases`: at most four other ids under which the same endpoint knows the same person.
    """

    aliases: tuple[str, ...] = attrs.field(default=(), converter=_aliases)


@attrs.frozen(kw_only=True)
class ConversationRef(Ref):
    """An ordered exchange between one contact and the business on one account.

    `aliases`: other ids of the same conversation, for channels that name it after the person.
    """

    aliases: tuple[str, ...] = attrs.field(default=(), converter=_aliases)


@attrs.frozen(kw_only=True)
class MessageRef(Ref):
    """One message, as one endpoint calls it."""


class Scheme(StrEnum):
    """The kinds of address by which a person can be known. A connector may use others, in lower case."""

    PHONE = "phone"
    """E.164 with the plus sign."""
    EMAIL = "email"
    WA_ID = "wa_id"
    """WhatsApp's own form of the number: digits, kept as they came."""
    BSUID = "bsuid"
    """WhatsApp's business-scoped user id (WA/business-scoped-user-ids, 2026-08-24)."""
    PSID = "psid"
    IGSID = "igsid"
    USERNAME = "username"
    EXTERNAL = "external"
    """The CRM's own number for the person."""


@attrs.frozen(kw_only=True)
class Identity:
    """One address of a person: `scheme:scope:value`.

    `scope` is what the value is unique in (a channel account, a page, a business portfolio), "" for the whole
    world. `verified` says that the platform itself vouches for it; only such identities merge people by themselves.
    """

    scheme: str = attrs.field(converter=clean_id)
    value: str = attrs.field(converter=clean_id)
    scope: str = ""
    verified: bool = False

    def __str__(self) -> str:
        return f"{self.scheme}:{self.scope}:{self.value}"


@attrs.frozen(kw_only=True)
class Contact:
    """A person as the business knows them, with every identity that this endpoint tells of.

    `picture` is an address that expires; on the way out `picture_id` is the gateway's own name for the picture, to be
    opened with `Http.open` or `Door.open`.
    """

    ref: ContactRef | None = None
    name: str = ""
    identities: tuple[Identity, ...] = ()
    username: str = ""
    language: str = ""
    picture: str = ""
    picture_id: str = ""
    extra: dict[str, object] = attrs.field(factory=dict)
