"""Polling: a page and its cursor are stored together, one poller at a time, and what fails is tried again."""

import json
import threading

import peers
import pytest
from gateways import AT, message, page, unusable, wait_until

from connectors_core.errors import NeedsAttention, RateLimited, Unreachable
from connectors_core.model import Page, codec
from connectors_core.pipeline.poller import Poller
from connectors_core.store import is_unavailable, journal, operations
from connectors_core.worker.presence import Presence

POLLED = """
[endpoints.notary]
type = "notary"
token = { env = "TOKEN" }

[endpoints.shop]
type = "telex"
app = "exchange"
number = "100"

[apps.exchange]
type = "exchange"
stamp = { env = "STAMP" }

[[routes]]
between = ["shop", "notary"]
"""


@pytest.fixture
def polled(open_house):
    """Return a house with a CRM that has to be polled."""
    return open_house(POLLED)


@pytest.fixture
def poll(polled):
    """Return a function that makes a poller with a presence of its own."""
    made = []

    def new():
        presence = Presence(polled.store)
        presence.join()
        made.append(presence)
        return Poller(polled.gateway, "notary", presence, threading.Event())

    yield new
    for presence in made:
        presence.leave()


def found(*ids):
    """Return the body of a page with messages."""
    at = {"endpoint": "notary", "account": "notary"}
    return page(*(message(one, **at) for one in ids))


def cursor(house):
    """Return where polling goes on."""
    with house.store.read() as db:
        return operations.cursor(db, "notary")


def test_pages_are_read_to_the_end_and_the_cursor_moves(polled, poll):
    """Each page is a journal row; `more` asks for the next at once."""
    peers.of("notary").answers("poll", Page(body=found("a"), cursor="1", more=True), Page(body=found("b"), cursor="2"))
    one = poll()
    assert [one.poll_once(), one.poll_once(), one.poll_once()] == [True, False, False]
    assert cursor(polled) == "2"
    assert [call.noun for call in peers.of("notary").calls] == ["", "1", "2"]
    polled.read("notary")
    assert [row.external_id for row in polled.rows("events")] == ["a", "b"]


def test_an_empty_page_may_move_the_cursor(polled, poll):
    """A side whose cursor is a time moves on without news."""
    peers.of("notary").answers("poll", Page(body=b"", cursor="7"))
    poll().poll_once()
    assert cursor(polled) == "7"
    assert polled.rows("journal") == []


def test_a_page_and_its_cursor_are_stored_together_or_not_at_all(polled, poll):
    """The store goes away after the page was fetched: the same page is fetched again, and read once."""
    one = poll()
    with unusable(polled.store):
        pass
    peers.of("notary").always("poll", lambda at, _key: Page(body=found("a") if at == "" else b"", cursor="1"))
    gone = unusable(polled.store)

    def fetched(_cursor, _key):
        gone.__enter__()
        return Page(body=found("a"), cursor="1")

    def tries():
        try:
            one.poll_once()
        except Exception as error:
            if not is_unavailable(error):
                raise
            return True
        return False

    wait_until(lambda: not tries())
    polled.sql("UPDATE endpoint_states SET cursor = ''")
    polled.sql("DELETE FROM journal")
    peers.of("notary").answers("poll", fetched)
    assert tries()
    gone.__exit__(None, None, None)
    wait_until(lambda: not tries())
    assert cursor(polled) == "1"
    assert len(polled.rows("journal")) == 1


def test_two_pollers_never_poll_at_the_same_time(polled, poll):
    """The lease belongs to the first; the second comes in when that one has gone."""
    first, second = poll(), poll()
    peers.of("notary").answers("poll", Page(body=found("a"), cursor="1"), Page(body=found("b"), cursor="2"))
    first.poll_once()
    assert second.poll_once() is False
    assert cursor(polled) == "1"
    first._presence.leave()
    second.poll_once()
    assert cursor(polled) == "2"
    first._presence.join()


