"""What the messaging windows say before a message goes out."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors_core import Policy, Window
from connectors_core.model import Activity, ActivityKind, Decision, Media, MediaKind, Template, Text
from connectors_core.policy.windows import span, verdict

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = Policy(
    windows=(Window(name="customer service", hours=24.0, opens=("message",), beyond=("template",)),),
    source="a page, 2026-11",
)
TEMPLATE = Template(name="order_update", language="en")


def ago(**length):
    """Return a moment before now."""
    return NOW - timedelta(**length)


def test_a_channel_without_windows_allows_everything():
    """Nothing is known that could forbid it."""
    assert verdict(Policy(), Text(body="hi"), None, NOW).allowed


@pytest.mark.parametrize("part", [None, Text(body="hi"), Media(kind=MediaKind.IMAGE), TEMPLATE])
def test_inside_the_window_everything_is_allowed(part):
    """Words, files and templates alike."""
    assert verdict(DAY, part, ago(hours=23, minutes=59), NOW).allowed


def test_an_open_window_tells_when_it_closes():
    """With the rule, in words, and where it is written."""
    found = verdict(DAY, None, ago(hours=1), NOW)
    assert found.deadline == NOW + timedelta(hours=23)
    assert found.reason == "the customer service window is open for another 23 hours"
    assert (found.rule, found.source) == ("customer service window", "a page, 2026-11")


@pytest.mark.parametrize("part", [None, Text(body="hi"), Activity(kind=ActivityKind.TYPING)])
def test_outside_the_window_words_need_a_template(part):
    """The verdict says since when, and what may be done."""
    found = verdict(DAY, part, ago(hours=27), NOW, ["order_update (en)"])
    assert found.decision is Decision.ALLOW_WITH
    assert found.reason == "the customer service window closed 3 hours ago"
    assert found.deadline == ago(hours=3)
    assert found.alternatives == (
        "send an approved template: order_update (en)",
        "wait until the person writes again",
    )


@pytest.mark.parametrize("kind", [ActivityKind.BLOCK, ActivityKind.UNBLOCK])
def test_no_window_counts_for_a_block(kind):
    """Nothing of it reaches the person."""
    assert verdict(DAY, Activity(kind=kind), None, NOW).allowed


def test_a_template_is_allowed_at_any_time():
    """Also to a person who has never written."""
    assert verdict(DAY, TEMPLATE, None, NOW).allowed


def test_the_window_closes_at_its_last_second():
    """Twenty-four hours to the second are too late."""
    assert not verdict(DAY, None, ago(hours=24), NOW).allowed
    assert verdict(DAY, None, ago(hours=24) + timedelta(seconds=1), NOW).allowed


def test_a_person_who_never_wrote_has_opened_no_window():
    """There is no deadline to tell."""
    found = verdict(DAY, None, None, NOW)
    assert (found.decision, found.deadline) == (Decision.ALLOW_WITH, None)
    assert found.reason == "the customer service window has not been opened: the person has not written yet"


def test_a_window_without_a_way_round_denies():
    """What is left is to wait."""
    strict = Policy(windows=(Window(name="standard", hours=24.0, opens=("message",)),))
    found = verdict(strict, TEMPLATE, ago(days=3), NOW)
    assert (found.decision, found.alternatives) == (Decision.DENY, ("wait until the person writes again",))


def test_a_tag_is_named_as_the_way_round():
    """As the manifest has it."""
    tagged = Policy(windows=(Window(name="standard", hours=24.0, opens=("message",), beyond=("HUMAN_AGENT",)),))
    found = verdict(tagged, None, ago(days=3), NOW)
    assert found.alternatives[0] == "send it with HUMAN_AGENT"


def test_of_several_windows_the_longest_counts():
    """Of those that a message opens."""
    two = Policy(
        windows=(
            *DAY.windows,
            Window(name="free entry point", hours=72.0, opens=("ad",)),
            Window(name="lead", hours=48.0, opens=("message",)),
        )
    )
    assert verdict(two, None, ago(hours=47), NOW).rule == "lead window"
    assert not verdict(two, None, ago(hours=49), NOW).allowed


def test_many_templates_are_not_all_named():
    """The first five, and how many more there are."""
    found = verdict(DAY, None, None, NOW, [f"t{number}" for number in range(8)])
    assert found.alternatives[0] == "send an approved template: t0, t1, t2, t3, t4 and 3 more"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=3, hours=5), "3 days"),
        (timedelta(hours=30), "30 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=-5), "0 seconds"),
    ],
)
def test_a_length_of_time_is_told_in_one_unit(length, words):
    """Two of a unit before it is used: 30 hours say more than one day."""
    assert span(length) == words
