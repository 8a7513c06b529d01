"""What an end says of who is one person with whom: a merge that it asks for, takes back, or does not want."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import time
from typing import Any

import attrs

from connectors_core.gateway import Gateway
from connectors_core.model import Contact, ContactRef, Event, Link, LinkStatus
from connectors_core.pipeline import matches, telling
from connectors_core.pipeline.batch import Batch, park
from connectors_core.pipeline.kinship import AGENT, PLATFORM, Graph, Wish
from connectors_core.pipeline.people import Directory, Entry, clean, is_statement, ref_keys
from connectors_core.store import merges, people
from connectors_core.store.people import CONTACT

UNKNOWN = "a link named a person that {endpoint} was never told of, or has not named yet; send it again after that"


@attrs.frozen(kw_only=True)
class Saying:
    """A link about two contacts that are known."""

    entry: Entry
    contact: int
    other: int


def refusal(gateway: Gateway, link: Event) -> str:
    """Return why a link may not say anything of who is who, "" when it may: its names have to be its own."""
    if not isinstance(link, Link) or not is_statement(link):
        return ""
    own = [ref for ref in (link.contact, link.other) if ref is not None]
    if any(ref.endpoint != link.endpoint for ref in own):
        return f"{link.endpoint} may only say who is who of people as it calls them itself"
    if link.status is LinkStatus.PROPOSED:
        return f"{link.endpoint} may say that two people are one, or that they are not; it cannot propose it"
    ref = link.conversation
    if ref is not None and ref.endpoint != link.endpoint and not gateway.router.between(link.endpoint, ref.endpoint):
        return f"no route joins {link.endpoint} and {ref.endpoint}"
    return ""


def settle(batch: Batch, directory: Directory, entries: Sequence[Entry]) -> None:
    """Bring the graph of people up to date after a batch, and tell who has to know of it."""
    db = batch.db
    links = [entry for entry in entries if is_statement(entry.event) and not refusal(batch.gateway, entry.event)]
    if not directory.new_identities and not directory.same and not links:
        return
    merges.lock(db)
    wishes = [
        Wish(contact=one, other=two, reason=PLATFORM, evidence=f"name:{name}", sure=True)
        for one, two, name in dict.fromkeys(directory.same)
    ]
    wishes += matches.wishes(db, directory.new_identities)
    sayings = _sayings(batch, directory, links)
    if not wishes and not sayings:
        return
    pairs = [*((one.contact, one.other) for one in wishes), *((one.contact, one.other) for one in sayings)]
    ids = {id_ for pair in pairs for id_ in pair}
    graph = Graph.load(db, ids, directory.next_id)
    for wish in wishes:
        graph.wish(wish)
    for saying in sayings:
        if problem := _say(graph, saying):
            park(batch, saying.entry, problem)
    graph.write(db)
    if batch.delivers and graph.touched:
        told = telling.tell(batch.gateway, db, list(graph.touched), directory.next_id)
        batch.event_rows += told.events
        batch.delivery_rows += told.deliveries
        merges.await_names(db, told.waiting, time())


def _say(graph: Graph, saying: Saying) -> str:
    link = saying.entry.event
    assert isinstance(link, Link)
    if link.status is LinkStatus.LINKED:
        reason = clean(link.reason)[:100] or AGENT
        return graph.merge(saying.contact, saying.other, reason, "", link.endpoint)
    if link.status is LinkStatus.UNLINKED:
        graph.undo(saying.contact, saying.other)
    else:
        graph.decline(saying.contact, saying.other)
    return ""


def _sayings(batch: Batch, directory: Directory, links: Sequence[Entry]) -> list[Saying]:
    """Return which contacts links are about; a customer whom nobody has met yet becomes one."""
    found: list[Saying] = []
    for entry in links:
        link = entry.event
        assert isinstance(link, Link)
        assert link.contact is not None
        contact = _known(directory.known, link.contact)
        if link.other is not None:
            other = _known(directory.known, link.other)
            if contact is None or other is None:
                park(batch, entry, UNKNOWN.format(endpoint=link.endpoint))
                continue
        else:
            other = entry.contact_id
            if entry.conversation_id is None or other is None:
                continue
            if contact is None and link.status is LinkStatus.LINKED:
                contact = _customer(batch.db, directory, link, other)
        if contact is not None and contact != other:
            found.append(Saying(entry=entry, contact=contact, other=other))
    return found


def _known(known: Mapping[people.Key, int], ref: ContactRef) -> int | None:
    return next((known[key] for key in ref_keys(CONTACT, ref) if key in known), None)


def _customer(db: Any, directory: Directory, link: Link, person: int) -> int:
    """Return whom a name that is new stands for: the person of the chat, or a customer apart, who can be undone.

    A CRM that only says what it calls somebody for whom it had no name yet has merged nobody.
    """
    assert link.contact is not None
    keys = ref_keys(CONTACT, link.contact)
    named = any(row.endpoint == link.endpoint for row in merges.names_of(db, [person]).get(person, ()))
    if link.reason or named:
        profile = link.profile or Contact()
        person = directory.next_id()
        words = {key: clean(getattr(profile, key)) for key in ("name", "username", "language")}
        people.add_contacts(db, [{"id": person, **words}])
    people.add_links(db, [(key, person) for key in keys])
    directory.known.update(dict.fromkeys(keys, person))
    return person
