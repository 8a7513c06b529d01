"""The platform's copies of our own messages are recognised; somebody else's messages reach the CRM."""

import peers
import pytest
from gateways import echo, item, message, receipt, reply, webhook

from connectors_core.errors import Uncertain
from connectors_core.model import Done, MessageRef, Origin


@pytest.fixture
def asked(house):
    """Return a house in which Ann has written, and an agent's reply waits for the worker."""
    house.arrive(message("m1"))
    house.work()
    house.tell(reply("r1"))
    return house


def to_desk():
    """Return the ids of what the desk was sent."""
    return [one.id for one in peers.of("desk").told()]


def test_an_echo_with_our_key_is_our_own(asked):
    """It is stored once more as an event, and delivered to nobody."""
    asked.work()
    (key,) = peers.of("shop").keys()
    asked.arrive(echo("copy", key=key))
    asked.work()
    assert to_desk() == ["m1"]


def test_an_echo_with_the_id_of_a_settled_send_is_our_own(asked):
    """Where the platform gives no key back, the provider's id says it."""
    asked.work()
    asked.arrive(echo("shop.1"))
    asked.work()
    assert to_desk() == ["m1"]


def test_an_echo_that_comes_before_the_answer_is_held_and_recognised(asked):
    """While a call of its conversation runs, an unknown echo waits; the answer tells whose it is."""
    held = []

    def slow(_message, _key):
        asked.arrive(echo("quick"))
        held.append(asked.rows("events", external_id="quick")[0].held_until)
        return Done(refs=[MessageRef(endpoint="shop", account="100", id="quick")])

    peers.of("shop").answers("send", slow)
    asked.work()
    asked.sweep()
    assert held[0] is not None
    assert asked.rows("events", external_id="quick")[0].held_until is None
    assert to_desk() == ["m1"]


def test_a_held_echo_that_is_not_ours_reaches_the_crm_when_the_attempt_is_settled(asked):
    """An agent used the phone app at the same moment: their message comes through, as of the native app."""

    def slow(_message, _key):
        asked.arrive(echo("theirs", "from the phone"))
        return Done(refs=[MessageRef(endpoint="shop", account="100", id="ours")])

    peers.of("shop").answers("send", slow)
    asked.work()
    asked.sweep()
    assert to_desk() == ["m1", "theirs"]
    assert peers.of("desk").told()[-1].origin is Origin.NATIVE_APP


def test_an_echo_is_held_two_minutes_at_most(asked):
    """An attempt whose outcome stays unknown does not keep somebody's message from the CRM."""
    peers.of("shop").answers("send", Uncertain("no answer"))
    asked.work()
    asked.arrive(echo("theirs", "from the app"))
    asked.sweep()
    assert to_desk() == ["m1"]
    asked.sql("UPDATE events SET held_until = held_until - 121 WHERE held_until IS NOT NULL")
    asked.sweep()
    assert asked.states(target="shop") == ["uncertain"]
    assert to_desk() == ["m1", "theirs"]


def test_an_open_attempt_of_another_conversation_holds_nothing(asked):
    """Bob's echo has nothing to do with Ann's reply."""
    peers.of("shop").answers("send", Uncertain("no answer"))
    asked.work()
    asked.arrive(echo("theirs", person="bob"))
    asked.work()
    assert to_desk() == ["m1", "theirs"]


def test_an_echo_of_the_native_app_reaches_the_crm_at_once(asked):
    """Where no call is open there is nothing to wait for."""
    asked.work()
    asked.arrive(echo("theirs", "typed on the phone"))
    asked.work()
    assert to_desk() == ["m1", "theirs"]
    assert peers.of("shop").texts() == ["hi"]


def test_an_echo_with_our_key_settles_an_uncertain_send(asked):
    """The copy proves that it happened."""
    peers.of("shop").answers("send", Uncertain("no answer"))
    asked.work()
    asked.arrive(echo("copy", key=peers.of("shop").keys()[0]))
    asked.work()
    assert asked.states(target="shop") == ["sent"]
    assert to_desk() == ["m1"]
    assert [row.external_id for row in asked.rows("message_refs", endpoint="shop")] == ["copy"]


def test_an_echo_does_not_move_the_window_of_the_conversation(asked):
    """Only the person's own messages open a window, whoever else writes into it."""
    before = asked.rows("conversations")[0]
    asked.arrive(echo("theirs", person="ann"))
    assert asked.rows("conversations")[0] == before


def test_echoes_cause_no_loop(asked):
    """Thirty rounds of echoes of our own answers send nothing more."""
    asked.work()
    (key,) = peers.of("shop").keys()
    for number in range(30):
        asked.journal("exchange", webhook(item(echo(f"copy{number}", key=key), echo("shop.1", repeat=f"n{number}"))))
    asked.read("exchange")
    asked.work()
    assert (len(peers.of("shop").calls), to_desk()) == (1, ["m1"])


@pytest.mark.parametrize("early", [True, False])
def test_an_echo_with_the_words_of_an_uncertain_send_is_its_copy(asked, early):
    """Where the platform gives neither key nor id back: it came while the call ran, or after its answer was lost."""

    def lost(_message, _key):
        if early:
            asked.arrive(echo("copy", "hi"))
        raise Uncertain("no answer")

    peers.of("shop").answers("send", lost)
    asked.work()
    if not early:
        asked.arrive(echo("copy", "hi"))
    asked.sweep()
    (row,) = asked.rows("deliveries", target="shop")
    assert (row.state, to_desk()) == ("sent", ["m1"])
    assert asked.rows("events", external_id="copy")[0].held_until is None
    asked.arrive(receipt("read", "copy"))
    assert asked.status("r1") == "read"


def test_an_echo_with_other_words_is_not_its_copy(asked):
    """Somebody answered in the app at that moment."""
    peers.of("shop").answers("send", Uncertain("no answer"))
    asked.work()
    asked.arrive(echo("app", "hello from the app"))
    asked.sweep()
    (row,) = asked.rows("deliveries", target="shop")
    assert row.state == "uncertain"


def test_of_two_echoes_with_the_same_words_one_is_the_copy(asked):
    """The other one is somebody else's."""
    peers.of("shop").answers("send", Uncertain("no answer"))
    asked.work()
    asked.arrive(echo("copy", "hi"), echo("twin", "hi"))
    asked.sweep()
    assert asked.rows("deliveries", target="shop")[0].state == "sent"
    assert to_desk() == ["m1", "twin"]
