"""What became of a call whose answer was lost, as a real Tryton can tell it."""

from datetime import UTC, datetime
from time import time

import pytest

from connectors.tryton.connector import Tryton as Connector
from connectors_core import Endpoint
from connectors_core.model import Attempt, ConversationRef, Message, Origin, Outcome, Text

LONG_AGO = 100.0
"""Seconds after which no call still runs."""


@pytest.fixture
def crm(tryton):
    """Give the endpoint of the gateway's user."""
    rest = tryton.rest("key")
    return Endpoint.build("test", Connector(rest.settings, rest.http))


@pytest.fixture
def message(tryton):
    """Give a message of a customer in an open opportunity of the gateway's user."""
    rest = tryton.rest("key")
    values = {"company": tryton.told["company"], "description": "a talk", "reference": "shop:1"}
    opportunity = rest.create("sale.opportunity", values, verb="make")
    return Message(
        endpoint="test",
        account="test",
        id="m1",
        at=datetime.now(UTC),
        origin=Origin.CONTACT,
        parts=(Text(body="ok"),),
        conversation=ConversationRef(endpoint="test", account="test", id=str(opportunity)),
    )


def outcome(crm, message, key, ago=LONG_AGO):
    """Return what a look tells of an attempt."""
    return crm.reconcile(Attempt(event=message, key=key, started_at=time() - ago)).outcome


def test_the_key_tells_apart_what_says_the_same(crm, message):
    """Of two messages with the same words the one that was posted is known."""
    (ref,) = crm.deliver(message, "k1").refs
    found = crm.reconcile(Attempt(event=message, key="k1", started_at=time()))
    assert (found.outcome, found.done.refs[0].id) == (Outcome.SENT, ref.id)
    assert outcome(crm, message, "k2") is Outcome.NOT_SENT


def test_a_call_that_may_still_run_is_not_repeated(crm, message):
    """Half a minute later it has ended."""
    assert outcome(crm, message, "k1", ago=5) is Outcome.UNKNOWN
    assert outcome(crm, message, "k1") is Outcome.NOT_SENT


def test_a_reference_that_a_mail_replaced_leaves_it_open(crm, message, tryton):
    """Tryton does so where somebody follows the chat by e-mail; the same words are then no proof."""
    (ref,) = crm.deliver(message, "k1").refs
    mailed = {"reference": "<1.2@tryton.example.com>"}
    tryton.database("UPDATE ir_chat_message SET reference = :reference", mailed)
    assert ref.id
    assert outcome(crm, message, "k1") is Outcome.UNKNOWN
