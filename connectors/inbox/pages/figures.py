"""How people are served: response times, resolution and satisfaction, with charts, by day, route and agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import attrs
from starlette.responses import Response

from connectors.inbox.pages.catalogue import Catalogue
from connectors.inbox.pages.visit import Visit
from connectors_core import Figures

PERIODS = (7, 30, 90)
"""Days."""

HEIGHT = 100.0
"""Of a chart, in its own units; a day is `STEP` wide."""
STEP = 10.0


@attrs.frozen(kw_only=True)
class Bar:
    """One day of a chart: `height` and `part` of it in the chart's units, and the words that say what it shows."""

    x: float
    height: float
    part: float
    title: str


@attrs.frozen(kw_only=True)
class Chart:
    """Bars for days; `most` is what the highest stands for."""

    title: str
    bars: list[Bar]
    most: str
    width: float


def show(visit: Visit) -> Response:
    """Show the figures of the last days."""
    days = next((one for one in PERIODS if str(one) == visit.ask("days")), PERIODS[0])
    told = {by: list(visit.desk.door.figures(days, by, visit.zone)) for by in ("day", "route", "agent")}
    whole = told["day"][0]
    by_day = {one.name: one for one in told["day"][1:]}
    first = visit.now.date() - timedelta(days=days - 1)
    shown = [by_day.get(day.isoformat(), Figures(name=day.isoformat())) for day in _days(first, days)]
    return visit.page(
        "figures.html",
        days=days,
        periods=PERIODS,
        whole=whole,
        charts=[_cases(shown, visit.words), _responses(shown, visit.words)],
        tables=[(title, told[by][1:]) for title, by in (("By route", "route"), ("By agent", "agent"))],
        span=lambda seconds: span(seconds, visit.words),
        share=share,
    )


def _days(first: date, count: int) -> Sequence[date]:
    return [first + timedelta(days=number) for number in range(count)]


def _cases(days: Sequence[Figures], words: Catalogue) -> Chart:
    most = max((one.cases for one in days), default=0)
    bars = [
        Bar(
            x=number * STEP,
            height=_height(one.cases, most),
            part=_height(one.resolved, most),
            title=f"{one.name}: {words('{n} conversations, {m} resolved', n=one.cases, m=one.resolved)}",
        )
        for number, one in enumerate(days)
    ]
    return Chart(title="Conversations a day", bars=bars, most=str(most), width=len(days) * STEP)


def _responses(days: Sequence[Figures], words: Catalogue) -> Chart:
    most = max((one.response or 0.0 for one in days), default=0.0)
    bars = [
        Bar(
            x=number * STEP,
            height=_height(one.response or 0.0, most),
            part=0.0,
            title=f"{one.name}: {span(one.response, words)}",
        )
        for number, one in enumerate(days)
    ]
    return Chart(title="Response time a day", bars=bars, most=span(most or None, words), width=len(days) * STEP)


def _height(value: float, most: float) -> float:
    return round(value / most * HEIGHT, 2) if most else 0.0


def span(seconds: float | None, words: Catalogue) -> str:
    """Return a duration in its greatest unit, a dash for none."""
    if seconds is None:
        return "-"
    for size, unit in ((86400.0, "{n} d"), (3600.0, "{n} h"), (60.0, "{n} min")):
        if seconds >= size:
            return words(unit, n=f"{seconds / size:.1f}".removesuffix(".0"))
    return words("{n} s", n=round(seconds))


def share(value: float | None) -> str:
    """Return a share in percent, a dash for none."""
    return "-" if value is None else f"{value:.0%}"


def score(survey: Any) -> str:
    """Return what people think: percent, or points for nps."""
    return f"{survey.score * 100:+.0f}" if survey.kind == "nps" else share(survey.score)
