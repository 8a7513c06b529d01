"""Processes that are killed, stopped, continued and asked to end, and how they share the work."""

from __future__ import annotations

import fcntl
import signal
from pathlib import Path
from time import monotonic

import psutil
import psycopg
from ledger import Hook, conversation, hooks, repeated_keys
from processes import wait_for
from sqlalchemy import select

from connectors_core.store import deliveries
from connectors_core.worker.presence import LEASE


def test_a_working_process_that_dies_is_started_again(scene):
    """`run` looks after the process beside it."""
    program = scene.start("run")
    assert scene.sender.hook(Hook(conversation(0), 0)) == 200
    scene.settle()
    before = {one.pid for one in program.children()}
    first = program.children()[0]
    first.kill()
    assert scene.sender.hook(Hook(conversation(0), 1)) == 200
    wait_for("another working process", lambda: {one.pid for one in program.children()} - before)
    scene.settle()
    scene.check()
    assert program.running()
    assert "a working process ended with code -9; it is started again" in program.log


def test_a_killed_parent_leaves_no_orphan(scene):
    """The working process ends by itself, having settled what it had begun."""
    scene.crm.slowness = 0.3
    program = scene.start("run")
    children = program.children()
    sent = scene.sender.all(hooks(30, 1))
    wait_for("all acknowledgements", sent.is_set)
    wait_for("calls under way", lambda: scene.crm.calls)
    program.kill()
    wait_for("the children to end", lambda: not any(map(is_alive, children)))
    assert "started" not in scene.states()
    assert scene.workers() == set()
    scene.start("run")
    scene.settle()
    scene.check(drops_repetitions=False)


def is_alive(process):
    """Whether a process runs; where nobody waits for it, one that has ended stays in the list."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_sigterm_settles_what_was_started(scene):
    """A stop in good order loses nothing, leaves nothing in doubt, and says what is left."""
    scene.configure(idempotent=False)
    scene.crm.slowness = 0.5
    program = scene.start("run")
    sent = scene.sender.all(hooks(60, 2))
    wait_for("some calls", lambda: scene.arrived() >= 20)
    assert program.stop() == 0
    assert "started" not in scene.states()
    assert scene.states()["sent"] == scene.arrived() < 120
    assert scene.workers() == set()
    assert "left in the store" in program.log
    scene.crm.slowness = 0.0
    scene.start("run")
    wait_for("every webhook to be acknowledged", sent.is_set)
    scene.settle()
    scene.check(drops_repetitions=False)
    assert repeated_keys(scene.crm.calls) == []


def test_two_workers_share_the_load(scene):
    """Each takes lanes of its own: both work, and no conversation is out of order."""
    scene.crm.slowness = 0.02
    for command in (["serve"], ["work"], ["work"]):
        scene.start(*command)
    wait_for("every webhook to be acknowledged", scene.sender.all(hooks(60, 10)).is_set)
    scene.settle()
    scene.check(drops_repetitions=False)
    shares = calls_by_worker(scene)
    assert len(shares) == 2
    assert min(shares.values()) > 60


def calls_by_worker(scene):
    """Return how many calls each worker made."""
    shares = {}
    with scene.store.read() as db:
        for name in db.execute(select(deliveries.attempts.c.worker)).scalars():
            shares[name] = shares.get(name, 0) + 1
    return shares


def test_a_worker_that_is_frozen_beyond_its_lease_is_replaced(scene, store_url):
    """Another takes over its conversations; when it wakes up it comes back under a new name and breaks nothing."""
    scene.crm.slowness = 0.4
    scene.start("serve")
    frozen = scene.start("work")
    (old,) = scene.workers()
    sent = scene.sender.all(hooks(40, 3))
    wait_for("calls under way", lambda: scene.arrived() >= 10)
    freeze(frozen, store_url)
    asleep_since = monotonic()
    try:
        scene.crm.slowness = 0.0
        scene.start("work")
        wait_for("every webhook to be acknowledged", sent.is_set)
        wait_for("the frozen one to be given up", lambda: old not in scene.workers())
        assert monotonic() - asleep_since > LEASE - 2
        scene.settle()
        assert scene.arrived() == 120
    finally:
        frozen.signal(signal.SIGCONT)
    wait_for("both to be at work", lambda: len(scene.workers()) == 2)
    assert "comes back under a new name" in frozen.log
    more = scene.sender.all(hooks(40, 2, run="m"))
    wait_for("more acknowledgements", more.is_set)
    scene.settle()
    own = [call for call in scene.crm.messages() if "wamid.m" not in call.message]
    assert len({call.message for call in own}) == 120
    scene.check_runs("", "m")


def freeze(program, store_url):
    """Stop a process while it has no transaction open: what it has locked stays locked for long."""
    free = file_is_free if store_url.startswith("sqlite") else nothing_is_open

    def stopped():
        program.signal(signal.SIGSTOP)
        found = free(store_url)
        if not found:
            program.signal(signal.SIGCONT)
        return found

    wait_for("a moment without a transaction", stopped)


def file_is_free(store_url):
    """Whether nobody holds the lock that writers of SQLite queue at."""
    with Path(store_url.removeprefix("sqlite:///") + ".lock").open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def nothing_is_open(store_url):
    """Whether no session of PostgreSQL stands within a transaction once their statements have ended."""
    with psycopg.connect(store_url, autocommit=True) as db:
        db.execute("SELECT pg_sleep(0.3)")
        busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
        return db.execute(f"{busy} AND pid <> pg_backend_pid()").fetchone()[0] == 0
