"""`connectors report`: how soon people are answered, how it ends, and what they think of it."""

from __future__ import annotations

from typing import Any

import attrs
import click

from connectors_core.cli import tables
from connectors_core.cli.opening import known_endpoint, opened_gateway
from connectors_core.operating import serving
from connectors_core.service import DIMENSIONS, Figures, Survey

COLUMNS = ["cases", "resolved", "first response", "response", "rate", "waiting", "resolution", "satisfaction"]


@click.command("report")
@click.option("--days", type=click.IntRange(1, serving.LONGEST), default=7, show_default=True, help="The last so many.")
@click.option("--by", type=click.Choice(DIMENSIONS), default="route", show_default=True, help="What to tell them by.")
@click.option("--channel", "channels", multiple=True, metavar="ENDPOINT", help="Only this channel; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list: times in seconds, shares from 0 to 1.")
@click.pass_context
def command(ctx: click.Context, days: int, by: str, channels: tuple[str, ...], *, as_json: bool) -> None:
    """Show response times, response rate, resolution and satisfaction, of all and by route, agent or day.

    An answer counts when it went out, within 24 hours of the question. `*` at the rate: it would do for Meta's badge,
    which asks for 90 % and 15 minutes.
    """
    with opened_gateway(ctx) as gateway:
        for name in channels:
            known_endpoint(gateway.settings, name)
        found = serving.report(gateway, days=days, by=by, channels=channels or None)
    if as_json:
        rows = [{by: one.name, **_plain(one)} for one in found]
    else:
        rows = [{by: one.name or "all", **_words(one)} for one in found]
    tables.show(rows, [by, *COLUMNS], as_json=as_json)


def _plain(one: Figures) -> dict[str, Any]:
    found = attrs.asdict(one)
    del found["name"]
    return {**found, "rate": one.rate, "badge": one.badge}


def _words(one: Figures) -> dict[str, Any]:
    rate = "" if one.rate is None else f"{one.rate:.0%}{' *' if one.badge else ''}"
    return {
        "cases": one.cases,
        "resolved": one.resolved,
        "first response": span(one.first),
        "response": span(one.response),
        "rate": rate,
        "waiting": one.waiting,
        "resolution": span(one.resolution),
        "satisfaction": ", ".join(map(_survey, one.surveys)),
    }


def _survey(one: Survey) -> str:
    score = f"{one.score * 100:+.0f}" if one.kind == "nps" else f"{one.score:.0%}"
    return f"{one.kind} {score} of {one.count}"


def span(seconds: float | None) -> str:
    """Return a duration in its two greatest units."""
    if seconds is None:
        return ""
    whole = round(seconds)
    units = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
    parts: list[str] = []
    for size, name in units:
        if whole >= size or (size == 1 and not parts):
            parts.append(f"{whole // size} {name}")
            whole %= size
    return " ".join(parts[:2])
