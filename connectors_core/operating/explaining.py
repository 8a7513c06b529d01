"""What may be sent into a conversation now, and why: for the API, the pages and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from connectors_core.errors import NoCounterpart
from connectors_core.gateway import Gateway
from connectors_core.model import ConversationRef, Decision, Part, Template, TemplateInfo, Verdict, codec
from connectors_core.pipeline.people import ref_keys
from connectors_core.policy import templates as rules
from connectors_core.policy.windows import at, verdict
from connectors_core.store import people, templates


def explain(gateway: Gateway, conversation: ConversationRef, part: Part | None = None) -> Verdict:
    """Return the verdict on `part` (words, if none is given) in a conversation, by whatever side it is named.

    Raise NoCounterpart for a conversation that is not known.
    """
    with gateway.store.read() as db:
        home = _home(db, conversation)
    return verdict_at(gateway, home.endpoint, part, home.last_in_at)


def verdict_at(gateway: Gateway, channel: str, part: Part | None, last_in: float | None) -> Verdict:
    """Return the verdict on `part` at a channel to a person who wrote last at `last_in` (Unix seconds), or never."""
    endpoint = gateway.endpoints[channel]
    known = known_templates(gateway, channel)
    found = verdict(endpoint.manifest.policy, part, at(last_in), datetime.now(UTC), rules.names(known))
    if not found.allowed or not isinstance(part, Template):
        return found
    problems = rules.problems(endpoint, part, [one for one in known if one.name == part.name])
    if not problems:
        return found
    reason = f"the template {part.name} would be refused: {'; '.join(problems)}"
    return attrs.evolve(found, decision=Decision.DENY, reason=reason)


def templates_for(gateway: Gateway, conversation: ConversationRef) -> list[TemplateInfo]:
    """Return the templates that may be used in a conversation; raise NoCounterpart when it is not known."""
    with gateway.store.read() as db:
        home = _home(db, conversation)
    return known_templates(gateway, home.endpoint)


def known_templates(gateway: Gateway, endpoint: str) -> list[TemplateInfo]:
    """Return the templates of an endpoint as they were last synchronised."""
    with gateway.store.read() as db:
        rows: Sequence[Any] = templates.of_endpoint(db, endpoint)
    return [codec.load_template(row.document) for row in rows]


def _home(db: Any, conversation: ConversationRef) -> Any:
    known = people.find_links(db, ref_keys(people.CONVERSATION, conversation))
    rows = people.conversations_by_id(db, known.values())
    if not rows:
        raise NoCounterpart(f"{conversation.endpoint} has no such conversation")
    return next(iter(rows.values()))
