"""What can be tapped under a message."""

from __future__ import annotations

from connectors.responder import hours
from connectors.responder.turn import LANGUAGE, PERSON, QUESTION, SCORE, SKIP, Tap, Turn, payload
from connectors.responder.values import HUMAN, Question

MOST = 10
"""As many as every channel shows with one message (WhatsApp: WA/messages/interactive-list-messages, 2025-12)."""
LONGEST = 20
"""Characters of a title (MP/send-messages/quick-replies, 2026; WA/messages/interactive-reply-buttons, 2025-12)."""

SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
"""The lowest and the highest score of each kind of survey."""


def menu(turn: Turn) -> tuple[Tap, ...]:
    """Return the topics, a person, and, where nobody knows what the person speaks, the languages."""
    topics = [_topic(turn, one) for one in turn.settings.questions if one.menu and one.title]
    found = [*topics, person(turn)]
    if turn.opened and not turn.memory.language:
        others = [one for one in turn.settings.languages if one != turn.language]
        found += [Tap(own_name(one), payload(LANGUAGE, one)) for one in others]
    return tuple(found[:MOST])


def after(turn: Turn, question: Question) -> tuple[Tap, ...]:
    """Return what is offered with the answer to a question."""
    found = []
    for id_ in question.next:
        one = turn.settings.question(id_)
        if id_ == HUMAN:
            found.append(person(turn))
        elif one is not None:
            found.append(_topic(turn, one))
    return tuple(found[:MOST])


def person(turn: Turn) -> Tap:
    """Return the option that brings a person."""
    return Tap(turn.text("human_button"), payload(PERSON))


def skip(turn: Turn) -> tuple[Tap, ...]:
    """Return the option not to answer."""
    return (Tap(turn.text("skip_button"), payload(SKIP)),)


def scores(turn: Turn) -> tuple[Tap, ...]:
    """Return the scores, the lowest first: where a channel shows options as a numbered list, the numbers fit.

    None where there are more than fit under a message: the number is written then.
    """
    kind = turn.settings.survey
    low, high = SCALES[kind]
    if high - low >= MOST:
        return ()
    return tuple(
        Tap(turn.text(f"csat_{n}") if kind == "csat" else str(n), payload(SCORE, str(n))) for n in range(low, high + 1)
    )


def _topic(turn: Turn, question: Question) -> Tap:
    return Tap(title(turn, question), payload(QUESTION, question.id))


def title(turn: Turn, question: Question) -> str:
    """Return what a question is called in the language that is spoken."""
    return question.title.get(turn.language) or question.title.get(turn.settings.language) or question.id


def answer(turn: Turn, question: Question) -> str:
    """Return what a question is answered, "" where a person answers it alone."""
    return question.answer.get(turn.language) or question.answer.get(turn.settings.language, "")


def own_name(language: str) -> str:
    """Return what a language is called by those who speak it, short enough for a title."""
    return hours.own_name(language)[:LONGEST]
