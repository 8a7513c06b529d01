"""Parties: a person found by what is known of them, or made, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connectors.tryton.outbound.errors import ONE_CODE, Conflict
from connectors.tryton.outbound.rest import Json, Rest
from connectors_core import NoCounterpart, Rejected
from connectors_core.model import Contact, Identity, Link, LinkStatus, Scheme

_TYPES = {Scheme.PHONE: "mobile", Scheme.EMAIL: "email"}
"""The type of contact mechanism for an address; every other is of the type "other"."""

_SHOWN = frozenset(("phone", "mobile", "fax", "email", "website", "skype", "sip", "irc", "jabber"))
"""The fields of a party that show its first contact mechanism of that type, and that can be written only through it."""

_VERB = "find or make a party"
_MOST_MERGED = 10
"""Parties that were merged into one another, one after the other, that are followed."""


def name_of(identity: Identity) -> str:
    """Return an address as a contact mechanism has it: "wa_id:16505551234", with its scope where it has one."""
    return ":".join(part for part in (identity.scheme, identity.scope, identity.value) if part)


def party_of(rest: Rest, link: Link, fields: Mapping[str, object]) -> int:
    """Return the party of a person; `fields` are written when it has to be made."""
    profile = link.profile or Contact()
    own = [one for one in profile.identities if one.scheme not in _TYPES]
    if not own and link.source is not None:
        own = [Identity(scheme=link.source.endpoint, value=link.source.id)]
    if not own and not profile.identities:
        raise NoCounterpart(f"{rest.http.endpoint} is not told any address by which to know the person again")
    names = list(dict.fromkeys(map(name_of, own)))
    earlier = [name_of(link.previous)] if link.previous is not None else []
    known = _by_ref(rest, link) or _by_name(rest, [*names, *earlier]) or _by_vouched(rest, profile.identities)
    if not known:
        return _make(rest, profile, names, fields)
    _add(rest, known, names)
    return known


def values(fields: Mapping[str, object], mechanisms: Sequence[Json] = ()) -> Json:
    """Return the fields of a party as they are written, those that are contact mechanisms as such."""
    own = [{"type": name, "value": value} for name, value in fields.items() if name in _SHOWN]
    made = [["create", [*mechanisms, *own]]] if own or mechanisms else []
    rest = {name: value for name, value in fields.items() if name not in _SHOWN}
    return {**rest, "contact_mechanisms": made} if made else rest


def _by_ref(rest: Rest, link: Link) -> int:
    if link.contact is None or not link.contact.id.isdecimal():
        return 0
    return _standing(rest, [["id", "=", int(link.contact.id)]])


def _standing(rest: Rest, domain: list[object]) -> int:
    """Return the party that a domain describes, or the one that it was merged into; 0 when there is none."""
    for _ in range(_MOST_MERGED):
        row = rest.first("party.party", domain, ["replaced_by"], verb=_VERB, inactive=True)
        if not row.get("replaced_by"):
            return int(row.get("id", 0))
        domain = [["id", "=", row["replaced_by"]]]
    return 0


def _by_name(rest: Rest, names: list[str]) -> int:
    """Return the party that has one of the names already; one that was put away is still the same person."""
    if not names:
        return 0
    domain = [["type", "=", "other"], ["value", "in", names]]
    row = rest.first("party.contact_mechanism", domain, ["party.id"], verb=_VERB)
    return _number(row.get("party"))


def _by_vouched(rest: Rest, identities: tuple[Identity, ...]) -> int:
    """Return the only active party with a number or mail address that the channel vouches for."""
    vouched = list(_vouched(identities))
    if not rest.settings.recognise or not vouched:
        return 0
    domain: list[object] = ["OR", *map(_mechanism, vouched)]
    found = rest.find("party.contact_mechanism", domain, ["party.id", "party.active"], verb=_VERB, most=20)
    parties = {_number(row.get("party")) for row in found if _active(row.get("party"))}
    # Two people with one number are two people: nobody knows which of them writes.
    return parties.pop() if len(parties) == 1 else 0


def parties_at(rest: Rest, address: Identity) -> dict[int, str]:
    """Return the active parties that have a number or a mail address, and their names."""
    if address.scheme not in _TYPES:
        return {}
    fields = ["party.id", "party.active", "party.rec_name"]
    found = rest.find("party.contact_mechanism", _mechanism(address), fields, verb="find a customer", most=20)
    parties = [row["party"] for row in found if _active(row.get("party"))]
    return {_number(one): str(one.get("rec_name") or "") for one in parties}


def _mechanism(address: Identity) -> list[object]:
    """Return the domain of the contact mechanisms that an address is."""
    if address.scheme == Scheme.EMAIL:
        return [["type", "=", "email"], ["value", "=", address.value]]
    return [["type", "in", ["phone", "mobile"]], ["value_compact", "=", address.value]]


def _vouched(identities: tuple[Identity, ...]) -> Iterator[Identity]:
    """Yield verified numbers and mail addresses; WhatsApp's own form of a number vouches for the number."""
    digits = {one.value for one in identities if one.scheme == Scheme.WA_ID and one.verified}
    for one in identities:
        known = one.verified or one.value.removeprefix("+") in digits
        if one.scheme in _TYPES and known:
            yield one


def _make(rest: Rest, profile: Contact, names: list[str], fields: Mapping[str, object]) -> int:
    others = [{"type": "other", "value": name} for name in names]
    known = [{"type": _TYPES[Scheme(one.scheme)], "value": one.value} for one in _addresses(profile)]
    first = names[0] if names else name_of(profile.identities[0])
    own: Json = {"name": profile.name or profile.username or first, **fields}
    if rest.settings.code_parties:
        # A code is unique, so that of two makers at the same moment one is told so, and finds what the other made.
        own.setdefault("code", first)
    try:
        return _create(rest, own, [*others, *known])
    except Rejected:
        # Tryton checks numbers, mail addresses and whatever is mapped; nobody is turned away for what it refuses.
        if not known and not fields:
            raise
        return _create(rest, {name: own[name] for name in ("name", "code") if name in own}, others)


def _addresses(profile: Contact) -> Iterator[Identity]:
    return (one for one in profile.identities if one.scheme in _TYPES)


def _create(rest: Rest, own: Json, mechanisms: list[Json]) -> int:
    try:
        return rest.create("party.party", values(own, mechanisms), verb=_VERB)
    except Conflict as error:
        code = own.get("code")
        if ONE_CODE not in error.text or not code or not (found := _standing(rest, [["code", "=", code]])):
            raise
        return found


def _add(rest: Rest, party: int, names: list[str]) -> None:
    """Give a party the names that it does not have, so that the person is known by them the next time."""
    domain = [["party", "=", party], ["type", "=", "other"], ["value", "in", names]]
    rows = rest.find("party.contact_mechanism", domain, ["value"], verb=_VERB, inactive=True) if names else []
    missing = [name for name in names if name not in {row.get("value") for row in rows}]
    if missing:
        made = [{"type": "other", "value": name} for name in missing]
        rest.write("party.party", party, values({}, made), verb=_VERB)


def wanted(link: Link) -> bool:
    """Whether a link asks for a person, in whatever way they came to be known."""
    return link.status in (LinkStatus.WANTED, LinkStatus.LINKED, LinkStatus.CHANGED)


def _number(nested: object) -> int:
    return int(nested.get("id", 0)) if isinstance(nested, dict) else 0


def _active(nested: object) -> bool:
    return isinstance(nested, dict) and bool(nested.get("active"))
