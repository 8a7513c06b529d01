"""Service figures: how soon people are answered, how it ends, and what they think of it. Pure.

The badge of Meta for pages that answer quickly asks for a response rate of 90 % and a response time of 15 minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from statistics import median
from typing import Any

import attrs

BADGE_RATE = 0.9
BADGE_SECONDS = 900.0
ANSWERED_WITHIN = 86400.0
"""Seconds after which an answer comes too late to count as one; before that, who waits still waits."""

DIMENSIONS = ("route", "agent", "day")
"""What figures can be told by."""


@attrs.frozen(kw_only=True)
class Survey:
    """What people answered to one kind of question: `score` is the share of the satisfied, for nps from -1 to 1."""

    kind: str
    count: int
    score: float
    mean: float


@attrs.frozen(kw_only=True)
class Figures:
    """The figures of one route, agent or day; `name` is "" for all. Times in seconds, None where nothing is known.

    `cases`: matters that began; `resolved`: of them, settled; `resolution`: their median duration. `asked`: questions;
    `answered`: in time; `waiting`: people who still may be answered in time. `response` and `slowest`: the median, and
    what nine of ten are quicker than. `first` and `first_human`: medians of the first answer of a case.
    """

    name: str
    cases: int = 0
    resolved: int = 0
    resolution: float | None = None
    asked: int = 0
    answered: int = 0
    waiting: int = 0
    response: float | None = None
    slowest: float | None = None
    first: float | None = None
    first_human: float | None = None
    surveys: tuple[Survey, ...] = ()

    @property
    def rate(self) -> float | None:
        """The share of questions that were answered in time."""
        return self.answered / self.asked if self.asked else None

    @property
    def badge(self) -> bool:
        """Whether these would do for Meta's badge."""
        quick = self.response is not None and self.response <= BADGE_SECONDS
        return quick and self.rate is not None and self.rate >= BADGE_RATE


@attrs.frozen(kw_only=True)
class Ledger:
    """What the store has of a period: rows of cases, of answers to what was asked in it, and of ratings."""

    cases: Sequence[Any]
    answers: Sequence[Any]
    ratings: Sequence[Any]


def figures(ledger: Ledger, by: str, now: float, zone: tzinfo = UTC) -> list[Figures]:
    """Return the figures of all, and then those of each route, agent or day, in the order of their names."""
    whole = [_of("", ledger, now)]
    name = _NAMES[by](zone)
    groups: dict[str, tuple[list[Any], list[Any], list[Any]]] = {}
    for place, (rows, when) in enumerate(
        ((ledger.cases, "opened_at"), (ledger.answers, "asked_at"), (ledger.ratings, "at"))
    ):
        for row in rows:
            groups.setdefault(name(row, when), ([], [], []))[place].append(row)
    parts = [(one, Ledger(cases=c, answers=a, ratings=r)) for one, (c, a, r) in sorted(groups.items())]
    return whole + [_of(one, part, now) for one, part in parts]


Name = Callable[[Any, str], str]


def _route(_zone: tzinfo) -> Name:
    return lambda row, _when: f"{row.channel} → {row.responder or '-'}"


def _agent(_zone: tzinfo) -> Name:
    return lambda row, _when: row.agent or row.responder or "-"


def _day(zone: tzinfo) -> Name:
    return lambda row, when: datetime.fromtimestamp(getattr(row, when), zone).date().isoformat()


_NAMES: dict[str, Callable[[tzinfo], Name]] = {"route": _route, "agent": _agent, "day": _day}


def _of(name: str, ledger: Ledger, now: float) -> Figures:
    waits = [row.answered_at - row.asked_at for row in ledger.answers]
    open_ = [now - row.asked_at for row in ledger.cases if row.asked_at is not None]
    late = [wait for wait in open_ if wait > ANSWERED_WITHIN]
    settled = [row for row in ledger.cases if row.resolved]
    return Figures(
        name=name,
        cases=len(ledger.cases),
        resolved=len(settled),
        resolution=_median(row.ended_at - row.opened_at for row in settled),
        asked=len(waits) + len(late),
        answered=sum(wait <= ANSWERED_WITHIN for wait in waits),
        waiting=len(open_) - len(late),
        response=_median(waits),
        slowest=sorted(waits)[int(len(waits) * 0.9)] if waits else None,
        first=_median(row.first_at - row.opened_at for row in ledger.cases if row.first_at is not None),
        first_human=_median(row.human_at - row.opened_at for row in ledger.cases if row.human_at is not None),
        surveys=tuple(_surveys(ledger.ratings)),
    )


def _median(values: Iterable[float]) -> float | None:
    known = list(values)
    return median(known) if known else None


def _surveys(ratings: Sequence[Any]) -> Iterable[Survey]:
    for kind, score in _SCORES.items():
        found = [row.score for row in ratings if row.kind == kind]
        if found:
            yield Survey(kind=kind, count=len(found), score=score(found), mean=sum(found) / len(found))


def _share(scores: Sequence[float], good: Callable[[float], bool]) -> float:
    return sum(map(good, scores)) / len(scores)


_SCORES: dict[str, Callable[[Sequence[float]], float]] = {
    # Of five: four and five are satisfied. Of ten: promoters less detractors. Of seven: five to seven found it easy.
    "csat": lambda scores: _share(scores, lambda score: score >= 4),
    "nps": lambda scores: _share(scores, lambda score: score >= 9) - _share(scores, lambda score: score <= 6),
    "ces": lambda scores: _share(scores, lambda score: score >= 5),
}


def of_case(row: Any, rating: Any = None) -> dict[str, Any]:
    """Return what mapping rules read of the last case of a conversation: whole seconds, and ISO 8601 in UTC."""
    if row is None:
        return {}
    found = {
        "opened_at": _moment(row.opened_at),
        "waiting_since": _moment(row.asked_at),
        "first_response": None if row.first_at is None else round(row.first_at - row.opened_at),
        "first_human_response": None if row.human_at is None else round(row.human_at - row.opened_at),
        "resolved_at": _moment(row.ended_at) if row.resolved else None,
        "resolution": round(row.ended_at - row.opened_at) if row.resolved else None,
        "survey": rating.kind if rating is not None else None,
        "satisfaction": rating.score if rating is not None else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
