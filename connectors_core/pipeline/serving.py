"""Keeping how people are served: when they asked, who answered and when, how it ended, what they thought of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from connectors_core.model import (
    NATIVE_APP,
    Activity,
    Choice,
    Event,
    Feedback,
    Handover,
    Message,
    Origin,
    Reaction,
    Revision,
)
from connectors_core.pipeline.people import Entry
from connectors_core.pipeline.receipts import NextId
from connectors_core.store import figures

SILENCE = 3 * 86400.0
"""Seconds after which what a person writes is another matter; and what is older when it comes is history."""

AFTERWARDS = 3600.0
"""Seconds after the end of a matter in which a tap belongs to it: an answer to the survey, for example."""

_ASKED, _ANSWERED, _SETTLED, _RATED = "asked", "answered", "settled", "rated"
_RATINGS = frozenset(("csat", "nps", "ces"))


@attrs.frozen(kw_only=True)
class Step:
    """One thing that happened in a conversation. `at`: Unix seconds."""

    kind: str
    conversation: int
    channel: str
    at: float
    responder: str = ""
    agent: str = ""
    origin: str = ""
    rating: str = ""
    score: float = 0.0
    tap: bool = False
    """Only something that was offered was tapped."""


def steps_of(entry: Entry, now: float) -> list[Step]:
    """Return what an event that arrived says of how a person is served; history says nothing."""
    event = entry.event
    if entry.conversation_id is None or not entry.home or event.at.timestamp() < now - SILENCE:
        return []
    base: dict[str, Any] = {"conversation": entry.conversation_id, "channel": entry.home}
    base["at"] = min(event.at.timestamp(), now)
    if isinstance(event, Handover) and event.resolved and event.endpoint != entry.home:
        return [Step(kind=_SETTLED, responder=event.endpoint, **base)]
    if isinstance(event, Message) and event.origin is Origin.NATIVE_APP and event.echo is not None:
        return [Step(kind=_ANSWERED, responder=NATIVE_APP, origin=NATIVE_APP, **base)]
    if not isinstance(event, Message) or event.origin is not Origin.CONTACT:
        return []
    found = [
        Step(kind=_RATED, rating=part.kind, score=part.score, **base)
        for part in event.parts
        if isinstance(part, Feedback) and part.score is not None and part.kind in _RATINGS
    ]
    if event.endpoint == entry.home and asks(event):
        tap = all(isinstance(part, Choice) for part in event.parts)
        found.append(Step(kind=_ASKED, tap=tap, **base))
    return found


def asks(message: Message) -> bool:
    """Whether a message wants an answer: words, files, taps; no sign of life, and no answer to a survey."""
    return any(not isinstance(part, Activity | Reaction | Revision | Feedback) for part in message.parts)


def answered(row: Any, message: Event, at: float) -> Step | None:
    """Return that an answer went out at `at`: that of a bot or an agent, not what was sent to many."""
    if row.piece != 1 or not isinstance(message, Message) or not asks(message):
        return None
    if message.origin not in (Origin.AGENT, Origin.BOT):
        return None
    agent = message.author.name if message.author else ""
    base: dict[str, Any] = {"conversation": row.conversation_id, "channel": row.target, "at": at}
    return Step(kind=_ANSWERED, responder=row.source, agent=agent, origin=message.origin, **base)


def keep(db: Any, steps: Sequence[Step], next_id: NextId) -> None:
    """Store what happened, in its order."""
    if not steps:
        return
    book = _Book(db, next_id, {row.conversation_id: row._asdict() for row in _open(db, steps)})
    for step in steps:
        book.note(step)
    figures.change(db, ((one["id"], one) for one in book.changed.values() if one["id"] not in book.new))
    figures.open_new(db, list(book.new.values()))
    figures.add_answers(db, book.answers)
    figures.add_ratings(db, book.ratings)


def _open(db: Any, steps: Sequence[Step]) -> Iterable[Any]:
    return figures.open_cases(db, {step.conversation for step in steps}).values()


@attrs.define
class _Book:
    """The open cases of some conversations, and what has to be written."""

    db: Any
    next_id: NextId
    open: dict[int, dict[str, Any]]
    new: dict[int, dict[str, Any]] = attrs.field(factory=dict)
    changed: dict[int, dict[str, Any]] = attrs.field(factory=dict)
    answers: list[dict[str, Any]] = attrs.field(factory=list)
    ratings: list[dict[str, Any]] = attrs.field(factory=list)

    def note(self, step: Step) -> None:
        """Let one step change what is known."""
        case = self.open.get(step.conversation)
        if step.kind == _ASKED:
            self._asked(case, step)
        elif case is not None and step.kind == _ANSWERED:
            self._answered(case, step)
        elif case is not None and step.kind == _SETTLED:
            self._end(case, step.at, resolved=True)
        elif step.kind == _RATED:
            self._rated(case, step)

    def _asked(self, case: dict[str, Any] | None, step: Step) -> None:
        if case is not None and step.at - case["last_at"] > SILENCE:
            self._end(case, case["last_at"], resolved=False)
            case = None
        if case is None and step.tap and step.at - self._last(step.conversation).get("ended_at", 0.0) < AFTERWARDS:
            return
        if case is None:
            self._begin(step)
        elif case["asked_at"] is None:
            self._change(case, asked_at=step.at, last_at=step.at)

    def _last(self, conversation: int) -> dict[str, Any]:
        """Return the last case of a conversation that has no open one."""
        known = [case for case in self.changed.values() if case["conversation_id"] == conversation]
        if known:
            return known[-1]
        row = figures.last_case(self.db, conversation)
        return row._asdict() if row is not None else {}

    def _begin(self, step: Step) -> None:
        case: dict[str, Any] = {
            "id": self.next_id(),
            "conversation_id": step.conversation,
            "channel": step.channel,
            "opened_at": step.at,
            "asked_at": step.at,
            "first_at": None,
            "human_at": None,
            "responder": "",
            "agent": "",
            "last_at": step.at,
            "ended_at": None,
            "resolved": False,
        }
        self.open[step.conversation] = self.new[case["id"]] = case

    def _answered(self, case: dict[str, Any], step: Step) -> None:
        at = max(step.at, case["asked_at"] or step.at)
        if case["asked_at"] is not None:
            row = {"id": self.next_id(), "case_id": case["id"], "asked_at": case["asked_at"], "answered_at": at}
            who = {"responder": step.responder, "agent": step.agent, "origin": step.origin}
            self.answers.append({**row, "channel": step.channel, **who})
        human = step.origin != Origin.BOT
        self._change(
            case,
            asked_at=None,
            first_at=case["first_at"] or at,
            human_at=case["human_at"] or (at if human else None),
            responder=step.responder,
            agent=step.agent,
            last_at=at,
        )

    def _rated(self, case: dict[str, Any] | None, step: Step) -> None:
        about = case or self._last(step.conversation)
        who = {"responder": about.get("responder", ""), "agent": about.get("agent", "")}
        what = {"kind": step.rating, "score": step.score, "at": step.at}
        row = {"id": self.next_id(), "case_id": about.get("id", 0), "channel": step.channel}
        self.ratings.append({**row, **who, **what})

    def _end(self, case: dict[str, Any], at: float, *, resolved: bool) -> None:
        self._change(case, ended_at=at, resolved=resolved, asked_at=None if resolved else case["asked_at"])
        del self.open[case["conversation_id"]]

    def _change(self, case: dict[str, Any], **values: Any) -> None:
        case |= values
        self.changed[case["id"]] = case
