"""An end may write in a conversation before it has told what it calls it: automatic answers are quick."""

import peers
import pytest
from gateways import AT, TWO_ENDS, message, reply

from connectors_core.errors import Unreachable
from connectors_core.model import ConversationRef, Done, Handover, HandoverAction, Text
from connectors_core.operating import replaying
from connectors_core.store import journal

THIRD = ConversationRef(endpoint="desk", account="desk", id="t3")
FOURTH = ConversationRef(endpoint="desk", account="desk", id="t4")


def early(id_, words="hi", ref=THIRD):
    """Return what an agent wrote in a conversation, as the desk calls it."""
    return reply(id_, words, conversation=ref)


@pytest.fixture
def house(open_house):
    """Return a house whose desk has made a conversation of the first message, and whose answer never came."""
    made = open_house(TWO_ENDS)
    peers.of("desk").answers("send", Unreachable("down"))
    made.arrive(message("m1"))
    made.work()
    return made


def answers(house, *refs):
    """Let the desk answer what is tried again, and let everybody hear of it."""
    for ref in refs:
        peers.of("desk").answers("send", Done(refs=[ref]))
    house.later(5.0)
    house.work()


def heard():
    """Return the words that the person has heard."""
    return peers.of("shop").texts()


def test_a_reply_waits_until_its_conversation_has_a_name(house):
    """The call that tells it is being repeated: then the words go to the person."""
    house.tell(early("r1"))
    house.sweep()
    assert heard() == []
    answers(house, THIRD)
    house.sweep()
    assert heard() == ["hi"]
    assert house.rows("early") == []


def test_an_answer_that_overtakes_the_call_is_delivered(open_house):
    """The ticket is made, its automatic answer arrives, and only then the call returns."""
    made = open_house(TWO_ENDS)

    def send(_message, _key):
        made.tell(early("auto", "we have your message"))
        return Done(refs=[THIRD])

    peers.of("desk").always("send", send)
    made.arrive(message("m1"))
    made.work()
    made.sweep()
    assert heard() == ["we have your message"]


def test_what_waits_keeps_its_order(house):
    """Also before what was written when the name was known already."""
    house.tell(early("r1", "one"), early("r2", "two"))
    house.sweep()
    peers.of("desk").answers("send", Done(refs=[THIRD]))
    house.later(5.0)
    house.worker._next_sweep = float("inf")
    house.work()
    house.tell(early("r3", "three"))
    house.work()
    assert heard() == []
    house.sweep()
    assert heard() == ["one", "two", "three"]


def test_each_conversation_waits_for_its_own_name(house):
    """One that is known holds up no other."""
    peers.of("desk").answers("send", Unreachable("down"))
    house.arrive(message("m2", person="bob"))
    house.work()
    house.tell(early("r1", "to the third", THIRD), early("r2", "to the fourth", FOURTH))
    told = {"ann": THIRD, "bob": FOURTH}
    peers.of("desk").always("send", lambda one, _key: Done(refs=[told[one.source.id]]))
    house.later(5.0)
    house.work()
    house.sweep()
    assert sorted(heard()) == ["to the fourth", "to the third"]
    assert {one.conversation.id: one.parts for one in peers.of("shop").told()} == {
        "ann": (Text(body="to the third"),),
        "bob": (Text(body="to the fourth"),),
    }


def test_twice_the_same_is_one(house):
    """While it waits, and afterwards."""
    house.tell(early("r1"))
    house.tell(early("r1"))
    assert len(house.rows("early")) == 1
    answers(house, THIRD)
    house.sweep()
    house.tell(early("r1"))
    house.work()
    assert heard() == ["hi"]


def test_a_wish_to_take_over_waits_as_well(house):
    """An agent who presses the button of a ticket that is a second old."""
    wish = Handover(endpoint="desk", account="desk", id="h1", at=AT, action=HandoverAction.TAKE, conversation=THIRD)
    house.tell(wish)
    assert len(house.rows("early")) == 1
    answers(house, THIRD)
    house.sweep()
    assert house.rows("early") == []
    assert [row.noun for row in house.rows("events") if row.endpoint == "desk"] == ["handover"]


def test_nobody_waits_where_no_call_could_tell_the_name(open_house):
    """A conversation that nobody knows is a mistake of the writer, who hears of it at once from the channel."""
    made = open_house(TWO_ENDS)
    made.tell(early("r1"))
    made.work()
    assert [one.conversation for one in peers.of("shop").told()] == [None]


def test_calls_in_conversations_that_have_names_hold_up_nobody(open_house):
    """However many run."""
    made = open_house(TWO_ENDS)
    peers.of("desk").answers("send", Done(refs=[THIRD]))
    made.arrive(message("m1"))
    made.work()
    peers.of("desk").answers("send", Unreachable("down"))
    made.arrive(message("m2"))
    made.work()
    made.tell(early("r1", ref=FOURTH))
    assert made.rows("early") == []


def test_a_call_that_begins_later_is_waited_for_by_nobody(house):
    """It could not have made the conversation."""
    house.tell(early("r1", ref=FOURTH))
    answers(house, THIRD)
    peers.of("desk").always("send", Unreachable("down"))
    house.arrive(message("m2", person="bob"))
    house.work()
    house.sweep()
    assert house.rows("early") == []
    assert [one.conversation for one in peers.of("shop").told()] == [None]


def test_it_waits_over_a_restart(house, open_house):
    """In the store, and nowhere else."""
    house.tell(early("r1"))
    answers(house, THIRD)
    house.new_worker()
    house.sweep()
    assert heard() == ["hi"]


def test_a_replay_does_not_take_away_what_waits(house):
    """Reading the journal again finds it there."""
    house.tell(early("r1"))
    with house.store.read() as db:
        rows = journal.chosen(db, journal.Choice(source="desk"), 0, 100)
    replaying.replay(house.gateway, rows, deliver=True)
    answers(house, THIRD)
    house.sweep()
    assert heard() == ["hi"]
