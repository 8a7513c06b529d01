"""Who somebody is, for the panel: every address and conversation of the person, and who else they may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from connectors.inbox.pages import showing
from connectors.inbox.pages.visit import Visit
from connectors.inbox.store import listing, merges, thread

REASONS = {
    "phone": "Both gave this phone number",
    "email": "Both gave this e-mail address",
    "platform": "The channels vouch for it",
    "login": "Logged in from the chat",
    "agent": "Said by an agent",
}
"""What speaks for two contacts being one person."""


@attrs.frozen(kw_only=True)
class Address:
    """An address, with the channels of the contact that has it."""

    row: Any
    channels: str


@attrs.frozen(kw_only=True)
class Tie:
    """Two contacts that may be one person, or are. `line`: what speaks for it, who said so, when."""

    id: int
    names: tuple[str, str]
    channels: str
    line: str
    busy: bool
    """Whether the answer of an agent is on its way."""
    url: int | None


def person(db: Any, row: Any, visit: Visit) -> dict[str, Any]:
    """Return what the panel of a conversation shows of its person."""
    people = merges.members(db, [row.contact_id])
    ties = merges.of_people(db, people)
    everybody = {*people, *(one for tie in ties for one in (tie.contact_id, tie.other_id))}
    contacts = thread.contacts_by_id(db, everybody)
    talks: dict[int, list[Any]] = {}
    for one in listing.of_contacts(db, everybody):
        talks.setdefault(one.contact_id, []).append(one)
    mine = set(people)
    asked = [tie for tie in ties if tie.state == merges.PROPOSED and not {tie.contact_id, tie.other_id} <= mine]
    joined = [tie for tie in ties if tie.state == merges.MERGED and {tie.contact_id, tie.other_id} <= mine]
    return {
        "identities": [
            Address(row=one, channels=_channels(talks.get(one.contact_id, ())))
            for one in thread.identities_of(db, *people)
        ],
        "others": [one for talk in talks for one in talks[talk] if talk in mine and one.id != row.id],
        "parts": [contacts[one] for one in people if one != row.contact_id and contacts[one].notes],
        "questions": [_tie(tie, contacts, talks, mine, visit) for tie in asked],
        "ties": [_tie(tie, contacts, talks, {row.contact_id}, visit) for tie in joined],
    }


def _tie(tie: Any, contacts: Mapping[int, Any], talks: Mapping[int, list[Any]], mine: set[int], visit: Visit) -> Tie:
    first, second = (tie.contact_id, tie.other_id) if tie.other_id not in mine else (tie.other_id, tie.contact_id)
    told = [visit.words(REASONS.get(one, "Both have this address")) for one in tie.reasons.split()]
    if tie.state == merges.MERGED:
        told = told if not tie.asked_by else [visit.words("Joined by {name}", name=tie.asked_by)]
        told.append(showing.short_time(showing.moment(tie.at, visit.zone), visit.now, visit.words))
    return Tie(
        id=tie.id,
        names=(_name(contacts[first], visit), _name(contacts[second], visit)),
        channels=_channels(talks.get(second, ())),
        line=" · ".join(told),
        busy=merges.is_asked(tie),
        url=next((one.id for one in talks.get(second, ())), None),
    )


def _name(contact: Any, visit: Visit) -> str:
    return str(contact.name or contact.username or visit.words("Somebody"))


def _channels(talks: Iterable[Any]) -> str:
    return ", ".join(dict.fromkeys(one.channel for one in talks))
