"""What the bot does about what it hears: pure, from the settings, its memory, the event and the time."""

from __future__ import annotations

from datetime import datetime

import attrs

from connectors.responder import collecting, handing, hours, phrases, survey, taps, topics, wanting
from connectors.responder.memory import Memory
from connectors.responder.reading import known_of, name_of, read
from connectors.responder.turn import Answer, Say, Turn
from connectors.responder.values import ResponderSettings
from connectors_core.model import Contact, Handover, Link, Message, MessageRef, Origin


def heard(settings: ResponderSettings, memory: Memory, message: Message, now: datetime) -> tuple[Memory, list[Answer]]:
    """Return what is remembered after a message, and what is answered."""
    if message.origin is not Origin.CONTACT or message.echo is not None:
        return memory, []
    memory, said = _learn(settings, memory, message.profile), read(message)
    if said.nothing:
        return memory, []
    if message.standby:
        # Somebody else has the conversation.
        return attrs.evolve(memory, human=True, seen_at=now.timestamp(), asked="", again=False, then=""), []
    if said.comment:
        return memory, _in_public(Turn(settings, memory, now, said), message.ref)
    if memory.passed_at is not None and message.at.timestamp() < memory.passed_at:
        # Written before the conversation was passed on: it is for whoever has it now.
        return memory, []
    turn = Turn(settings, memory, now, said)
    _open(turn)
    if not survey.take(turn) and not collecting.take(turn):
        turn.wish()
        topics.take(turn)
    turn.remember(seen_at=now.timestamp())
    found = turn.answers()
    return turn.memory, found


def moved(
    settings: ResponderSettings, memory: Memory, handover: Handover, own: str, now: datetime
) -> tuple[Memory, list[Answer]]:
    """Return what is remembered after the conversation has moved, and what is said; `own` is the endpoint's name."""
    memory = _learn(settings, memory, handover.profile)
    if handover.new_owner != own:
        return attrs.evolve(memory, human=True, asked="", again=False, then=""), []
    memory = attrs.evolve(memory, passed_at=None)
    if not handover.resolved:
        # It fell back by itself, and nobody asked anything.
        return memory, []
    turn = Turn(settings, attrs.evolve(memory, human=False, wishes=(), misses=0), now)
    survey.begin(turn)
    turn.remember(seen_at=now.timestamp())
    found = turn.answers()
    return turn.memory, found


def told(settings: ResponderSettings, memory: Memory, link: Link, now: datetime) -> tuple[Memory, list[Answer]]:  # noqa: ARG001
    """Return what is remembered after a person was linked, or came to have another name; nothing is said to it."""
    return _learn(settings, memory, link.profile), []


def _learn(settings: ResponderSettings, memory: Memory, profile: Contact | None) -> Memory:
    """Keep what a channel tells of the person; what they chose themselves stays."""
    told = phrases.best(settings, profile.language) if profile and profile.language else ""
    return attrs.evolve(
        memory,
        name=name_of(profile) or memory.name,
        language=memory.language if memory.chosen or not told else told,
        known=tuple(dict.fromkeys((*memory.known, *known_of(profile)))),
    )


def _open(turn: Turn) -> None:
    """Greet at the start and after a pause; say then, and after a human, who speaks; say once that it is closed."""
    memory, now = turn.memory, turn.now.timestamp()
    first = memory.seen_at is None
    pause = memory.seen_at is not None and now - memory.seen_at > turn.settings.pause.total_seconds()
    turn.opened = first or pause
    if turn.opened or memory.human:
        turn.remember(human=False, asked="", again=False, then="", misses=0, told_unknown=False, wishes=())
        if memory.language == "" and (found := wanting.spoken(turn)):
            turn.remember(language=found, chosen=True)
    state, lines = hours.state(turn.settings.hours, turn.now), []
    if turn.opened:
        lines.append(turn.text("greeting" if first else "again", name=survey.person(turn)))
        if state.is_open:
            lines.append(turn.text("instant"))
    if state.period and state.period != memory.away:
        lines.append(turn.text("away", opens=handing.opening(turn)))
    turn.remember(away=state.period)
    if turn.settings.disclose and (turn.opened or memory.human):
        lines.append(turn.text("disclosure"))
    turn.say(" ".join(line for line in lines if line))


def _in_public(turn: Turn, comment: MessageRef) -> list[Answer]:
    """Answer a public comment in private where it asks a known question: with one message, as platforms allow."""
    question = wanting.wanted(turn).question
    if question is None or turn.memory.human:
        return []
    answer = taps.answer(turn, question)
    return [Say((answer,), about=comment)] if answer else []
