"""What the platform forbids is not sent, and whoever wrote it learns why."""

from time import time

import peers
import pytest
from gateways import AT, TWO_ENDS, message, reply

from connectors_core.errors import Rejected, Unreachable
from connectors_core.model import Notice, Slot, Template, TemplateInfo, Text

STUDIO = TWO_ENDS.replace('type = "phone"', 'type = "studio"')
DAY = 86400.0
ORDER = TemplateInfo(
    name="order", language="en", usable=True, body="Order {{body.1}} is ready", slots=(Slot(key="body.1"),)
)


@pytest.fixture
def studio(open_house):
    """Return a house whose channel has a window, in which Ann has just written."""
    house = open_house(STUDIO)
    peers.of("shop").always(
        "templates", lambda *_: [ORDER, TemplateInfo(name="old", language="en", usable=False, reason="it is paused")]
    )
    house.arrive(message("m1"))
    house.sql("UPDATE conversations SET last_in_at = :now", now=time())
    house.work()
    house.errands()
    return house


def order(**values):
    """Return the template with values."""
    return Template(name="order", language="en", values=values)


def answer(studio, *parts):
    """Let an agent write, and return the delivery."""
    studio.tell(reply("r1", parts=parts))
    studio.work()
    return studio.rows("deliveries", target="shop")[-1]


def test_inside_the_window_words_go_out(studio):
    """Nothing stands in their way."""
    assert answer(studio, Text(body="hi")).state == "sent"


def test_outside_the_window_words_are_refused_without_a_call(studio):
    """With the rule, how long ago it closed, and what can be done."""
    studio.later(DAY + 7300)
    row = answer(studio, Text(body="hi"))
    assert (row.state, row.code, peers.of("shop").told()) == ("refused", "window_closed", [])
    assert row.reason == (
        "shop: the visiting window closed 2 hours ago. "
        "What can be done: send an approved template; wait until the person writes again"
    )


def test_the_refusal_reaches_whoever_wrote(studio):
    """As a failed receipt with the reason."""
    studio.later(2 * DAY)
    answer(studio, Text(body="hi"))
    (told,) = peers.of("desk").told("acknowledge")
    assert (told.kind, "window closed" in told.failure.title) == ("failed", True)


def test_outside_the_window_a_template_goes_out(studio):
    """That is what it is for."""
    studio.later(3 * DAY)
    assert answer(studio, order(**{"body.1": "7"})).state == "sent"


def test_a_message_that_waited_too_long_is_refused_when_its_turn_comes(studio):
    """The window is looked at just before the call, not when the agent wrote."""
    peers.of("shop").answers("send", Unreachable("down", after=1.5 * DAY))
    assert answer(studio, Text(body="hi")).state == "waiting"
    studio.later(1.6 * DAY)
    studio.work()
    assert studio.rows("deliveries", target="shop")[-1].state == "refused"


def test_a_template_with_a_missing_value_is_refused_without_a_call(studio):
    """The connector says what is missing."""
    row = answer(studio, order())
    assert (row.state, peers.of("shop").told()) == ("refused", [])
    assert row.reason == "shop: the template order would be refused: body.1 has no value"


def test_a_template_that_is_paused_is_refused_without_a_call(studio):
    """With the account's own reason."""
    row = answer(studio, Template(name="old", language="en"))
    assert row.reason == "shop: the template old would be refused: it cannot be sent now: it is paused"


def test_a_template_that_nobody_knows_is_left_to_the_platform(studio):
    """It may be younger than the list."""
    assert answer(studio, Template(name="new", language="en")).state == "sent"


def test_news_about_templates_has_them_listed_again(studio):
    """Soon, not after an hour."""
    asked = len(peers.of("shop").told("templates"))
    studio.errands()
    assert len(peers.of("shop").told("templates")) == asked
    studio.arrive(notice())
    studio.errands()
    assert len(peers.of("shop").told("templates")) == asked + 1


def notice():
    """Return the news that a template changed."""
    return Notice(endpoint="shop", account="100", id="n1", at=AT, topic="message_template_status_update")


def test_a_list_that_fails_at_the_start_is_asked_for_again_at_once(open_house):
    """Both sides may have been started together."""
    house = open_house(STUDIO)
    peers.of("shop").answers("templates", Unreachable("not up yet"), [ORDER])
    house.errands()
    house.later(2)
    house.errands()
    assert [row.name for row in house.rows("templates")] == ["order"]


def test_a_list_that_is_refused_waits_until_somebody_can_have_mended_it(open_house, caplog):
    """And is complained of once."""
    house = open_house(STUDIO)
    peers.of("shop").always("templates", Rejected("put the id of the account"))
    for _ in range(4):
        house.errands()
        house.later(100)
    assert len(peers.of("shop").told("templates")) == 2
    assert [one.message.count("could not be read") for one in caplog.records] == [1]


def test_a_failed_list_keeps_what_was_known(studio):
    """And is asked for again soon."""
    peers.of("shop").always("templates", Unreachable("down"))
    studio.later(4000)
    studio.errands()
    assert {row.name for row in studio.rows("templates")} == {"order", "old"}
    (sync,) = studio.rows("template_syncs")
    assert sync.problem == "down"
    peers.of("shop").always("templates", lambda *_: [ORDER])
    studio.later(61)
    studio.errands()
    assert {row.name for row in studio.rows("templates")} == {"order"}
