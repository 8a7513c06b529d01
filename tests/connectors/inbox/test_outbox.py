"""What an agent wrote is never lost and never doubled, whatever breaks between the page and the gateway."""

import threading

import inboxes
import pytest
from gateways import wait_until
from inboxes import Agent, ListDoor, message

from connectors.inbox.pages import outbox
from connectors.inbox.store import StoreUnavailable, desk, thread
from connectors_core.model import MessageRef, Receipt, ReceiptKind, Text


@pytest.fixture
def written(inbox, crm, monkeypatch):
    """Return a function that serves the pages once, writes replies, and returns the conversation."""
    monkeypatch.setattr(outbox, "AGAIN", 0.05)
    conversation = crm.deliver(message(), "k1").refs[1].id
    inboxes.add_user(inbox)

    def write(door, *replies):
        with inboxes.serving(inbox, door) as url:
            agent = Agent(url)
            agent.log_in()
            for text in replies:
                agent.post(f"/c/{conversation}/write", {"mode": "reply", "text": text})
        return conversation

    yield write
    # Whatever still tries again ends with the database.
    wait_until(lambda: not any(isinstance(one, threading.Timer) for one in threading.enumerate()))


def texts(door):
    """Return the words that a gateway was told, in their order."""
    return [part.body for event in door.told() for part in event.parts if isinstance(part, Text)]


def statuses(inbox, conversation):
    """Return the status of every reply."""
    with inbox.database.read() as db:
        return [row.status for row in thread.page(db, int(conversation)).rows if row.direction == "out"]


def test_what_a_crash_left_is_handed_over_at_the_next_start(inbox, written):
    """The gateway died before it took anything: the rows are there, and go out in their order."""
    dead, alive = ListDoor(), ListDoor()
    dead.problem = StoreUnavailable("gone")
    conversation = written(dead, "one", "two")
    assert statuses(inbox, conversation) == ["queued", "queued"]
    outbox.Outbox(inbox.database, alive).drain()
    assert texts(alive) == ["one", "two"]
    assert statuses(inbox, conversation) == ["accepted", "accepted"]


def test_what_was_taken_before_the_crash_is_the_same_event_again(inbox, written, monkeypatch):
    """The gateway had it and the page did not hear so: the id is the same, so it is one message."""
    door = ListDoor()
    with monkeypatch.context() as patch:
        patch.setattr(desk, "taken", lambda *_: None)
        conversation = written(door, "one")
    assert statuses(inbox, conversation) == ["queued"]
    outbox.Outbox(inbox.database, door).drain()
    assert texts(door) == ["one"]
    assert statuses(inbox, conversation) == ["accepted"]


def test_the_pages_try_again_by_themselves(inbox, written):
    """When the store comes back, without anybody doing anything."""
    door = ListDoor()
    door.problem = StoreUnavailable("gone")
    conversation = written(door, "one")
    door.problem = None
    wait_until(lambda: statuses(inbox, conversation) == ["accepted"])
    assert texts(door) == ["one"]


def test_a_start_hands_over_what_was_left(inbox, written):
    """Serving the pages is enough."""
    dead, alive = ListDoor(), ListDoor()
    dead.problem = StoreUnavailable("gone")
    conversation = written(dead, "one")
    with inboxes.serving(inbox, alive):
        wait_until(lambda: statuses(inbox, conversation) == ["accepted"])


def test_a_receipt_may_come_before_the_page_knows_that_it_was_taken(inbox, crm, written):
    """The status does not go back from read to on its way."""
    dead, alive = ListDoor(), ListDoor()
    dead.problem = StoreUnavailable("gone")
    conversation = written(dead, "one")
    with inbox.database.read() as db:
        name = thread.page(db, int(conversation)).rows[-1].name
    place, about = {"endpoint": "shop", "account": "100"}, MessageRef(endpoint="inbox", account="inbox", id=name)
    crm.deliver(Receipt(**place, id="r", at=inboxes.AT, kind=ReceiptKind.READ, messages=(about,)), "r")
    outbox.Outbox(inbox.database, alive).drain()
    assert statuses(inbox, conversation) == ["read"]
