"""The page with the service figures: tiles, charts by day, tables by route and agent."""

import re
from datetime import UTC, datetime, timedelta

import inboxes

from connectors.inbox.pages.catalogue import Catalogue
from connectors.inbox.pages.figures import span
from connectors_core import Figures
from connectors_core.service import Survey

CSAT = Survey(kind="csat", count=8, score=0.75, mean=4.1)


def served(**more):
    """Return figures."""
    known = {
        "cases": 12,
        "resolved": 9,
        "asked": 20,
        "answered": 19,
        "waiting": 1,
        "response": 300.0,
        "surveys": (CSAT,),
    }
    return Figures(**{"name": "", **known, **more})


def test_the_page_says_how_people_are_served(ann, door):
    """Rate, median, badge, satisfaction, and what is told by route and agent."""
    door.served = {
        "day": [served()],
        "route": [served(), served(name="shop → inbox")],
        "agent": [served(), served(name="Ann", surveys=())],
    }
    page = inboxes.visible(ann.get("/figures").text)
    for words in (
        "95%",
        "5 min",
        "9 / 12",
        "75%",
        "8 answers",
        "Quick enough for the badge of Meta",
        "shop → inbox",
        "Ann",
    ):
        assert words in page


def test_every_day_of_the_period_has_its_place(ann, door):
    """One without anything too; the bars say in words what they show."""
    today = datetime.now(UTC).date()
    door.served = {
        "day": [served(), served(name=today.isoformat()), served(name=str(today - timedelta(days=3)), cases=6)]
    }
    page = ann.get("/figures?days=30").text
    cases, responses = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    assert cases.count("<g>") == responses.count("<g>") == 30
    assert f"<title>{today.isoformat()}: 12 conversations, 9 resolved</title>" in cases
    assert re.search(r'x="291.0" y="0.0" width="8" height="100.0"', cases)
    assert door.asked[0] == 30


def test_nothing_known_is_shown_as_that(ann, door):
    """An inbox of today has no figures, and no badge."""
    page = inboxes.visible(ann.get("/figures?days=nonsense").text)
    assert "The badge of Meta asks for 90 %" in page
    assert "Nothing here." in page
    assert door.asked[0] == 7


def test_a_name_is_text_and_nothing_else(ann, door):
    """Whatever an agent is called."""
    door.served = {"agent": [served(), served(name="<script>alert(1)</script>")]}
    assert "<script>alert" not in ann.get("/figures").text


def test_durations_in_their_greatest_unit():
    """As people say them."""
    english = Catalogue("en")
    said = [span(seconds, english) for seconds in (None, 0.4, 59, 90, 3600, 5400, 172800)]
    assert said == ["-", "0 s", "59 s", "1.5 min", "1 h", "1.5 h", "2 d"]
