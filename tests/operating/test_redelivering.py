"""Sending the same event again, by hand."""

import peers
import pytest
from gateways import TWO_ENDS, message, receipt, reply

from connectors_core.errors import Rejected, Uncertain
from connectors_core.model import Location
from connectors_core.operating.redelivering import redeliver
from connectors_core.store import deliveries

REFUSES = TWO_ENDS.replace('between = ["shop", "desk"]', 'between = ["shop", "desk"]\non_unsupported = "refuse"')
ELSEWHERE = (
    TWO_ENDS.replace("[endpoints.desk]", "[endpoints.office]")
    .replace('"desk"]', '"office"]')
    .replace('endpoint = "desk"', 'endpoint = "office"')
)


def only(house, **where):
    """Return the only delivery that fits."""
    (row,) = house.rows("deliveries", **where)
    return row


@pytest.fixture
def refused(house):
    """Give a house in which the desk refused the message m1."""
    peers.of("desk").answers("send", Rejected("the desk is full"))
    house.arrive(message("m1"))
    house.work()
    return house


def test_a_refused_delivery_goes_again_under_a_new_key(refused):
    """The key of the second has its generation, so that no receiver takes it for a repetition."""
    old = only(refused, state="refused")
    (done,) = redeliver(refused.gateway, [old.id])
    refused.work()
    first, second = peers.of("desk").keys()
    assert second == f"{first}~1"
    new = only(refused, id=done.new[0])
    assert (new.state, new.generation, new.lane_id) == ("sent", 1, old.lane_id)


def test_the_old_delivery_is_no_failure_any_more(refused):
    """It says what goes on in its place, and is not found again by its state."""
    old = only(refused, state="refused")
    (done,) = redeliver(refused.gateway, [old.id])
    replaced = only(refused, id=old.id)
    assert (replaced.state, replaced.reason) == ("redelivered", f"{old.reason}; sent again as {done.new[0]}")
    with refused.store.read() as db:
        assert deliveries.in_state(db, "refused", "desk") == []


def test_twice_sends_once(refused):
    """Whoever asks again hears that it was done; nothing is doubled."""
    old = only(refused, state="refused")
    redeliver(refused.gateway, [old.id, old.id])
    (again,) = redeliver(refused.gateway, [old.id])
    refused.work()
    assert again.problem == "it is redelivered: only what is dead, refused, unknown is sent again"
    assert len(peers.of("desk").texts()) == 2


def test_it_waits_behind_what_is_in_its_lane(refused):
    """A later message of the conversation that waits already goes first."""
    old = only(refused, state="refused")
    refused.arrive(message("m2", "second"))
    redeliver(refused.gateway, [old.id])
    refused.work()
    assert peers.of("desk").texts() == ["hello", "second", "hello"]


def test_other_conversations_are_not_touched(refused):
    """Only the lane of the delivery has new work."""
    refused.arrive(message("m2", "of bob", "bob"))
    refused.work()
    redeliver(refused.gateway, [only(refused, state="refused").id])
    assert [row.lane_id for row in refused.rows("deliveries", state="waiting")] == [
        only(refused, state="redelivered").lane_id
    ]


@pytest.mark.parametrize(("state", "word"), [("waiting", "it goes on by itself"), ("sent", "only what is")])
def test_what_did_not_fail_is_not_sent_again(house, state, word):
    """What waits goes by itself, and what was sent is there."""
    house.arrive(message("m1"))
    if state == "sent":
        house.work()
    (done,) = redeliver(house.gateway, [only(house, state=state).id])
    assert word in done.problem
    assert not done.new


def test_an_unknown_number_hinders_no_other(refused):
    """It is told, and the others go."""
    old = only(refused, state="refused")
    none, good = redeliver(refused.gateway, [999_999, old.id])
    assert none.problem == "there is no such delivery"
    assert good.new


