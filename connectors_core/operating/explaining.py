"""What may be sent into a conversation now, and why: for the API, the pages and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from time import time
from typing import Any

import attrs

from connectors_core.door import Responders
from connectors_core.errors import NoCounterpart
from connectors_core.gateway import Gateway
from connectors_core.model import (
    NATIVE_APP,
    ConversationRef,
    Decision,
    HandoverAction,
    Origin,
    Part,
    Template,
    TemplateInfo,
    Verdict,
    codec,
)
from connectors_core.pipeline.people import ref_keys
from connectors_core.policy import templates as rules
from connectors_core.policy.state import openings_of
from connectors_core.policy.windows import Openings, verdict
from connectors_core.store import people, templates
from connectors_core.switchboard import Control


def explain(gateway: Gateway, conversation: ConversationRef, part: Part | None = None) -> Verdict:
    """Return the verdict on `part` (words, if none is given) in a conversation, by whatever side it is named.

    A conversation that is still to be opened is named as its channel will call it. Raise NoCounterpart for one that is
    not known where nobody can write first.
    """
    channel, openings = _home(gateway, conversation)
    return verdict_at(gateway, channel, part, openings)


def verdict_at(
    gateway: Gateway, channel: str, part: Part | None, openings: Openings, origin: Origin = Origin.AGENT
) -> Verdict:
    """Return the verdict on `part` at a channel to a person who did this to open its windows."""
    endpoint = gateway.endpoints[channel]
    known = known_templates(gateway, channel)
    found = verdict(endpoint.policy, part, openings, datetime.now(UTC), rules.names(known), origin=origin)
    if not found.allowed or not isinstance(part, Template):
        return found
    problems = rules.problems(endpoint, part, [one for one in known if one.name == part.name])
    if not problems:
        return found
    reason = f"the template {part.name} would be refused: {'; '.join(problems)}"
    return attrs.evolve(found, decision=Decision.DENY, reason=reason)


def templates_for(gateway: Gateway, conversation: ConversationRef) -> list[TemplateInfo]:
    """Return the templates that may be used in a conversation; raise NoCounterpart when it is not known."""
    return known_templates(gateway, _home(gateway, conversation)[0])


def known_templates(gateway: Gateway, endpoint: str) -> list[TemplateInfo]:
    """Return the templates of an endpoint as they were last synchronised."""
    with gateway.store.read() as db:
        rows: Sequence[Any] = templates.of_endpoint(db, endpoint)
    return [codec.load_template(row.document) for row in rows]


def responders(gateway: Gateway, conversation: ConversationRef, asker: str) -> Responders:
    """Return who may answer a conversation now, and to whom `asker` can give it."""
    with gateway.store.read() as db:
        known = people.find_links(db, ref_keys(people.CONVERSATION, conversation))
        rows = people.conversations_by_id(db, known.values())
    home = next(iter(rows.values()), None)
    board = gateway.boards.get(home.endpoint) if home is not None else None
    if home is None or board is None:
        raise NoCounterpart(f"{conversation.endpoint} has no such conversation")
    control, now = Control.of(home), time()
    owner = board.owner(control, now)
    # The native inbox is an owner where the platform can be asked to pass the thread there.
    native = HandoverAction.PASS in board.controls and NATIVE_APP in board.owners.values()
    others = (*board.responders, *((NATIVE_APP,) if native else ()))
    until = control.until if control.until is not None and control.until > now else None
    return Responders(
        owner=owner,
        first=board.first,
        others=tuple(one for one in others if one not in (owner, asker)),
        until=None if until is None else datetime.fromtimestamp(until, UTC),
    )


def _home(gateway: Gateway, conversation: ConversationRef) -> tuple[str, Openings]:
    """Return the endpoint where a conversation lives, and what opened its windows."""
    with gateway.store.read() as db:
        known = people.find_links(db, ref_keys(people.CONVERSATION, conversation))
        rows = people.conversations_by_id(db, known.values())
        opened = openings_of(db, list(rows.values()), gateway.endpoints)
    if rows:
        home = next(iter(rows.values()))
        return home.endpoint, opened[home.id]
    if not gateway.endpoints[conversation.endpoint].abilities.opens:
        raise NoCounterpart(f"{conversation.endpoint} has no such conversation")
    return conversation.endpoint, {}
