"""An attempt whose outcome is unknown is asked about, waited for, and in the end left to a human."""

import peers
import pytest
from gateways import TWO_ENDS, message, reply

from connectors_core.errors import (
    Uncertain,
    Unreachable,
)
from connectors_core.model import Done, MessageRef, Outcome, Reconciled

TELEX = TWO_ENDS.replace('type = "phone"', 'type = "telex"')
IDEMPOTENT = TWO_ENDS.replace('number = "100"', 'number = "100"\ntraits = ["idempotent"]')
NARROW = TWO_ENDS.replace('number = "100"', 'number = "100"\ndelivery = { concurrency = 1, breaker_after = 2 }')


@pytest.fixture
def asked(house):
    """Return a house in which Ann has written, and the reply r1 waits for the worker."""
    return ask(house)


def ask(house, *ids):
    """Let Ann write, and agents answer."""
    house.arrive(message("m1"))
    house.work()
    house.tell(*(reply(one, one) for one in ids or ("r1",)))
    return house


def to_shop(house):
    """Return the deliveries to the shop."""
    return house.rows("deliveries", target="shop")


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (Reconciled(outcome=Outcome.SENT), "sent"),
        (Reconciled(outcome=Outcome.UNKNOWN), "uncertain"),
        (Unreachable("away"), "uncertain"),
        (ZeroDivisionError(), "uncertain"),
    ],
)
def test_the_connector_is_asked_what_became_of_an_attempt(asked, found, state):
    """After five seconds `reconcile` looks; whatever it says, nothing is sent a second time."""
    peers.of("shop").answers("send", Uncertain("perhaps"))
    peers.of("shop").answers("reconcile", found)
    asked.work()
    assert peers.of("shop").told("reconcile") == []
    asked.later(6)
    asked.work()
    assert asked.states(target="shop") == [state]
    assert [call.verb for call in peers.of("shop").calls] == ["send", "reconcile"]
    assert len({call.key for call in peers.of("shop").calls}) == 1


def test_an_attempt_that_did_not_happen_is_made_again(asked):
    """`reconcile` knows that it was not sent: then it may be."""
    peers.of("shop").answers("send", Uncertain("perhaps"))
    peers.of("shop").answers("reconcile", Reconciled(outcome=Outcome.NOT_SENT))
    asked.work()
    asked.later(6)
    asked.work()
    assert asked.states(target="shop") == ["sent"]
    assert [call.verb for call in peers.of("shop").calls] == ["send", "reconcile", "send"]


def test_what_reconcile_found_is_what_the_message_is_called(asked):
    """Its `done` is stored like that of a call."""
    done = Done(refs=[MessageRef(endpoint="shop", account="100", id="found")])
    peers.of("shop").answers("send", Uncertain("perhaps"))
    peers.of("shop").answers("reconcile", Reconciled(outcome=Outcome.SENT, done=done))
    asked.work()
    asked.later(6)
    asked.work()
    assert [row.external_id for row in asked.rows("message_refs", endpoint="shop")] == ["found"]


def test_reconcile_looks_three_times_then_a_human_has_to(house):
    """5 s, 30 s and 2 minutes after the start; then it is listed as unknown and its lane goes on."""
    ask(house, "r1", "r2")
    shop = peers.of("shop")
    shop.answers("send", Uncertain("perhaps"))
    house.work()
    looks = []
    for seconds in (4, 2, 20, 5, 85, 5):
        house.later(seconds)
        house.work()
        looks.append(len(shop.told("reconcile")))
    assert looks == [0, 1, 1, 2, 2, 3]
    assert house.states(target="shop") == ["unknown", "sent"]
    assert shop.texts() == ["r1", "r2"]
    assert len(house.rows("attempts", delivery_id=to_shop(house)[0].id)) == 4


def test_without_reconcile_an_attempt_waits_for_its_receipt_and_then_for_a_human(open_house):
    """A channel that reports but cannot be asked is waited for two minutes."""
    toml = TELEX.replace('number = "100"', 'number = "100"\ntraits = ["reports"]')
    house = ask(open_house(toml), "r1", "r2")
    peers.of("shop").answers("send", Uncertain("perhaps"))
    house.work()
    for seconds in (6, 25):
        house.later(seconds)
        house.work()
        assert house.states(target="shop") == ["uncertain", "waiting"]
    house.later(95)
    house.work()
    assert house.states(target="shop") == ["unknown", "sent"]
