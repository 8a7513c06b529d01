"""Service figures from rows: medians, rates, the badge, and what people think."""

from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from connectors_core.service import Ledger, figures, of_case

NOW = 1_800_000_000.0
HOUR = 3600.0


def case(opened, *, first=None, human=None, ended=None, asked=None, **more):
    """Return a case: all times in seconds before now."""
    moments = {"opened_at": opened, "first_at": first, "human_at": human, "ended_at": ended, "asked_at": asked}
    found = {key: None if value is None else NOW - value for key, value in moments.items()}
    return SimpleNamespace(
        **found, **{"resolved": ended is not None, "channel": "shop", "responder": "desk", "agent": "Ann", **more}
    )


def answer(asked, took, **more):
    """Return an answer to what was asked so many seconds ago."""
    at = NOW - asked
    who = {"channel": "shop", "responder": "desk", "agent": "Ann", **more}
    return SimpleNamespace(asked_at=at, answered_at=at + took, **who)


def rating(kind, score, **more):
    """Return what somebody thought."""
    who = {"channel": "shop", "responder": "desk", "agent": "Ann", **more}
    return SimpleNamespace(kind=kind, score=score, at=NOW, **who)


def of(cases=(), answers=(), ratings=(), by="route", **options):
    """Return figures."""
    return figures(Ledger(cases=cases, answers=answers, ratings=ratings), by, NOW, **options)


def test_nothing_happened():
    """All is known to be nothing, and no rate is told of it."""
    (whole,) = of()
    assert (whole.cases, whole.asked, whole.rate, whole.response, whole.badge) == (0, 0, None, None, False)


def test_times_are_medians_and_the_slowest_tenth_is_told():
    """One that took a day moves no median."""
    whole = of(answers=[answer(90000, took) for took in (60, 120, 180, 240, 80000)])[0]
    assert (whole.response, whole.slowest) == (180, 80000)


def test_the_badge_asks_for_nine_of_ten_and_a_quarter_of_an_hour():
    """Both, and what is late counts as not answered."""
    quick = [answer(2 * 86400, 600) for _ in range(9)]
    assert of(answers=[*quick, answer(2 * 86400, 90000)])[0].badge
    assert not of(answers=[*quick[:8], answer(2 * 86400, 90000)])[0].badge
    assert not of(answers=[answer(2 * 86400, 901)])[0].badge


def test_who_waits_is_not_unanswered_before_a_day_is_over():
    """Then it counts against the rate."""
    whole = of(cases=[case(HOUR, asked=HOUR), case(30 * HOUR, asked=30 * HOUR)], answers=[answer(HOUR, 60)])[0]
    assert (whole.waiting, whole.asked, whole.answered, whole.rate) == (1, 2, 1, 0.5)


def test_first_answers_and_resolutions():
    """That of a bot and that of a human; a case that nobody settled has no duration."""
    whole = of(cases=[case(1000, first=990, human=700, ended=100), case(1000, first=980), case(500)])[0]
    assert (whole.first, whole.first_human, whole.resolved, whole.resolution) == (15, 300, 1, 900)


def test_satisfaction_by_the_kind_of_question():
    """Shares of the satisfied, and promoters less detractors."""
    ratings = [
        *(rating("csat", score) for score in (5, 4, 3, 1)),
        *(rating("nps", score) for score in (10, 9, 8, 3)),
        *(rating("ces", score) for score in (7, 2)),
    ]
    found = {one.kind: (one.count, one.score, one.mean) for one in of(ratings=ratings)[0].surveys}
    assert found == {"csat": (4, 0.5, 3.25), "nps": (4, 0.25, 7.5), "ces": (2, 0.5, 4.5)}


@pytest.mark.parametrize(
    ("by", "names"),
    [("route", ["", "page → -", "shop → bot", "shop → desk"]), ("agent", ["", "-", "Ann", "bot"])],
)
def test_they_are_told_by_route_and_agent(by, names):
    """A bot stands with its own name; what nobody answered, with none."""
    cases = [case(10), case(10, responder="bot", agent=""), case(10, channel="page", responder="", agent="")]
    assert [one.name for one in of(cases, by=by)] == names
    assert of(cases, by=by)[0].cases == 3


def test_a_day_begins_where_people_are():
    """Half an hour before midnight in Berlin is another day than in Auckland."""
    moment = NOW - 1_799_965_800.0  # 2027-01-14 22:30 UTC
    assert of([case(moment)], by="day")[1].name == "2027-01-14"
    assert of([case(moment)], by="day", zone=ZoneInfo("Pacific/Auckland"))[1].name == "2027-01-15"


def test_what_mapping_reads_of_a_case():
    """Whole seconds, and nothing where nothing is known."""
    found = of_case(case(1000, first=990.4, ended=100), rating("csat", 4.0))
    assert found["first_response"] == 10
    assert found["resolution"] == 900
    assert (found["survey"], found["satisfaction"]) == ("csat", 4.0)
    assert "first_human_response" not in found
    assert of_case(None) == {}
