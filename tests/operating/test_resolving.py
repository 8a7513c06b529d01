"""Settling by hand what nobody else can tell of."""

import peers
import pytest
from gateways import message, reply

from connectors_core.errors import ConnectorsError, Uncertain
from connectors_core.operating.resolving import resolve


def only(house, **where):
    """Return the only delivery that fits."""
    (row,) = house.rows("deliveries", **where)
    return row


@pytest.fixture
def unknown(house):
    """Give a house in which nobody knows whether the desk has the message m1."""
    peers.of("desk").answers("send", Uncertain("no answer"))
    house.arrive(message("m1"))
    house.work()
    assert house.states() == ["unknown"]
    return house


@pytest.fixture
def uncertain(house):
    """Give a house in which the shop's channel is still being asked about the reply r1."""
    house.arrive(message("m1"))
    peers.of("shop").answers("send", Uncertain("no answer"))
    house.tell(reply("r1"))
    house.work()
    assert house.states(target="shop") == ["uncertain"]
    return house


def test_not_sent_goes_out_under_the_same_key(unknown):
    """Nothing happened, so it is no second message."""
    resolve(unknown.gateway, only(unknown).id, sent=False)
    unknown.work()
    first, second = peers.of("desk").keys()
    assert second == first
    assert unknown.states() == ["sent"]


def test_sent_is_settled_and_goes_nowhere(unknown):
    """The other side has it."""
    resolve(unknown.gateway, only(unknown).id, sent=True)
    unknown.work()
    assert unknown.states() == ["sent"]
    assert len(peers.of("desk").keys()) == 1


def test_sent_moves_the_status_of_the_message(uncertain):
    """Its writer asked for it."""
    resolve(uncertain.gateway, only(uncertain, target="shop").id, sent=True)
    assert uncertain.status("r1") == "sent"


def test_an_uncertain_one_need_not_wait_for_its_looks(uncertain):
    """Whoever knows sooner says so, and the lane goes on at once."""
    uncertain.tell(reply("r2", "after it"))
    resolve(uncertain.gateway, only(uncertain, state="uncertain").id, sent=False)
    uncertain.work()
    assert peers.of("shop").texts() == ["hi", "hi", "after it"]
    assert uncertain.states(target="shop") == ["sent", "sent"]


def test_a_lane_that_waits_behind_it_goes_on_after_sent(uncertain):
    """The next message of the conversation is not kept for two minutes."""
    uncertain.tell(reply("r2", "after it"))
    resolve(uncertain.gateway, only(uncertain, state="uncertain").id, sent=True)
    uncertain.work()
    assert peers.of("shop").texts() == ["hi", "after it"]


def test_what_is_asked_right_now_is_left_alone(uncertain):
    """The worker that has the lane would store its own answer over the human's."""
    uncertain.sql("UPDATE lanes SET holder = 1")
    with pytest.raises(ConnectorsError, match="just now; try again"):
        resolve(uncertain.gateway, only(uncertain, target="shop").id, sent=False)
    assert uncertain.states(target="shop") == ["uncertain"]


def test_there_is_a_note_among_the_attempts(unknown):
    """Later one can see that a human said it."""
    resolve(unknown.gateway, only(unknown).id, sent=True)
    attempt, note = unknown.rows("attempts")
    assert (attempt.outcome, note.outcome, note.reason) == ("unknown", "sent", "settled by a human")


@pytest.mark.parametrize("sent", [True, False])
def test_nothing_else_can_be_resolved(house, sent):
    """What is sent is sent, and what is not there is told."""
    house.arrive(message("m1"))
    house.work()
    with pytest.raises(ConnectorsError, match="is sent: there is nothing to resolve"):
        resolve(house.gateway, only(house).id, sent=sent)
    with pytest.raises(ConnectorsError, match="there is no delivery 999999"):
        resolve(house.gateway, 999_999, sent=sent)
