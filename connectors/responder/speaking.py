"""Answers as events: what core takes from `Done.events`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.responder.turn import Answer, Rate, Say, Tell
from connectors_core.model import (
    ChoiceKind,
    Choices,
    Contact,
    ConversationRef,
    Event,
    Feedback,
    Handover,
    HandoverAction,
    Identity,
    Link,
    LinkStatus,
    Message,
    Option,
    Origin,
    Part,
    Scheme,
    Text,
)

LONGEST_BODY = 1000
"""Bytes over something to tap (Instagram: IG/messaging-api/quick-replies, 2026: 1000 bytes; WhatsApp: 1024 letters)."""
LONGEST_OVER_LOGIN = 640
"""Over a button that logs in (MP/send-messages/template/button, 2026: 640 letters)."""


def events(
    answers: Sequence[Answer], endpoint: str, conversation: ConversationRef, key: str, now: datetime, human: str
) -> list[Event]:
    """Return the events for answers, in their order; `human`: the endpoint that a conversation is passed to."""
    found: list[Event] = []
    for number, answer in enumerate(answers, 1):
        base: dict[str, Any] = {
            "endpoint": endpoint,
            "account": endpoint,
            "id": f"{key}/{number}",
            "at": now,
            "conversation": conversation,
        }
        found.append(_event(answer, base, human))
    return found


def _event(answer: Answer, base: dict[str, Any], human: str) -> Event:
    if isinstance(answer, Say):
        return Message(**base, origin=Origin.BOT, parts=parts(answer), reply_to=answer.about)
    if isinstance(answer, Tell):
        return Link(**base, status=LinkStatus.CHANGED, profile=profile(answer.given))
    if isinstance(answer, Rate):
        score = None if answer.score is None else float(answer.score)
        feedback = Feedback(kind=answer.kind, score=score, text=answer.text)
        return Message(**base, origin=Origin.CONTACT, parts=(feedback,))
    return Handover(**base, action=HandoverAction.PASS, origin=Origin.BOT, new_owner=human, summary=answer.summary)


def parts(say: Say) -> tuple[Part, ...]:
    """Return the parts of a message: one, unless its words are longer than may stand over something to tap."""
    options = tuple(Option(title=tap.title, payload=tap.payload, kind=ChoiceKind.QUICK_REPLY) for tap in say.taps)
    most, opener = LONGEST_BODY, say.opener
    if say.login:
        options, most, opener = (Option(title=say.login, kind=ChoiceKind.LOGIN),), LONGEST_OVER_LOGIN, ""
    body = "\n\n".join(say.paragraphs)
    if not options:
        return (Text(body=body),)
    if len(body.encode()) <= most:
        return (Choices(body=body, options=options, button=opener),)
    *before, last = say.paragraphs
    if len(last.encode()) > most:
        before, last = [*before, last], say.login or say.short
    return (Text(body="\n\n".join(before)), Choices(body=last, options=options, button=opener))


def profile(given: dict[str, str]) -> Contact:
    """Return what a person said of themselves; nobody vouches for it."""
    schemes = {"phone": Scheme.PHONE, "email": Scheme.EMAIL}
    identities = tuple(Identity(scheme=scheme, value=given[one]) for one, scheme in schemes.items() if one in given)
    return Contact(name=given.get("name", ""), identities=identities)
