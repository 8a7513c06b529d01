"""Finding or making the contact and the conversation of what comes in, and changing what is known of a person."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from time import time
from typing import Any

import attrs
from sqlalchemy import Connection, Row, delete, insert, select, update

from connectors.inbox.store.opening import lock_people
from connectors.inbox.store.schema import contacts, conversations, identities, terms
from connectors_core.model import Contact, Identity
from connectors_core.store.inserting import keep

LONGEST_TERM = 64
MOST_TERMS = 40

_WORD = re.compile(r"[^\W_]+")


@attrs.frozen(kw_only=True)
class Place:
    """Where something belongs: our own conversation, where it is known, and what it is called at the channel."""

    channel: str
    account: str
    own: int | None = None
    names: tuple[str, ...] = ()
    """The channel's ids of the conversation, the one that replies go to first."""
    profile: Contact | None = None
    fields: Mapping[str, object] = attrs.field(factory=dict)


def find_or_make(db: Connection, place: Place) -> Row[Any]:
    """Return the conversation row of a place; its contact is kept up to date."""
    row = _find(db, place)
    if row is None:
        lock_people(db)
        row = _find(db, place) or _make(db, place)
    if not row.linked or (place.names and row.external_id != place.names[0]):
        changes: dict[str, Any] = {"linked": True}
        if place.names:
            changes["external_id"] = place.names[0]
        db.execute(update(conversations).where(conversations.c.id == row.id).values(changes))
    _learn(db, row.contact_id, place)
    return row


def _find(db: Connection, place: Place) -> Row[Any] | None:
    if place.own is not None:
        row = db.execute(select(conversations).where(conversations.c.id == place.own)).first()
        if row is not None:
            return row
    here = (conversations.c.channel == place.channel, conversations.c.account == place.account)
    names = _spellings(place)
    if names:
        row = db.execute(select(conversations).where(conversations.c.external_id.in_(names), *here)).first()
        if row is not None:
            return row
    contact = _known(db, place)
    if contact is None:
        return None
    # One that an agent or a link made: the channel's name for it is not known yet.
    unnamed = conversations.c.linked.is_(False) | conversations.c.external_id.like("contact:%")
    return db.execute(select(conversations).where(conversations.c.contact_id == contact, unnamed, *here)).first()


def _spellings(place: Place) -> list[str]:
    """Return the names of a conversation; a number may have been written with its plus sign."""
    return list(dict.fromkeys([*place.names, *(f"+{one}" for one in place.names if one.isdecimal())]))


def _known(db: Connection, place: Place) -> int | None:
    """Return the contact that an address belongs to which the platform vouches for."""
    for one in _addresses(place):
        if not one.verified:
            continue
        known = select(identities.c.contact_id).where(_is(one), identities.c.verified)
        found = db.execute(known.order_by(identities.c.contact_id).limit(1)).scalar()
        if found is not None:
            return int(found)
    return None


def _addresses(place: Place) -> tuple[Identity, ...]:
    return place.profile.identities if place.profile else ()


def _is(identity: Identity) -> Any:
    return (
        (identities.c.value == identity.value)
        & (identities.c.scheme == identity.scheme)
        & (identities.c.scope == clean(identity.scope))
    )


def _make(db: Connection, place: Place) -> Row[Any]:
    contact = _known(db, place) or make_contact(db, "")
    name = place.names[0] if place.names else f"contact:{contact}"
    id_ = make_conversation(db, contact, place.channel, place.account, name, linked=True)
    return db.execute(select(conversations).where(conversations.c.id == id_)).one()


def make_contact(db: Connection, name: str) -> int:
    """Write a new contact and return its id."""
    values = {
        "name": name,
        "named": bool(name),
        "username": "",
        "language": "",
        "picture": "",
        "notes": "",
        "fields": "{}",
        "created_at": time(),
    }
    return int(db.execute(insert(contacts).values(values).returning(contacts.c.id)).scalar_one())


