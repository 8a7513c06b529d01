"""Who would answer without having the conversation, or have it without being given it; and what nobody must lose."""

from itertools import pairwise

import peers
import pytest
from gateways import BOT_AND_DESK, together
from turns import answers, asks, moves, native, owner, told

from connectors_core.model import Done, Origin, codec


@pytest.fixture
def house(open_house):
    """Give a channel with a bot in front of a desk."""
    return open_house(BOT_AND_DESK)


@pytest.mark.parametrize("origin", [Origin.AGENT, Origin.SYSTEM, Origin.CAMPAIGN, Origin.NATIVE_APP])
def test_an_end_that_is_a_bot_is_one_whatever_it_says(open_house, origin):
    """By the HTTP API, by what it answers, or by moving the conversation: it takes nothing that it lacks."""
    house = open_house(BOT_AND_DESK.replace("[endpoints.bot]", "[endpoints.bot]\nbot = true"))
    house.arrive(asks())
    house.tell(answers("r1", "from the desk", by="desk"))
    house.tell(answers("b1", "by the API", origin=origin), moves("h1", "take", by="bot", origin=origin), source="bot")
    peers.of("bot").answers("send", Done(events=[answers("b2", "by its answer", origin=origin)]))
    house.work()
    house.read("bot")
    house.work()
    assert owner(house) == "desk"
    assert peers.of("shop").texts() == ["from the desk"]
    assert {row.state for row in house.rows("deliveries", source="bot", target="shop")} == {"refused"}
    assert {codec.loads(row.document).origin for row in house.rows("events", endpoint="bot")} == {Origin.BOT}


def test_nothing_is_lost_when_several_sources_move_a_conversation_at_once(house):
    """The person, the native inbox, the bot and the desk, each read by a reader of its own: every move has its news."""
    house.arrive(asks("m1"))

    def platform():
        for number in range(15):
            house.arrive(asks(f"p{number}"), native(f"n{number}"), told("pass", "11", number / 1000))

    def bot():
        for number in range(15):
            house.tell(answers(f"b{number}"), moves(f"bh{number}", "pass", by="bot"), source="bot")

    def desk():
        for number in range(15):
            house.tell(answers(f"d{number}", by="desk"), moves(f"dh{number}", "release"))

    assert together(platform, bot, desk) == [None] * 3
    (row,) = house.rows("conversations")
    news = [codec.loads(one.document) for one in house.rows("events", noun="handover", endpoint="shop", account="shop")]
    made = [int(one.id.split(":")[2]) for one in news if one.previous_owner != one.new_owner]
    assert made == list(range(1, row.moves + 1))
    assert all(one.new_owner == two.previous_owner for one, two in pairwise(news))
    assert [one.id for one in house.rows("parked")] == []


def test_a_conversation_that_has_moved_for_years_moves_on(house):
    """However often."""
    house.arrive(asks())
    house.sql("UPDATE conversations SET moves = 40000")
    house.tell(answers("r1", by="desk"))
    assert (owner(house), house.rows("conversations")[0].moves) == ("desk", 40001)