def test_a_poller_that_lost_its_lease_stores_nothing(polled, poll):
    """It was taken for dead while it fetched: its page is the next one's business."""
    one = poll()

    def buried(_cursor, _key):
        with polled.store.write() as db:
            operations.leave(db, one._presence.id)
        return Page(body=found("a"), cursor="1")

    peers.of("notary").answers("poll", buried)
    assert one.poll_once() is False
    assert cursor(polled) == ""
    assert polled.rows("journal") == []
    with polled.store.write() as db:
        operations.join(db, one._presence.id, "again", 15.0)


def test_a_paused_endpoint_is_not_polled(polled, poll):
    """Pausing means no calls at all."""
    with polled.store.write() as db:
        operations.pause(db, "notary", "human", "moving")
    assert poll().poll_once() is False
    assert peers.of("notary").calls == []


@pytest.mark.parametrize("error", [Unreachable("closed"), ZeroDivisionError(), ConnectionResetError(), None])
def test_the_thread_goes_on_whatever_happens(polled, poll, error):
    """A side that is away, a defect, a lost store: polling is tried again, and nothing is skipped."""
    peers.of("notary").answers("poll", error, Page(body=found("a"), cursor="1"))
    one = poll()
    thread = one.thread()
    thread.start()
    wait_until(lambda: cursor(polled) == "1")
    one._stopping.set()
    thread.join(10)
    assert not thread.is_alive()


def test_refused_credentials_pause_the_endpoint(polled, poll):
    """A human is told, and polling goes on when they have resumed it."""
    peers.of("notary").answers("poll", NeedsAttention("the key was revoked"), Page(body=found("a"), cursor="1"))
    one = poll()
    thread = one.thread()
    thread.start()
    wait_until(lambda: polled.rows("endpoint_states", name="notary")[-1:] and _paused(polled))
    assert len(peers.of("notary").calls) == 1
    polled.resume("notary")
    wait_until(lambda: cursor(polled) == "1")
    one._stopping.set()
    thread.join(10)


def _paused(house):
    (row,) = house.rows("endpoint_states", name="notary")
    return row.paused_at is not None and row.reason == "the key was revoked"


def test_a_lost_store_does_not_end_polling_when_credentials_are_refused(polled, poll, monkeypatch):
    """The pause cannot be stored now: the thread lives, and stores it the next time."""
    peers.of("notary").always("poll", NeedsAttention("the key was revoked"))
    real, failed = operations.pause, []

    def pause(*arguments):
        if not failed:
            failed.append(AT)
            raise ConnectionResetError
        real(*arguments)

    monkeypatch.setattr(operations, "pause", pause)
    one = poll()
    thread = one.thread()
    thread.start()
    wait_until(lambda: _paused(polled) if polled.rows("endpoint_states", name="notary") else not thread.is_alive())
    assert thread.is_alive()
    one._stopping.set()
    thread.join(10)


class Patience(threading.Event):
    """An event that remembers how long it was to be waited for, and waits less."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def wait(self, timeout=None):
        self.asked.append(timeout)
        return super().wait(0.01)


def test_a_side_that_asks_for_a_pause_gets_it(polled, poll):
    """However often it is to be looked at otherwise."""
    peers.of("notary").answers("poll", RateLimited("slow down", after=40.0), Page(body=found("a"), cursor="1"))
    one = poll()
    one._stopping = Patience()
    thread = one.thread()
    thread.start()
    wait_until(lambda: cursor(polled) == "1")
    one._stopping.set()
    thread.join(10)
    assert one._stopping.asked[0] == 40.0
    assert set(one._stopping.asked[1:]) == {0.01}


def test_one_bad_entry_of_a_page_is_parked_alone(open_house):
    """A side that cuts its pages loses none of the others to it."""
    house = open_house(POLLED.replace('type = "notary"', 'type = "clerk"'))
    at = {"endpoint": "notary", "account": "notary"}
    documents = [codec.to_dict(message("a", **at)), {"fault": "malformed"}, codec.to_dict(message("b", **at))]
    house.journal("notary", json.dumps(documents).encode(), kind=journal.POLL, endpoint="notary")
    house.read("notary")
    assert [row.external_id for row in house.rows("events")] == ["a", "b"]
    assert [(row.position, row.reason) for row in house.rows("parked")] == [(1, "malformed")]
