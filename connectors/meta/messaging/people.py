"""The profile of a person, where it may be read (MP/identity/user-profile and IG/features/user-profile, 2026)."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors_core import Http, NoCounterpart
from connectors_core.model import Contact, Identity, Scheme, wire

_READ = frozenset({"name", "first_name", "last_name", "username", "profile_pic", "locale"})
"""What has a place of its own in a Contact; everything else goes into its `extra`."""


def profile(http: Http, graph: Graph, contact: Contact, fields: Sequence[str], usernames: str = "") -> Contact:
    """Return `contact` with what Meta tells of it. What is not told stays as it is.

    `usernames`: what a user name is unique in. It can be given up and taken by somebody else, so that it is no proof.

    Raise Rejected where there is no profile (2018218) or it may not be read (2018247), NoCounterpart without an id.
    """
    if contact.ref is None:
        raise NoCounterpart(f"{http.endpoint} could not read a profile: the person has no id there")
    call = graph.call("GET", contact.ref.id, fields=",".join(fields))
    told = http.call(call, verb="read a profile", explain=explain_messaging).object()
    both = f"{wire.text(told, 'first_name')} {wire.text(told, 'last_name')}".strip()
    username = wire.text(told, "username")
    return attrs.evolve(
        contact,
        name=wire.text(told, "name") or both or contact.name,
        username=username or contact.username,
        picture=wire.text(told, "profile_pic") or contact.picture,
        language=wire.text(told, "locale") or contact.language,
        identities=_with_username(contact, username, usernames),
        extra=contact.extra | {name: told[name] for name in fields if name in told and name not in _READ},
    )


def _with_username(contact: Contact, username: str, scope: str) -> tuple[Identity, ...]:
    if not username or any(one.scheme == Scheme.USERNAME and one.value == username for one in contact.identities):
        return contact.identities
    return (*contact.identities, Identity(scheme=Scheme.USERNAME, value=username, scope=scope))
