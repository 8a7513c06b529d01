"""How a target is told who a person is: what came with the event, what their platform said, or a name that will do."""

from __future__ import annotations

from typing import Any

import attrs

from connectors_core.gateway import Gateway
from connectors_core.model import Contact, Identity, Message
from connectors_core.store import people, profiles

_TOLD = 4
"""Characters of an id that tell two nameless people apart, and say no more."""


def named(gateway: Gateway, source: str, contact: int, message: Message) -> Contact | None:
    """Return the profile of a message; a name that it lacks is what its channel said, where it can be asked."""
    if source not in gateway.asked or (message.profile is not None and message.profile.name):
        return message.profile
    known = profile(gateway, source, contact)
    if message.profile is None or known is None:
        return known
    missing = [key for key in ("username", "language", "picture", "picture_id") if not getattr(message.profile, key)]
    return attrs.evolve(message.profile, name=known.name, **{key: getattr(known, key) for key in missing})


def profile(gateway: Gateway, source: str, contact: int) -> Contact | None:
    """Return what is known of a contact of `source`, None for one that is not known.

    What is known of others who are the same person is not among it: an end that kept it could not give it back.
    """
    with gateway.store.read() as db:
        row = people.contacts_by_id(db, [contact]).get(contact)
        known = people.identities_of(db, [contact]).get(contact, [])
        asked = profiles.of_contacts(db, [contact])
    if row is None:
        return None
    identities = tuple(
        Identity(scheme=one.scheme, scope=one.scope, value=one.value, verified=one.verified) for one in known
    )
    picture = next((one.picture for one in asked if one.picture), "")
    return Contact(
        name=row.name or (row.username and f"@{row.username}") or _nameless(gateway, source, asked),
        username=row.username,
        language=row.language,
        picture=gateway.media.link(picture) if picture else "",
        picture_id=picture,
        identities=identities,
    )


def _nameless(gateway: Gateway, source: str, asked: Any) -> str:
    """Return a name for somebody of whom the platform says nothing: people must be told apart in a list."""
    own = next((one for one in asked if one.endpoint == source), None)
    return f"{gateway.endpoints[source].manifest.title} user · {own.external_id[-_TOLD:]}" if own is not None else ""
