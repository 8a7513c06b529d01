"""The worker's loop: pace, lost leases, lost answers of the store, dead neighbours, and defects."""

import threading

import gateways
import peers
from gateways import TWO_ENDS, message, reply, unusable, wait_until
from sqlalchemy.exc import OperationalError

from connectors_core.errors import Uncertain
from connectors_core.model import Done, MessageRef
from connectors_core.worker import engine
from connectors_core.working import Working

PAGER = TWO_ENDS.replace('type = "phone"', 'type = "pager"')
SLOWER = PAGER.replace('number = "100"', 'number = "100"\ndelivery = { pace = { rate = 0.025, burst = 1 } }')
IDEMPOTENT = TWO_ENDS.replace('number = "100"', 'number = "100"\ntraits = ["idempotent"]')


def ask(house, *names):
    """Let people write, and agents answer each of them."""
    for name in names:
        house.arrive(message(f"m-{name}", person=name))
        house.tell(reply(f"r-{name}", name, person=name))


def texts():
    """Return what was sent to the shop."""
    return peers.of("shop").texts()


def test_a_pace_lets_a_burst_go_and_then_its_rate(open_house):
    """Three at once, then one every twenty seconds, whoever they are for."""
    house = open_house(PAGER)
    ask(house, "a", "b", "c", "d", "e", "f")
    house.work()
    assert len(texts()) == 3
    for expected in (4, 5):
        house.later(22)
        house.work()
        assert len(texts()) == expected
    assert len(set(texts())) == 5


def test_two_workers_share_one_pace(open_house):
    """The pace is kept in the store: a second worker does not double it."""
    house = open_house(PAGER)
    ask(house, "a", "b", "c", "d", "e", "f")
    first, second = house.new_worker(), house.new_worker()
    gateways.together(lambda: house.work(first), lambda: house.work(second))
    assert len(texts()) == 3
    house.later(22)
    house.work(second)
    house.work(first)
    assert len(texts()) == 4


def test_settings_may_lower_a_pace(open_house):
    """One at once, then one every forty seconds."""
    house = open_house(SLOWER)
    ask(house, "a", "b")
    house.work()
    assert len(texts()) == 1
    house.later(22)
    house.work()
    assert len(texts()) == 1
    house.later(22)
    house.work()
    assert len(texts()) == 2


def test_a_pair_has_a_pace_of_its_own(open_house):
    """Two to Ann are borrowed in advance, the third waits; Bob does not."""
    house = open_house(PAGER)
    ask(house, "ann", "bob")
    house.tell(reply("a2", "a2", person="ann"), reply("a3", "a3", person="ann"))
    house.work()
    for _ in range(6):
        house.later(3)
        house.work()
    assert sorted(texts()) == ["a2", "ann", "bob"]
    house.later(60)
    house.work()
    assert sorted(texts()) == ["a2", "a3", "ann", "bob"]


def test_two_workers_never_hold_one_lane(house):
    """Many short conversations, two workers: everything once, and in order within each."""
    for name in "abcdefgh":
        house.arrive(message(f"m-{name}", person=name))
        house.tell(*(reply(f"{name}{number}", f"{name}{number}", person=name) for number in range(4)))
    first, second = house.new_worker(), house.new_worker()
    gateways.together(lambda: house.work(first), lambda: house.work(second))
    house.work(first)
    for name in "abcdefgh":
        assert [text for text in texts() if text[0] == name] == [f"{name}{number}" for number in range(4)]
    assert set(house.states()) == {"sent"}


def commit_and_lose(house, monkeypatch, when):
    """Let the store commit, and let the answer of that commit be lost once, when `when` says so."""
    real = type(house.store).write
    lost = []

    class Losing:
        def __init__(self, store):
            self._context = real(store)

        def __enter__(self):
            return self._context.__enter__()

        def __exit__(self, *error):
            answer = self._context.__exit__(*error)
            if error[0] is None and not lost and when():
                lost.append(1)
                raise OperationalError("COMMIT", {}, Exception("the connection was lost"))
            return answer

    def write(store):
        return Losing(store)

    monkeypatch.setattr(type(house.store), "write", write)
    monkeypatch.setattr(engine, "STORE_PAUSE", 0.01)
    return lost


def run_until(worker, condition):
    """Run a worker in a thread until a condition holds, then stop it in good order."""
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        wait_until(condition)
    finally:
        worker.stop()
        thread.join(20)
    assert not thread.is_alive()


def test_a_claim_whose_commit_answer_was_lost_is_given_back(house, monkeypatch):
    """The store claimed and started, we never heard of it: no call was made, and it is made now."""
    house.arrive(message("m1"))
    worker = house.worker
    lost = commit_and_lose(house, monkeypatch, lambda: any(row.holder for row in house.rows("lanes")))
    run_until(worker, lambda: house.states() == ["sent"])
    assert lost
    assert peers.of("desk").texts() == ["hello"]


