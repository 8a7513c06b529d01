"""The responder in a whole gateway: in front of a desk, behind a channel."""

from time import time

import gateways
import peers
import pytest
from gateways import message, reply

from connectors_core.model import Comment, Feedback, Handover, HandoverAction, Origin

HOUSE = """
[apps.exchange]
type = "exchange"
stamp = {{ env = "STAMP" }}

[endpoints.shop]
type = "phone"
app = "exchange"
number = "100"
responders = ["assistant", "desk"]

[endpoints.assistant]
type = "responder"
database = "sqlite:///{folder}/responder.db"
human = "desk"
survey = "csat"
disclose = false

[[endpoints.assistant.questions]]
id = "delivery"
title = "Delivery"
keywords = ["deliver"]
answer = "Within three days."

[endpoints.desk]
type = "desk"
token = {{ env = "TOKEN" }}

[[routes]]
between = ["shop", "assistant"]

[[routes]]
between = ["shop", "desk"]
"""


@pytest.fixture
def house(open_house, tmp_path):
    """Give a gateway of a channel, a bot and a desk."""
    return open_house(HOUSE.format(folder=tmp_path))


def turn(house, *events):
    """Let the person write, and everybody do what comes of it."""
    house.arrive(*events)
    settle(house)


def settle(house):
    """Let everybody do what is to be done."""
    for _ in range(4):
        house.work()
        house.read("assistant", "desk", "shop")
    house.work()


def shown():
    """Return what the person sees; the channel of this test cuts texts into small pieces."""
    return "".join(getattr(part, "body", "") for sent in peers.of("shop").told() for part in sent.parts)


def test_a_question_is_answered_at_the_channel(house):
    """And the desk reads along, though it has nothing to do."""
    turn(house, message("m1", "Do you deliver?"))
    assert shown().replace("\n", "") == "Hello ann! Thank you for your message.Within three days."
    copies = peers.of("desk").told()
    assert {(one.origin, one.standby) for one in copies} == {(Origin.CONTACT, True), (Origin.BOT, True)}


def test_a_comment_is_answered_in_private(open_house, tmp_path):
    """By its own name, as there may be several."""
    house = open_house(HOUSE.format(folder=tmp_path).replace('type = "phone"', 'type = "plaza"'))
    comments = [
        message(one, parts=(Comment(id=one, body=words),)) for one, words in (("c1", "nice"), ("c2", "Delivery?"))
    ]
    house.arrive(*comments)
    house.sql("UPDATE openings SET at = :now", now=time())
    settle(house)
    (sent,) = peers.of("shop").told()
    assert (shown(), sent.reply_to.id, sent.tag) == ("Within three days.", "c2", "aside")


def test_a_person_takes_over_and_gives_back(house):
    """Asked for, answering, done: then the bot says goodbye, asks how it was, and the desk hears the answer."""
    turn(house, message("m1", "a human, please"))
    (passed,) = [one for one in peers.of("desk").told("hand_over") if one.new_owner == "desk"]
    assert "asked for a human" in passed.summary
    assert "I am passing you on to a colleague." in shown()
    house.tell(reply("r1", "Good morning"))
    turn(house, message("m2", "Do you deliver?"))
    assert "Within three days." not in shown()
    house.tell(
        Handover(
            endpoint="desk",
            account="desk",
            id="h1",
            at=gateways.AT,
            action=HandoverAction.RELEASE,
            origin=Origin.AGENT,
            resolved=True,
            conversation=passed.source,
        )
    )
    settle(house)
    assert "Thank you for talking to us, ann. Goodbye!" in shown()
    turn(house, message("m3", "5"))
    (rated,) = [one for one in peers.of("desk").told() if any(isinstance(part, Feedback) for part in one.parts)]
    assert rated.parts == (Feedback(kind="csat", score=5.0),)
    assert not any(isinstance(part, Feedback) for one in peers.of("shop").told() for part in one.parts)


def test_a_copy_is_never_answered(house):
    """While the desk has the conversation the bot says nothing, whatever is asked."""
    turn(house, message("m1", "hello"))
    house.tell(reply("r1", "Good morning"))
    settle(house)
    before = shown()
    turn(house, message("m2", "Do you deliver?"), message("m3", "human"))
    assert shown() == before
