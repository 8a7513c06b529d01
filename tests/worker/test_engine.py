"""The worker's loop: pace, lost leases, lost answers of the store, dead neighbours, and defects."""

import subprocess
import sys
import threading
from pathlib import Path
from time import time

import gateways
import peers
import pytest
from gateways import TWO_ENDS, message, receipt, reply, unusable, wait_until
from sqlalchemy.exc import OperationalError

from connectors_core.errors import Rejected, Uncertain
from connectors_core.model import Done, MessageRef
from connectors_core.store import lanes, operations
from connectors_core.worker import engine
from connectors_core.worker.presence import GRACE, LEASE, Presence
from connectors_core.working import Working

PAGER = TWO_ENDS.replace('type = "phone"', 'type = "pager"')
SLOWER = PAGER.replace('number = "100"', 'number = "100"\ndelivery = { pace = { rate = 0.25, burst = 1 } }')
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
    """Three at once, then one every two seconds, whoever they are for."""
    house = open_house(PAGER)
    ask(house, "a", "b", "c", "d", "e", "f")
    house.work()
    assert len(texts()) == 3
    for expected in (4, 5):
        house.later(2.2)
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
    house.later(2.2)
    house.work(second)
    house.work(first)
    assert len(texts()) == 4


def test_settings_may_lower_a_pace(open_house):
    """One at once, then one every four seconds."""
    house = open_house(SLOWER)
    ask(house, "a", "b")
    house.work()
    assert len(texts()) == 1
    house.later(2.2)
    house.work()
    assert len(texts()) == 1
    house.later(2.2)
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

    monkeypatch.setattr(type(house.store), "write", lambda store: Losing(store))
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


def bury(house, dead, *, by=None):
    """Let a worker be taken for dead: silent for longer than a lease."""
    house.sql("UPDATE workers SET lease_until = :t WHERE id = :id", t=time() - LEASE, id=dead.presence.id)
    (by or house.new_worker())._next_sweep = 0.0
    house.work(by or house._workers[-1])


@pytest.mark.parametrize(
    ("toml", "state"),
    [(TWO_ENDS, "uncertain"), (IDEMPOTENT, "waiting"), (TWO_ENDS.replace('"phone"', '"telex"'), "unknown")],
    ids=["can be asked", "idempotent", "cannot be asked"],
)
def test_an_attempt_of_a_dead_worker_is_judged_by_what_its_target_can(open_house, toml, state):
    """It may have happened: it is asked about, repeated where that does no harm, or listed for a human."""
    house = open_house(toml)
    ask(house, "ann")
    house.tell(reply("r2", "second", person="ann"))
    dead = house.new_worker()
    claimed = claim_without_calling(house, dead)
    assert house.states(target="shop")[0] == "started"
    other = house.new_worker()
    other.gates["shop"].paused = True
    with house.store.write() as db:
        operations.pause(db, "shop", "human", "so that nothing goes on yet")
    bury(house, dead, by=other)
    first = house.rows("deliveries", target="shop")[0]
    assert first.state == state
    (attempt,) = house.rows("attempts", delivery_id=first.id)
    assert (attempt.error, attempt.outcome) == ("WorkerDied", "unknown")
    assert [row.holder for row in house.rows("lanes")] == [None, None]
    assert claimed
    assert [row.id for row in house.rows("workers")] == [other.presence.id]


def claim_without_calling(house, worker):
    """Let a worker claim what is due and die before it could call anybody."""
    started = []
    worker._submit = started.append
    worker.wake()
    worker.round()
    return started


def test_an_attempt_of_a_dead_worker_with_a_receipt_was_sent(house):
    """What the provider has told since then decides."""
    ask(house, "ann")
    dead = house.new_worker()
    tasks = claim_without_calling(house, dead)
    (task,) = [one for one in tasks if one.row.target == "shop"]
    key = f"{house.store.installation}-{task.row.event_id}/1"
    house.arrive(receipt("sent", "wamid", key=key))
    bury(house, dead)
    assert house.states(target="shop") == ["sent"]
    assert texts() == []


