"""What the messaging windows say before a message goes out."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors_core import Policy, Window
from connectors_core.model import (
    Activity,
    ActivityKind,
    Choice,
    Comment,
    Decision,
    Media,
    MediaKind,
    Message,
    MessageRef,
    OptIn,
    Origin,
    Reaction,
    Referral,
    Revision,
    RevisionAction,
    Template,
    Text,
)
from connectors_core.policy.windows import Opening, opened_by, span, verdict

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = Policy(
    windows=(Window(name="customer service", hours=24.0, opens=("message",), beyond=("template",)),),
    source="a page, 2026-11",
)
TEMPLATE = Template(name="order_update", language="en")


def ago(**length):
    """Return a moment before now."""
    return NOW - timedelta(**length)


def wrote(**length):
    """Return what a message of the person opens, so long ago."""
    return {"message": Opening(ago(**length))}


def test_a_channel_without_windows_allows_everything():
    """Nothing is known that could forbid it."""
    assert verdict(Policy(), Text(body="hi"), {}, NOW).allowed


@pytest.mark.parametrize("part", [None, Text(body="hi"), Media(kind=MediaKind.IMAGE), TEMPLATE])
def test_inside_the_window_everything_is_allowed(part):
    """Words, files and templates alike."""
    assert verdict(DAY, part, wrote(hours=23, minutes=59), NOW).allowed


def test_an_open_window_tells_when_it_closes():
    """With the rule, in words, and where it is written."""
    found = verdict(DAY, None, wrote(hours=1), NOW)
    assert found.deadline == NOW + timedelta(hours=23)
    assert found.reason == "the customer service window is open for another 23 hours"
    assert (found.rule, found.source) == ("customer service window", "a page, 2026-11")


@pytest.mark.parametrize("part", [None, Text(body="hi"), Activity(kind=ActivityKind.TYPING)])
def test_outside_the_window_words_need_a_template(part):
    """The verdict says since when, and what may be done."""
    found = verdict(DAY, part, wrote(hours=27), NOW, ["order_update (en)"])
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
    assert verdict(DAY, Activity(kind=kind), {}, NOW).allowed


def test_a_template_is_allowed_at_any_time():
    """Also to a person who has never written."""
    assert verdict(DAY, TEMPLATE, {}, NOW).allowed


def test_the_window_closes_at_its_last_second():
    """Twenty-four hours to the second are too late."""
    assert not verdict(DAY, None, wrote(hours=24), NOW).allowed
    assert verdict(DAY, None, {"message": Opening(ago(hours=24) + timedelta(seconds=1))}, NOW).allowed


def test_a_person_who_never_wrote_has_opened_no_window():
    """There is no deadline to tell."""
    found = verdict(DAY, None, {}, NOW)
    assert (found.decision, found.deadline) == (Decision.ALLOW_WITH, None)
    assert found.reason == "the customer service window has not been opened: the person has not written yet"


def test_a_window_without_a_way_round_denies():
    """What is left is to wait."""
    strict = Policy(windows=(Window(name="standard", hours=24.0, opens=("message",)),))
    found = verdict(strict, TEMPLATE, wrote(days=3), NOW)
    assert (found.decision, found.alternatives) == (Decision.DENY, ("wait until the person writes again",))


def test_a_tag_is_named_as_the_way_round():
    """As the manifest has it."""
    tagged = Policy(windows=(Window(name="standard", hours=24.0, opens=("message",), beyond=("HUMAN_AGENT",)),))
    found = verdict(tagged, None, wrote(days=3), NOW)
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
    assert verdict(two, None, wrote(hours=47), NOW).rule == "lead window"
    assert not verdict(two, None, wrote(hours=49), NOW).allowed


def test_many_templates_are_not_all_named():
    """The first five, and how many more there are."""
    found = verdict(DAY, None, {}, NOW, [f"t{number}" for number in range(8)])
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


PAGE = Policy(
    windows=(
        Window(name="standard messaging", hours=24.0, opens=("message",), beyond=("template",)),
        Window(name="ad", hours=168.0, opens=("ad",)),
        Window(
            name="human agent", hours=168.0, opens=("message",), tag="HUMAN_AGENT", origins=frozenset((Origin.AGENT,))
        ),
        Window(name="private reply", hours=168.0, opens=("comment",), tag="private_reply", once=True),
    ),
    source="a page, 2026-09-28",
)


def test_the_window_without_a_tag_goes_first():
    """A tag is for what nothing else allows."""
    found = verdict(PAGE, None, wrote(hours=1), NOW)
    assert (found.rule, found.tag) == ("standard messaging window", "")


def test_a_human_may_write_longer_than_a_bot():
    """The human's message carries the tag of the window; the bot is told what a human may do."""
    agent = verdict(PAGE, None, wrote(days=2), NOW)
    assert (agent.allowed, agent.tag, agent.deadline) == (True, "HUMAN_AGENT", NOW + timedelta(days=5))
    bot = verdict(PAGE, None, wrote(days=2), NOW, origin=Origin.BOT)
    assert (bot.decision, bot.alternatives[0]) == (
        Decision.ALLOW_WITH,
        "an agent may still write, for another 5 days",
    )
    assert verdict(PAGE, None, wrote(days=8), NOW).decision is Decision.ALLOW_WITH