def make_conversation(
    db: Connection, contact: int, channel: str, account: str, external_id: str, *, linked: bool
) -> int:
    """Write a new conversation and return its id."""
    now = time()
    values = {
        "contact_id": contact,
        "channel": channel,
        "account": account,
        "external_id": external_id,
        "linked": linked,
        "state": "open",
        "unread": 0,
        "last_at": now,
        "last_kind": "",
        "last_line": "",
        "last_direction": "",
        "version": 1,
        "touched_at": now,
    }
    return int(db.execute(insert(conversations).values(values).returning(conversations.c.id)).scalar_one())


def _learn(db: Connection, contact: int, place: Place) -> None:
    """Keep what a channel tells of a person, and what mapping rules write; an agent's name for them stays."""
    row = db.execute(select(contacts).where(contacts.c.id == contact)).one()
    changes: dict[str, Any] = {}
    if place.profile is not None:
        told = {key: clean(getattr(place.profile, key)) for key in ("username", "language")}
        if not row.named:
            told["name"] = clean(place.profile.name)
        told["picture"] = clean(place.profile.picture_id)
        changes |= {key: value for key, value in told.items() if value and value != getattr(row, key)}
    fields = json.loads(row.fields)
    if any(fields.get(key) != value for key, value in place.fields.items()):
        changes["fields"] = json.dumps(fields | dict(place.fields), default=str)
    if changes:
        db.execute(update(contacts).where(contacts.c.id == contact).values(changes))
    if _remember(db, contact, _addresses(place)) or changes:
        index(db, contact)


def _remember(db: Connection, contact: int, addresses: Iterable[Identity]) -> bool:
    """Keep the addresses of a contact; True when one was new or is verified now."""
    known = {
        (row.scheme, row.scope, row.value): row.verified
        for row in db.execute(select(identities).where(identities.c.contact_id == contact))
    }
    new = False
    for one in addresses:
        key = (str(one.scheme), clean(one.scope), one.value)
        if key in known and (known[key] or not one.verified):
            continue
        new = True
        if key in known:
            db.execute(update(identities).where(_is(one), identities.c.contact_id == contact).values(verified=True))
            continue
        values = dict(zip(("scheme", "scope", "value"), key, strict=True))
        db.execute(keep(db, identities), {**values, "contact_id": contact, "verified": one.verified})
    return new


def add_identity(db: Connection, contact: int, identity: Identity) -> None:
    """Keep an address that an agent wrote down."""
    _remember(db, contact, [identity])
    index(db, contact)


def rename(db: Connection, contact: int, *, name: str, notes: str) -> None:
    """Change what an agent says about a person; without a name, the channel's counts again."""
    changes = {"name": clean(name)} if name else {}
    db.execute(update(contacts).where(contacts.c.id == contact).values(named=bool(name), notes=clean(notes), **changes))
    index(db, contact)


def index(db: Connection, contact: int) -> None:
    """Write the words that a contact is found by."""
    # Locked: two that write the same words at once would meet in the index.
    row = db.execute(select(contacts).where(contacts.c.id == contact).with_for_update()).one()
    addresses = db.execute(select(identities.c.value).where(identities.c.contact_id == contact)).scalars()
    found: dict[str, None] = {}
    for words in (row.name, row.username, *addresses):
        found |= dict.fromkeys(search_terms(words))
        digits = "".join(char for char in words if char.isdigit())
        if len(digits) > 6:
            # People know a number without its country, or by its end.
            found |= dict.fromkeys((digits, digits[-7:], digits[-4:]))
    db.execute(delete(terms).where(terms.c.contact_id == contact))
    rows = [{"term": term, "contact_id": contact} for term in list(found)[:MOST_TERMS]]
    if rows:
        db.execute(insert(terms), rows)


def search_terms(words: str) -> list[str]:
    """Return the words of a text in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return [word[:LONGEST_TERM] for word in _WORD.findall(plain)]


def clean(text: str) -> str:
    """Return text that every store keeps: without NUL and lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
