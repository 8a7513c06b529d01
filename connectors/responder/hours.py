"""Whether the business is open, and when it opens again: by the clock of its own time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import attrs
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta

from connectors.responder.values import Hours

NEVER = "for ever"
"""The name of a closed period without an end."""
_FARTHEST = 400
"""Days that are looked ahead for the next opening."""


@attrs.frozen
class State:
    """`opens`: when it opens again, by its own clock; None while it is open, or where no opening is in sight."""

    is_open: bool
    opens: datetime | None = None

    @property
    def period(self) -> str:
        """What the closed period is called, "" while it is open."""
        if self.is_open:
            return ""
        return self.opens.astimezone(UTC).isoformat() if self.opens else NEVER


def state(hours: Hours | None, now: datetime) -> State:
    """Return whether people answer at `now`; without hours they always do."""
    if hours is None:
        return State(True)
    today = now.astimezone(hours.zone).date()
    # What began yesterday may last beyond midnight.
    for start, end in _ranges(hours, today - timedelta(days=1)):
        # Two times of one zone are compared by their clocks alone, which an hour of the year shows twice.
        if end.astimezone(UTC) <= now.astimezone(UTC):
            continue
        return State(True) if start.astimezone(UTC) <= now.astimezone(UTC) else State(False, start)
    return State(False)


def _ranges(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield the openings from `day` on, in their order."""
    for number in range(_FARTHEST):
        this = day + timedelta(days=number)
        if any(holiday.includes(this) for holiday in hours.holidays):
            continue
        for start, end in hours.days[this.weekday()]:
            yield _moment(hours, this, start), _moment(hours, this, end)


def _moment(hours: Hours, day: date, minutes: int) -> datetime:
    over, rest = divmod(minutes, 24 * 60)
    day += timedelta(days=over)
    return datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=hours.zone)


@attrs.frozen
class Moment:
    """A time as people say it: how far away (`today`, `tomorrow`, `on`), the name of the day, the time of the day."""

    when: str
    day: str
    time: str


def spoken(opens: datetime, now: datetime, language: str) -> Moment:
    """Return `opens` in words of a language."""
    locale, day = _locale(language), opens.date()
    away = (day - now.astimezone(opens.tzinfo).date()).days
    when = {0: "today", 1: "tomorrow"}.get(away, "on")
    name = format_date(day, "EEEE", locale)
    if away >= 7:
        # The name alone would be taken for a day of this week.
        name = f"{name} {format_skeleton('MMMMd', opens, locale=locale)}"
    return Moment(when, name, format_time(opens, "short", locale=locale, tzinfo=opens.tzinfo))


def duration(length: timedelta, language: str) -> str:
    """Return how long something takes in words of a language, in its greatest unit: `2 hours`."""
    return format_timedelta(length, granularity="minute", locale=_locale(language))


def own_name(language: str) -> str:
    """Return what a language is called by those who speak it."""
    return (_locale(language).get_language_name() or language).capitalize()


def _locale(language: str) -> Locale:
    for code in (language, language.partition("-")[0], "en"):
        try:
            return Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