def test_an_ad_opens_a_longer_window_for_everybody():
    """Of two that need no tag, the longer one counts."""
    opened = {**wrote(days=3), "ad": Opening(ago(days=3))}
    found = verdict(PAGE, None, opened, NOW, origin=Origin.BOT)
    assert (found.allowed, found.rule, found.tag) == (True, "ad window", "")


def test_a_comment_allows_one_private_reply():
    """It names what it answers; once it is out, nothing more may be sent."""
    comment = {"comment": Opening(ago(days=6), "c1")}
    found = verdict(PAGE, None, comment, NOW)
    assert (found.allowed, found.tag, found.answers) == (True, "private_reply", "c1")
    assert found.reason == "one private reply may be sent within another 24 hours"
    used = {"comment": Opening(ago(days=6), "c1", used=True)}
    refused = verdict(PAGE, None, used, NOW)
    assert not refused.allowed
    assert refused.reason.endswith("the person has not written yet, and the one private reply has been sent")
    assert not verdict(PAGE, None, {"comment": Opening(ago(days=8), "c1")}, NOW).allowed


@pytest.mark.parametrize(("answers", "tag"), [("c1", "private_reply"), ("m1", ""), ("", "")])
def test_with_an_open_window_a_private_reply_is_what_answers_the_comment(answers, tag):
    """Everything else is a message as any other."""
    opened = {**wrote(hours=1), "comment": Opening(ago(hours=2), "c1")}
    found = verdict(PAGE, None, opened, NOW, answers=answers)
    assert (found.allowed, found.tag) == (True, tag)


@pytest.mark.parametrize(
    "part",
    [
        Activity(kind=ActivityKind.TYPING),
        Reaction(message=MessageRef(endpoint="shop", account="1", id="c1"), emoji="x"),
    ],
)
def test_a_sign_of_life_is_no_private_reply(part):
    """It would use up the only one that there is."""
    assert not verdict(PAGE, part, {"comment": Opening(ago(hours=1), "c1")}, NOW).allowed


def said(*parts, **more):
    """Return a message of the person."""
    values = {"origin": Origin.CONTACT, "endpoint": "shop", "account": "1", "id": "m1", "at": NOW, **more}
    return Message(parts=parts, **values)


REF = MessageRef(endpoint="shop", account="1", id="m0")


@pytest.mark.parametrize(
    ("message", "opens"),
    [
        (said(Text(body="hi")), ("message",)),
        (said(Reaction(message=REF, emoji="x")), ("message",)),
        (said(Choice(payload="START")), ("message",)),
        (said(Referral(source="SHORTLINK", ref="flyer")), ("message",)),
        (said(Text(body="hi"), Referral(source="ADS", ad_id="7")), ("message", "ad")),
        (said(Comment(id="c1", body="nice")), ("comment",)),
        (said(Revision(message=REF, action=RevisionAction.EDIT, number=1), Text(body="ho")), ()),
        (said(Activity(kind=ActivityKind.TYPING)), ()),
        (said(OptIn(topic="news")), ()),
        (said(Text(body="hi"), origin=Origin.AGENT), ()),
        (said(Text(body="hi"), standby=True), ("message",)),
    ],
)
def test_what_a_message_opens(message, opens):
    """A second thought and a sign of life open nothing; a standby copy was said to the business."""
    assert opened_by(message) == opens