def test_an_endpoint_that_left_the_settings_leaves_its_attempts_to_a_human(open_house):
    """Nobody can be asked any more."""
    house = open_house(TWO_ENDS + '\n[endpoints.books]\ntype = "desk"\ntoken = { env = "TOKEN" }\n')
    ask(house, "ann")
    dead = house.new_worker()
    claim_without_calling(house, dead)
    house.sql("UPDATE deliveries SET target = 'gone' WHERE target = 'shop'")
    bury(house, dead)
    assert house.states(target="gone") == ["unknown"]


def test_the_result_of_a_worker_that_was_buried_is_not_lost(house):
    """It hung, was taken for dead, and comes back with the answer: what happened there is stored."""
    ask(house, "ann")
    slow = house.new_worker()
    held, release = threading.Event(), threading.Event()

    def hang(_message, _key):
        held.set()
        release.wait(20)
        bot = reply("x", "I am a bot", endpoint="shop", account="100", conversation=message("m").conversation)
        return Done(refs=[MessageRef(endpoint="shop", account="100", id="late")], events=[bot])

    peers.of("shop").answers("send", hang)
    slow.wake()
    slow.round()
    assert held.wait(10)
    bury(house, slow)
    assert house.states(target="shop") == ["uncertain"]
    release.set()
    wait_until(lambda: slow._results)
    slow.presence._next_beat = 0.0
    house.work(slow)
    assert house.states(target="shop") == ["sent"]
    assert [row.external_id for row in house.rows("message_refs", endpoint="shop")] == ["late"]
    assert [row.kind for row in house.rows("journal")][-1] == "done"
    assert len(texts()) == 1


def test_what_followed_a_call_is_kept_although_a_receipt_settled_it_first(house):
    """The receipt proved the send; the bot's answer is known to the late worker alone."""
    ask(house, "ann")
    slow = house.new_worker()
    held, release = threading.Event(), threading.Event()

    def hang(_message, _key):
        held.set()
        release.wait(20)
        return Done(events=[reply("x", "I am a bot", endpoint="shop", account="100")])

    peers.of("shop").answers("send", hang)
    slow.wake()
    slow.round()
    assert held.wait(10)
    bury(house, slow)
    house.arrive(receipt("sent", "wamid", key=peers.of("shop").keys()[0]))
    assert house.states(target="shop") == ["sent"]
    release.set()
    wait_until(lambda: slow._results)
    house.work(slow)
    assert [row.kind for row in house.rows("journal")][-1] == "done"


def test_a_lane_that_a_late_result_frees_goes_on_at_once(house):
    """The lane waited for the next look at the unknown attempt: there is nothing to wait for any more."""
    ask(house, "ann")
    house.tell(reply("r2", "second", person="ann"))
    slow = house.new_worker()
    held, release = threading.Event(), threading.Event()
    peers.of("shop").answers("send", lambda *_: held.set() or (release.wait(20) and None))
    slow.wake()
    slow.round()
    assert held.wait(10)
    bury(house, slow)
    release.set()
    wait_until(lambda: slow._results)
    slow.presence._next_beat = 0.0
    house.work(slow)
    assert texts() == ["ann", "second"]


def test_a_refusal_that_comes_too_late_changes_nothing(house):
    """Only what certainly happened is taken from a worker that lost its lane."""
    ask(house, "ann")
    slow = house.new_worker()
    held, release = threading.Event(), threading.Event()

    def hang(_message, _key):
        held.set()
        release.wait(20)
        return Rejected("no")

    peers.of("shop").answers("send", hang)
    slow.wake()
    slow.round()
    assert held.wait(10)
    bury(house, slow)
    release.set()
    wait_until(lambda: slow._results)
    house.work(slow)
    assert house.states(target="shop") == ["uncertain"]


