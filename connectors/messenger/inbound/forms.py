"""What people answered: surveys, thumbs on an answer, and forms inside the chat."""

from __future__ import annotations

from connectors.meta.messaging.inbound import Piece
from connectors_core import Malformed
from connectors_core.model import Choice, ChoiceKind, Event, Feedback, Part, wire
from connectors_core.model.wire import Json

_BESIDE = frozenset(("message", "postback", "referral"))


def feedback(piece: Piece, name: str) -> list[Event]:
    """Read the answers to a survey, each question by its id; all of one survey are one message."""
    # as in "messaging_feedback": {"feedback_screens": [{"screen_id": 0, "questions": {"q1": {"type": "csat",
    #  "payload": "5", "follow_up": {"type": "free_form", "payload": "Well done"}}}}]}
    data = wire.needed(piece.data, name)
    parts: list[Part] = []
    for screen in wire.items(data, "feedback_screens"):
        questions = wire.obj(screen, "questions")
        given = ((question, wire.obj(questions, question)) for question in questions)
        parts += [_answer(question, said) for question, said in given if "payload" in said]
    if not parts:
        raise Malformed("the feedback has no answers")
    return [piece.message(parts=parts, **piece.nameless(name))]


def _answer(question: str, data: Json) -> Feedback:
    said = wire.text(data, "payload")
    kind = wire.text(data, "type") or "unknown"
    scored = said.isdecimal() and len(said) < 9
    comment = wire.text(wire.obj(data, "follow_up"), "payload")
    return Feedback(
        kind=kind,
        score=float(said) if scored else None,
        text=comment or ("" if scored else said),
        answers={question: said},
    )


def response(piece: Piece, name: str) -> list[Event]:
    """Read what a person thinks of one answer of a bot."""
    # as in "response_feedback": {"feedback": "Good response", "mid": "m_1"}
    data = wire.needed(piece.data, name)
    part = Feedback(kind="response", text=wire.text(data, "feedback"), message=piece.ref(wire.text(data, "mid")))
    return [piece.message(parts=(part,), **piece.nameless(name))]


def customer_information(piece: Piece, name: str) -> list[Event]:
    """Read a form with the person's address and numbers; `answers` has every field of every screen by its key."""
    # as in "messaging_customer_information": {"screens": [{"screen_id": "Add address", "responses": [
    #  {"key": "country", "value": "US"}]}]}
    data = wire.needed(piece.data, name)
    screens = wire.items(data, "screens")
    answers: dict[str, object] = {
        wire.text(row, "key"): row.get("value")
        for screen in screens
        for row in wire.items(screen, "responses")
        if row.get("key")
    }
    title = wire.text(screens[0], "screen_id") if screens else ""
    part = Choice(title=title, kind=ChoiceKind.FLOW, answers=answers)
    return [piece.message(parts=(part,), **piece.nameless(name))]


def instant(piece: Piece, name: str) -> list[Event]:
    """Read the answers to an instant form: its id, and whatever came with it (MP/changelog, 2026).

    Beside a message or an arrival it says where that came from, and stands in its `extra`.
    """
    data = wire.needed(piece.data, name)
    if not piece.data.keys().isdisjoint(_BESIDE):
        return []
    answers = {key: value for key, value in data.items() if key != "id"}
    part = Choice(payload=wire.text(data, "id"), kind=ChoiceKind.FLOW, answers=answers)
    return [piece.message(parts=(part,), **piece.nameless(name))]
