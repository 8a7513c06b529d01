"""The platform's rules at the last moment before a call: what they forbid is not sent, and the reason goes back."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors_core.endpoint import Endpoint
from connectors_core.errors import NotAllowedNow, Rejected
from connectors_core.gateway import Gateway
from connectors_core.model import Message, Template, codec
from connectors_core.policy.templates import problems
from connectors_core.policy.windows import at, verdict
from connectors_core.store import templates


def obey(gateway: Gateway, endpoint: Endpoint, message: Message, last_in: float | None) -> None:
    """Raise NotAllowedNow for what the window forbids, and Rejected for a template that would be refused."""
    for part in message.parts:
        found = verdict(endpoint.manifest.policy, part, at(last_in), datetime.now(UTC))
        if not found.allowed:
            ways = "; ".join(found.alternatives)
            raise NotAllowedNow(f"{endpoint.name}: {found.reason}. What can be done: {ways}", code="window_closed")
        if isinstance(part, Template):
            _check_template(gateway, endpoint, part)


def _check_template(gateway: Gateway, endpoint: Endpoint, template: Template) -> None:
    """Compare a template with what the account has, as far as that is known."""
    if "templates" not in endpoint.verbs:
        return
    with gateway.store.read() as db:
        rows = templates.find(db, endpoint.name, template.name)
    found = problems(endpoint, template, [codec.load_template(row.document) for row in rows])
    if found:
        raise Rejected(f"{endpoint.name}: the template {template.name} would be refused: {'; '.join(found)}")
