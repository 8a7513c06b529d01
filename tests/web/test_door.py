"""What the pages of an endpoint may do in the gateway, on both stores."""

import peers
import pytest
from gateways import TWO_ENDS, message, reply, unusable

from connectors_core.errors import NoCounterpart, NotAllowedNow
from connectors_core.model import Content, ConversationRef, Decision, MediaKind, TemplateInfo
from connectors_core.store import StoreUnavailable
from connectors_core.web.door import GatewayDoor

STUDIO = TWO_ENDS.replace('type = "phone"', 'type = "studio"')
ANN = ConversationRef(endpoint="shop", account="100", id="ann")


@pytest.fixture
def door(open_house):
    """Return the door of the desk, in whose house Ann has written."""
    house = open_house(STUDIO)
    peers.of("shop").always("templates", lambda *_: [TemplateInfo(name="order", language="en", usable=True)])
    house.arrive(message("m1"))
    house.errands()
    made = GatewayDoor(house.gateway, "desk", loopback=True)
    return house, made


def test_what_is_submitted_is_told_once(door):
    """The same id twice is the same event."""
    house, own = door
    own.submit(reply("r1"))
    own.submit(reply("r1"))
    house.read("desk")
    assert [row.external_id for row in house.rows("events", endpoint="desk")] == ["r1"]


def test_what_leads_nowhere_is_refused(door):
    """With the reason, and nothing is kept."""
    house, own = door
    with pytest.raises(NotAllowedNow):
        own.submit(reply("r1", conversation=ConversationRef(endpoint="shop", account="100", id="nobody")))
    assert house.rows("journal", source="desk") == []


def test_a_verdict_and_the_templates_are_those_of_the_channel(door):
    """Ann's window has closed long ago."""
    _, own = door
    assert own.verdict(ANN).decision is Decision.ALLOW_WITH
    assert [one.name for one in own.templates(ANN)] == ["order"]
    assert own.channels() == [("shop", "100")]
    assert own.public_url == ""


def test_a_file_is_kept_and_opened_again(door):
    """By the name that it got."""
    _, own = door
    kept = own.keep(Content.of(b"...", "image/png", "fern.png"), MediaKind.IMAGE)
    assert b"".join(own.open(kept.id).chunks) == b"..."
    with pytest.raises(NoCounterpart):
        own.open("0" * 32)


def test_a_store_that_is_away_is_said_to_be(door):
    """In one class of error, whatever the engine raises."""
    house, own = door
    for ask in (lambda: own.submit(reply("r1")), lambda: own.keep(Content.of(b".", "image/png"), MediaKind.IMAGE)):
        with unusable(house.store), pytest.raises(StoreUnavailable):
            ask()
