"""Who answers: what the gateway says of it, and what agents do about it."""

import re
from datetime import UTC, datetime

import inboxes
import pytest

from connectors.inbox.store import desk
from connectors_core import NoCounterpart, Responders
from connectors_core.model import (
    NATIVE_APP,
    ConversationRef,
    Handover,
    HandoverAction,
    Origin,
)


@pytest.fixture
def moves(channel):
    """Return a function that lets the gateway say who may answer now."""

    def tell(new, previous, action="pass", **told):
        number = len(tell.keys)
        tell.keys.append(f"move-{number}")
        told = {
            "origin": Origin.BOT,
            "source": ConversationRef(endpoint="shop", account="100", id="16505551234"),
            **told,
        }
        event = Handover(
            endpoint="shop",
            account="100",
            id=f"h{number}",
            at=datetime.now(UTC),
            action=HandoverAction(action),
            new_owner=new,
            previous_owner=previous,
            **told,
        )
        for _ in range(2):  # the gateway may say it again after a crash
            channel.crm.deliver(event, f"move-{number}")

    tell.keys = []
    return tell


def row(small, id_):
    """Return the row of a conversation."""
    with small.database.read() as db:
        return desk.conversation(db, int(id_))


def test_what_a_bot_answers_calls_no_agent(channel, small):
    """It stands with what waits for others, unread by nobody."""
    conversation = channel(standby=True)[1]
    found = row(small, conversation)
    assert (found.state, found.unread) == ("pending", 0)


def test_what_a_bot_gives_comes_to_the_agents_with_its_words(channel, small, moves, ann):
    """The conversation is open and unread, and the summary stands in the list and in the thread."""
    conversation = channel(standby=True)[1]
    moves("inbox", "assistant", summary="Wants to know where order 17 is.")
    found = row(small, conversation)
    assert (found.state, found.unread, found.owner) == ("open", 1, "inbox")
    assert "Handed over: Wants to know where order 17 is." in inboxes.visible(ann.get("/").text)
    thread = ann.get(f"/c/{conversation}").text
    (line,) = re.findall(r'<li class="move".*?</li>', thread, re.DOTALL)
    assert "The inbox answers now" in inboxes.visible(line)
    assert "Wants to know where order 17 is." in inboxes.visible(line)


def test_what_an_agent_took_calls_nobody(channel, small, moves):
    """Who took it knows."""
    conversation = channel(standby=True)[1]
    moves("inbox", "assistant", "take", origin=Origin.AGENT)
    assert (row(small, conversation).unread, row(small, conversation).owner) == (0, "inbox")


def test_what_goes_back_to_the_bot_leaves_the_list_of_what_is_open(channel, small, moves):
    """By idle time, or because an agent gave it."""
    conversation = channel()[1]
    moves("inbox", "assistant")
    moves("assistant", "inbox", "release", origin=Origin.SYSTEM)
    assert (row(small, conversation).state, row(small, conversation).owner) == ("pending", "assistant")


def test_a_bot_that_asks_for_it_back_is_heard(channel, small, moves):
    """Nothing moves by that."""
    conversation = channel()[1]
    moves("inbox", "assistant")
    moves("assistant", "inbox", "request", summary="I know this one.")
    assert (row(small, conversation).owner, row(small, conversation).unread) == ("inbox", 3)


def test_an_agent_takes_a_conversation_over(channel, door, ann):
    """The button is there where somebody else answers."""
    conversation = channel(standby=True)[1]
    door.control = Responders(owner="assistant", first="assistant")
    page = inboxes.visible(ann.get(f"/c/{conversation}").text)
    assert "Answers: assistant" in page
    assert "Take over" in page
    ann.post(f"/c/{conversation}/control", {"to": "inbox"})
    (wish,) = door.told(Handover)
    assert (wish.action, wish.origin, wish.new_owner) == (HandoverAction.TAKE, Origin.AGENT, "inbox")


def test_an_agent_gives_a_conversation_to_somebody_else(channel, door, ann):
    """With a word for them; the app of the channel is one of those who can have it."""
    conversation = channel()[1]
    door.control = Responders(owner="inbox", first="assistant", others=("assistant", NATIVE_APP))
    page = inboxes.visible(ann.get(f"/c/{conversation}").text)
    assert "Give it to assistant" in page
    assert "Give it to The app of the channel" in page
    ann.post(f"/c/{conversation}/control", {"to": NATIVE_APP, "note": "please look"})
    (wish,) = door.told(Handover)
    assert (wish.action, wish.new_owner, wish.summary) == (HandoverAction.PASS, NATIVE_APP, "please look")


def test_nobody_gives_it_to_a_stranger(channel, door, ann):
    """Only to those whom the gateway names."""
    conversation = channel()[1]
    door.control = Responders(owner="inbox", first="assistant", others=("assistant",))
    assert ann.post(f"/c/{conversation}/control", {"to": "somebody"}).status_code == 404
    assert ann.post("/c/999/control", {"to": "assistant"}).status_code == 404
    assert door.told(Handover) == []


def test_where_the_agents_answer_alone_nothing_is_shown(channel, door, ann):
    """One CRM on a channel needs no switchboard."""
    conversation = channel()[1]
    assert 'id="control"' not in ann.get(f"/c/{conversation}").text


def test_a_conversation_that_the_gateway_does_not_know_is_shown_all_the_same(channel, door, ann, monkeypatch):
    """It was opened here a moment ago."""

    def unknown(_conversation):
        raise NoCounterpart("the inbox has no such conversation")

    conversation = channel()[1]
    monkeypatch.setattr(door, "responders", unknown)
    assert ann.get(f"/c/{conversation}").status_code == 200


def test_resolving_tells_the_gateway_that_the_matter_is_settled(channel, door, ann):
    """Once; the line that comes back says so."""
    conversation = channel()[1]
    ann.post(f"/c/{conversation}/state", {"state": "resolved"})
    ann.post(f"/c/{conversation}/state", {"state": "resolved"})
    (wish,) = door.told(Handover)
    assert (wish.action, wish.resolved) == (HandoverAction.RELEASE, True)