def test_a_failed_message_is_not_failed_any_more_while_it_goes_again(house):
    """Its status is that of its last sending, and its writer hears of the new one."""
    house.arrive(message("m1"))
    peers.of("shop").answers("send", Rejected("not now"))
    house.tell(reply("r1"))
    house.work()
    assert house.status("r1") == "failed"
    redeliver(house.gateway, [only(house, state="refused").id])
    assert house.status("r1") is None
    house.work()
    house.arrive(receipt("delivered", "shop.2"))
    house.work()
    assert house.status("r1") == "delivered"
    assert [one.kind for one in peers.of("desk").told("acknowledge")] == ["failed", "delivered"]


def test_only_the_piece_that_failed_goes_again(house):
    """The status of the message is the lowest of each piece's last sending."""
    house.arrive(message("m1"))
    peers.of("shop").answers("send", None, Rejected("no"))
    house.tell(reply("r1", "0123456789 123456789 last words"))
    house.work()
    assert house.states(verb="send", target="shop") == ["sent", "refused"]
    redeliver(house.gateway, [only(house, state="refused").id])
    house.work()
    first, second, again = peers.of("shop").texts()
    assert (first != second, again) == (True, second)
    assert peers.of("shop").keys()[2] == f"{peers.of('shop').keys()[1]}~1"
    house.arrive(receipt("read", "shop.3"))
    assert house.status("r1") is None
    house.arrive(receipt("delivered", "shop.1"))
    assert house.status("r1") == "delivered"


def test_a_late_receipt_of_the_first_sending_does_not_move_the_second(house):
    """What is said of the old key is about what was replaced."""
    house.arrive(message("m1"))
    peers.of("shop").answers("send", Rejected("not now"))
    house.tell(reply("r1"))
    house.work()
    key = peers.of("shop").keys()[0]
    redeliver(house.gateway, [only(house, state="refused").id])
    house.arrive(receipt("delivered", "late.1", key=key))
    assert house.status("r1") is None


def test_what_could_not_be_expressed_is_cut_anew(open_house):
    """A message that was refused as a whole goes in as many pieces as it has with today's settings."""
    strict = open_house(REFUSES)
    strict.arrive(message("m1"))
    strict.tell(reply("r1", parts=(Location(latitude=1.0, longitude=2.0, name="A long name of a place"),)))
    strict.work()
    old = only(strict, state="refused")
    (still,) = redeliver(strict.gateway, [old.id])
    assert "cannot show a part of the kind location" in still.problem
    mild = open_house()
    (done,) = redeliver(mild.gateway, [old.id])
    mild.work()
    assert len(done.new) == len(peers.of("shop").texts()) > 1
    assert "".join(peers.of("shop").texts()).startswith("[location] A long name of a place")


def test_an_endpoint_that_is_gone_is_told(refused, open_house):
    """Nothing can be sent to what the settings do not name."""
    old = only(refused, state="refused")
    other = open_house(ELSEWHERE)
    (done,) = redeliver(other.gateway, [old.id])
    assert done.problem == "the settings have no endpoint desk any more"
    assert only(refused, id=old.id).state == "refused"


def test_what_nobody_knows_the_outcome_of_can_be_sent_again(house):
    """That is a human's decision: there may be two then."""
    peers.of("desk").answers("send", Uncertain("no answer"))
    house.arrive(message("m1"))
    house.work()
    redeliver(house.gateway, [only(house, state="unknown").id])
    house.work()
    assert house.states() == ["redelivered", "sent"]


def test_a_receipt_that_could_not_be_told_is_told_again(house):
    """Every way out can be redelivered, and carries what it carried."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    house.work()
    peers.of("desk").answers("acknowledge", Rejected("no"))
    house.arrive(receipt("delivered", "shop.1"))
    house.work()
    redeliver(house.gateway, [only(house, state="refused").id])
    house.work()
    first, second = peers.of("desk").told("acknowledge")
    assert (second.kind, second.messages) == (first.kind, first.messages)