def test_a_result_whose_commit_answer_was_lost_is_not_made_twice(house, monkeypatch):
    """It was stored, and the next message of the lane was claimed in the same commit: both are known afterwards."""
    house.arrive(message("m1", "one"), message("m2", "two"), message("m3", "three"))
    worker = house.worker
    lost = commit_and_lose(house, monkeypatch, lambda: house.states()[0] == "sent")
    run_until(worker, lambda: house.states() == ["sent"] * 3)
    assert lost
    assert peers.of("desk").texts() == ["one", "two", "three"]
    assert len(house.rows("attempts")) == 3


def test_a_worker_goes_on_when_its_store_comes_back(house, monkeypatch):
    """Results wait in memory for as long as it takes; nothing is called twice."""
    monkeypatch.setattr(engine, "STORE_PAUSE", 0.01)
    house.arrive(message("m1"))
    worker = house.worker
    gone = unusable(house.store)

    def answer(_message, _key):
        gone.__enter__()
        return Done(refs=[MessageRef(endpoint="desk", account="desk", id="d1")])

    peers.of("desk").answers("send", answer)
    thread = threading.Thread(target=worker.run)
    thread.start()
    wait_until(lambda: worker._unsettled)
    gone.__exit__(None, None, None)
    wait_until(lambda: not worker._unsettled and not worker._results)
    worker.stop()
    thread.join(20)
    wait_until(lambda: _state_is(house, "sent"))
    assert len(peers.of("desk").calls) == 1


def _state_is(house, state):
    try:
        return house.states() == [state]
    except OperationalError:
        return False  # a connection of before


def test_a_defect_of_a_connector_never_stops_the_loop(house):
    """One conversation's call breaks in the strangest way: the others are delivered."""
    ask(house, "ann", "bob")
    peers.of("shop").answers("send", BufferError("?"))
    house.work()
    assert sorted(house.states(target="shop")) == ["sent", "uncertain"]


def test_a_round_that_fails_is_tried_again(house, monkeypatch, caplog):
    """A defect of our own is logged, and the loop goes on."""
    monkeypatch.setattr(engine, "STORE_PAUSE", 0.01)
    house.arrive(message("m1"))
    worker = house.worker
    real, failed = worker._transact, []

    def transact():
        if not failed:
            failed.append(1)
            raise ZeroDivisionError
        real()

    monkeypatch.setattr(worker, "_transact", transact)
    run_until(worker, lambda: house.states() == ["sent"])
    assert "a round of the worker failed" in caplog.text


def test_a_worker_that_was_stopped_settles_what_it_had_begun(house):
    """Calls that run are waited for; nothing new is started."""
    ask(house, "ann", "bob")
    release = threading.Event()

    def slow(_message, _key):
        release.wait(10)

    peers.of("desk").always("send", slow)
    worker = house.worker
    thread = threading.Thread(target=worker.run)
    thread.start()
    wait_until(lambda: len(peers.of("desk").calls) == 2)
    worker.stop()
    release.set()
    thread.join(20)
    assert not thread.is_alive()
    assert house.states(target="desk") == ["sent", "sent"]


def test_everything_together_runs_in_one_process(house, monkeypatch):
    """Journal, readers, worker and watcher: a webhook reaches the CRM and the answer the person, without a push."""
    working = Working(house.gateway)
    thread = threading.Thread(target=working.run)
    thread.start()
    try:
        house.journal("exchange", gateways.webhook(gateways.item(message("m1"))))
        wait_until(lambda: peers.of("desk").texts() == ["hello"])
        house.journal("desk", gateways.page(reply("r1")), kind="api", endpoint="desk")
        wait_until(lambda: texts() == ["hi"])
    finally:
        working.stop()
        thread.join(20)
    assert not thread.is_alive()
    assert house.rows("workers") == []
    assert house.states() == ["sent", "sent"]


def test_reading_goes_on_after_a_store_that_was_away(house, monkeypatch):
    """The reader's thread survives, and says so once."""
    monkeypatch.setattr("connectors_core.working.STORE_PAUSE", 0.01)
    working = Working(house.gateway, deliver=False)
    real, failed = working._round, []

    def broken():
        if len(failed) < 2:
            failed.append(1)
            raise OperationalError("SELECT 1", {}, Exception("gone")) if len(failed) == 1 else ZeroDivisionError
        return real()

    monkeypatch.setattr(working, "_round", broken)
    thread = threading.Thread(target=working.run)
    thread.start()
    house.journal("exchange", gateways.webhook(gateways.item(message("m1"))))
    wait_until(lambda: house.states() == ["waiting"])
    working.stop()
    thread.join(20)
    assert len(failed) == 2
    assert house.states() == ["waiting"]


def test_an_uncertain_attempt_is_settled_by_its_echo_while_reconcile_runs(house):
    """Two proofs at once are one message."""
    ask(house, "ann")
    peers.of("shop").answers("send", Uncertain("perhaps"))
    house.work()
    key = peers.of("shop").keys()[0]

    def proves(_message, _key):
        house.arrive(gateways.echo("copy", key=key, person="ann"))

    peers.of("shop").answers("reconcile", proves)
    house.later(6)
    house.work()
    assert house.states(target="shop") == ["sent"]
    assert len(peers.of("desk").texts()) == 1
