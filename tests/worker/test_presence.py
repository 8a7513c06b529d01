"""A living worker is never taken for dead; what a dead one left is judged, and what it still says is not lost."""

import subprocess
import sys
import threading
from pathlib import Path
from time import time

import gateways
import peers
import pytest
from gateways import TWO_ENDS, message, receipt, reply, wait_until

from connectors_core.errors import Rejected
from connectors_core.model import Activity, ActivityKind, Done, MessageRef
from connectors_core.store import operations
from connectors_core.worker.presence import GRACE, LEASE, Presence

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
    assert [row.holder for row in house.rows("lanes", target="shop")] == [None]
    assert claimed
    assert [row.id for row in house.rows("workers")] == [other.presence.id]


def test_a_sign_of_life_of_a_dead_worker_holds_no_words_back(house):
    """The worker died while it told that somebody types: what was written then is sent as soon as it is buried."""
    ask(house, "ann")
    house.work()
    house.tell(reply("sign", parts=(Activity(kind=ActivityKind.TYPING),)))
    dead = house.new_worker()
    claim_without_calling(house, dead)
    house.tell(reply("words", "words"))
    bury(house, dead)
    assert house.states(target="shop") == ["sent", "sent", "sent"]


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
