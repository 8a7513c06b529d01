"""The platform's rules at the last moment before a call: what they forbid is not sent, and the reason goes back."""

from __future__ import annotations

from datetime import UTC, datetime
from time import time
from typing import TYPE_CHECKING

import attrs

from connectors_core.endpoint import Endpoint
from connectors_core.errors import NotAllowedNow, Rejected
from connectors_core.gateway import Gateway
from connectors_core.model import Message, MessageRef, Template, Verdict, codec
from connectors_core.policy.templates import problems
from connectors_core.policy.windows import Openings, verdict
from connectors_core.store import templates
from connectors_core.switchboard import Control

if TYPE_CHECKING:
    from connectors_core.worker.tasks import Task


def obey(gateway: Gateway, task: Task, message: Message) -> Message:
    """Return a message with the tag under which it may go out, and with what it answers where it has to answer.

    Raise NotInControl for a bot that does not own the conversation any more; NotAllowedNow for what no window allows,
    and for the first piece of what would stop there; Rejected for a template that would be refused.
    """
    endpoint, openings, pieces = task.endpoint, task.openings, task.row.pieces
    board = gateway.boards.get(endpoint.name)
    if board is not None:
        board.let(Control.of(task.home), task.row.source, message.origin, time(), written=task.row.created_at)
    found: Verdict | None = None
    answers = message.reply_to.id if message.reply_to else ""
    for part in message.parts:
        found = verdict(endpoint.policy, part, openings, datetime.now(UTC), origin=message.origin, answers=answers)
        if not found.allowed:
            ways = "; ".join(found.alternatives)
            raise NotAllowedNow(f"{endpoint.name}: {found.reason}. What can be done: {ways}", code="window_closed")
        if found.answers and pieces > 1:
            _refuse_half(endpoint, message, openings, pieces)
        if isinstance(part, Template):
            _check_template(gateway, endpoint, part)
    if found is None or (not found.tag and not message.tag):
        return message
    if not found.answers or message.conversation is None:
        return attrs.evolve(message, tag=found.tag)
    ref = MessageRef(endpoint=endpoint.name, account=message.conversation.account, id=found.answers)
    return attrs.evolve(message, tag=found.tag, reply_to=ref)


def _refuse_half(endpoint: Endpoint, message: Message, openings: Openings, pieces: int) -> None:
    """Refuse the first of several pieces when nothing but a window for one message is open."""
    others = tuple(window for window in endpoint.policy.windows if not window.once)
    policy = attrs.evolve(endpoint.policy, windows=others)
    if others and verdict(policy, None, openings, datetime.now(UTC), origin=message.origin).allowed:
        return
    text = f"one message may be sent now, and this makes {pieces}: shorten it, or send its parts one by one later"
    raise NotAllowedNow(f"{endpoint.name}: {text}", code="window_closed")


def _check_template(gateway: Gateway, endpoint: Endpoint, template: Template) -> None:
    """Compare a template with what the account has, as far as that is known."""
    if "templates" not in endpoint.verbs:
        return
    with gateway.store.read() as db:
        rows = templates.find(db, endpoint.name, template.name)
    found = problems(endpoint, template, [codec.load_template(row.document) for row in rows])
    if found:
        raise Rejected(f"{endpoint.name}: the template {template.name} would be refused: {'; '.join(found)}")