def test_a_worker_without_a_lease_makes_no_call(house):
    """It was asleep: others must be free to take its lanes before it calls anybody."""
    house.arrive(message("m1"))
    sleepy = house.new_worker()
    sleepy.presence._good_until = 0.0
    sleepy.presence._next_beat = float("inf")
    sleepy.wake()
    sleepy.round()
    wait_until(lambda: sleepy._results)
    sleepy.presence._good_until = float("inf")
    sleepy.round()
    assert house.rows("attempts")[0].reason == "the worker lost its lease before the call"
    house.work(sleepy)
    assert house.states() == ["sent"]
    assert len(peers.of("desk").calls) == 1


def test_a_living_worker_is_never_buried(house):
    """It is silent for a while, but its lock says that its process lives."""
    alive, other = house.new_worker(), house.new_worker()
    house.sql("UPDATE workers SET lease_until = :t WHERE id = :id", t=time() + LEASE - GRACE - 2, id=alive.presence.id)
    with house.store.write() as db:
        assert other.presence.dead(db) == []


def test_a_worker_that_hangs_is_buried_in_spite_of_its_lock(house):
    """Nothing was heard of it for a whole lease."""
    hung, other = house.new_worker(), house.new_worker()
    house.sql("UPDATE workers SET lease_until = :t WHERE id = :id", t=time() - 1, id=hung.presence.id)
    with house.store.write() as db:
        assert other.presence.dead(db) == [hung.presence.id]


def test_a_worker_that_was_buried_comes_back_under_a_new_name(house):
    """It finds out with its next sign of life."""
    worker = house.new_worker()
    before = worker.presence.id
    with house.store.write() as db:
        operations.leave(db, before)
    worker.presence._next_beat = 0.0
    house.arrive(message("m1"))
    house.work(worker)
    assert worker.presence.id != before
    assert [row.id for row in house.rows("workers")] == [worker.presence.id]
    assert house.states() == ["sent"]


def test_a_worker_that_leaves_takes_its_lease_and_its_name_with_it(house):
    """Leaving in good order frees everything at once."""
    presence = Presence(house.store)
    presence.join()
    with house.store.write() as db:
        assert operations.take_lease(db, "reader:x", presence.id) == 1
    presence.leave()
    assert house.rows("workers") == []
    with house.store.write() as db:
        assert operations.take_lease(db, "reader:x", 7) == 2


def test_a_killed_process_is_buried_and_its_call_is_unknown(open_house, store_url, tmp_path):
    """`kill -9` in the middle of a call: its lock ends with it, and nothing is sent a second time."""
    house = open_house(TWO_ENDS)
    ask(house, "ann")
    program = Path(gateways.__file__).with_name("working_process.py")
    command = [sys.executable, str(program), store_url, str(tmp_path / "connectors-0.toml")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline() == "calling\n"
        other = house.new_worker()
        house.sql("UPDATE workers SET lease_until = :t", t=time() + LEASE - GRACE - 1)
        with house.store.write() as db:
            assert other.presence.dead(db) == []
        child.kill()
        child.wait(10)
        wait_until(lambda: _dead(house, other))
        other._next_sweep = 0.0
        house.work(other)
    finally:
        child.kill()
        child.stdout.close()
        child.wait(10)
    assert house.states(target="shop") == ["uncertain"]
    assert texts() == []


def _dead(house, worker):
    with house.store.write() as db:
        return worker.presence.dead(db) != []


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


def test_lanes_are_described_for_the_status_page(house):
    """How many have work, and how many are held."""
    ask(house, "ann", "bob")
    with house.store.read() as db:
        assert lanes.describe(db) == {"ready": 4, "held": 0}
    house.work()
    with house.store.read() as db:
        assert lanes.describe(db) == {"ready": 0, "held": 0}


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
