"""When it is open, and when it opens again."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import responders

from connectors.responder import hours


def state(now, zone="Europe/Berlin", **table):
    """Return whether it is open at `now`, and when it opens as its own clock shows."""
    found = hours.state(responders.settings(hours={"time_zone": zone, **table}).hours, now)
    return found.is_open, found.opens.strftime("%a %d %H:%M") if found.opens else None


def utc(*parts):
    """Return a time of the year 2026."""
    return datetime(2026, *parts, tzinfo=UTC)


WEEK = {"weekdays": ["09:00-12:00", "13:00-18:00"]}


def test_without_hours_people_always_answer():
    """No setting, no closing."""
    assert hours.state(None, utc(3, 2)).is_open


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (utc(3, 2, 7, 59), (False, "Mon 02 09:00")),
        (utc(3, 2, 8), (True, None)),
        (utc(3, 2, 10, 59), (True, None)),
        (utc(3, 2, 11), (False, "Mon 02 13:00")),
        (utc(3, 2, 17), (False, "Tue 03 09:00")),
        (utc(3, 6, 17), (False, "Mon 09 09:00")),
    ],
)
def test_the_clock_of_the_business_counts(now, found):
    """Berlin is an hour ahead in winter; the end of a range is closed."""
    assert state(now, **WEEK) == found


def test_a_night_belongs_to_the_day_on_which_it_begins():
    """A bar that opens on Friday evening is open early on Saturday."""
    bar = {"friday": ["20:00-03:00"]}
    assert state(utc(3, 7, 1, 30), **bar) == (True, None)
    assert state(utc(3, 7, 2), **bar) == (False, "Fri 13 20:00")


def test_a_whole_day_may_be_open():
    """From midnight to midnight, day after day."""
    always = {"weekdays": ["00:00-24:00"], "saturday": ["00:00-24:00"], "sunday": ["00:00-24:00"]}
    assert all(state(utc(3, day, hour, 0), **always)[0] for day in range(1, 9) for hour in (0, 12, 22, 23))


def test_a_holiday_is_closed_and_so_are_those_after_it():
    """The next opening is on the first day of work."""
    closed = {**WEEK, "holidays": ["2026-12-24..2026-12-26", "12-31..01-01"]}
    assert state(utc(12, 24, 10), **closed) == (False, "Mon 28 09:00")
    assert state(utc(12, 31, 10), **closed) == (False, "Mon 04 09:00")


def test_a_yearly_holiday_returns():
    """Whatever the year; the 29th of February, too."""
    may = {"time_zone": "UTC", "weekdays": ["09:00-17:00"], "holidays": ["05-01", "02-29"]}
    found = responders.settings(hours=may).hours
    assert [hours.state(found, datetime(year, 5, 1, 10, tzinfo=UTC)).is_open for year in (2026, 2028)] == [False] * 2
    assert not hours.state(found, datetime(2028, 2, 29, 10, tzinfo=UTC)).is_open


def test_summer_time_moves_the_opening():
    """On the 29th of March 2026 clocks in Berlin go forward: nine o'clock is an hour earlier for the world."""
    sundays = {"sunday": ["09:00-12:00"], "saturday": ["09:00-12:00"]}
    assert state(utc(3, 28, 7, 30), **sundays) == (False, "Sat 28 09:00")
    assert state(utc(3, 29, 7, 30), **sundays) == (True, None)


def test_the_hour_that_comes_twice_is_open_twice():
    """On the 25th of October 2026 the clock shows half past two at two moments."""
    night = {"saturday": ["22:00-02:45"]}
    assert state(utc(10, 25, 0, 30), **night) == (True, None)
    assert state(utc(10, 25, 1, 30), **night)[0] is False


def test_who_never_opens_says_no_day():
    """A year of holidays has no end in sight."""
    found = hours.state(
        responders.settings(hours={"time_zone": "UTC", **WEEK, "holidays": ["01-01..12-31"]}).hours, utc(3, 2)
    )
    assert (found.is_open, found.opens, found.period) == (False, None, hours.NEVER)


def test_a_closed_period_has_one_name():
    """However often it is looked at; the next one has another."""
    found = responders.settings(hours={"time_zone": "Europe/Berlin", **WEEK}).hours
    names = [hours.state(found, utc(3, *moment)).period for moment in ((2, 18), (3, 3), (3, 18))]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize(
    ("language", "now", "said"),
    [
        ("en", utc(3, 3, 6), ("today", "Tuesday", "9:00 AM")),
        ("de", utc(3, 2, 18), ("tomorrow", "Dienstag", "09:00")),
        ("fr", utc(3, 1, 12), ("on", "mardi", "09:00")),
        ("es", utc(2, 20, 12), ("on", "martes 3 de marzo", "9:00")),
        ("zz", utc(3, 3, 6), ("today", "Tuesday", "9:00 AM")),
    ],
)
def test_the_opening_is_said_as_people_say_it(language, now, said):
    """In their language; an unknown one is said in English."""
    opens = datetime(2026, 3, 3, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    found = hours.spoken(opens, now, language)
    assert (found.when, found.day, found.time.replace("\u202f", " ")) == said


def test_tomorrow_is_that_of_the_business():
    """At eleven in the evening in London it is tomorrow in Berlin already."""
    opens = datetime(2026, 3, 3, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert hours.spoken(opens, utc(3, 2, 23, 30), "en").when == "today"
