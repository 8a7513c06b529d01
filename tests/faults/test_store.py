"""A store that is full, locked, restarting or held by a process that hangs.

A full disk is a limit on the size of files, which needs no rights and works on Linux and macOS alike. Of PostgreSQL a
full disk is left out: the server answers it with an error of the same class as those that are tested here.
"""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from time import monotonic

import psycopg
import pytest
from leaks import BODY
from ledger import Hook, conversation, hooks
from processes import wait_for

SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)

SMALL_DISK = """
import resource, signal
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
signal.signal(signal.SIGUSR1, lambda *_: resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, unlimited[1])))
signal.signal(signal.SIGUSR2, lambda *_: resource.setrlimit(resource.RLIMIT_FSIZE, unlimited))
"""
"""No file may be written beyond `size` bytes after SIGUSR1: too few for a single page. SIGUSR2 makes room."""


@SQLITE
def test_a_full_disk_is_answered_5xx_and_heals(scene):
    """Nothing is acknowledged that is not kept; once there is room, everything goes on without a restart."""
    wrapper = SMALL_DISK.format(size=4096)
    intake = scene.start("serve", wrapper=wrapper)
    worker = scene.start("work", wrapper=wrapper)
    assert scene.sender.hook(Hook(conversation(0), 0)) == 200
    scene.settle()
    scene.crm.slowness = 0.02
    sent = scene.sender.all(hooks(20, 20, run="d"), every=0.1)
    wait_for("a part of the messages", lambda: scene.arrived() >= 50)
    for program in (intake, worker):
        program.signal(signal.SIGUSR1)
    wait_for("answers of 503", lambda: scene.sender.answers[503] >= 20)
    wait_for("the probe to say so", lambda: scene.ready() == 503)
    assert scene.healthy()
    assert not sent.is_set()
    for program in (intake, worker):
        program.signal(signal.SIGUSR2)
    wait_for("every webhook to be acknowledged", sent.is_set)
    scene.settle()
    scene.check()
    assert scene.ready() == 200
    assert set(scene.sender.answers) == {200, 503}


@SQLITE
def test_a_locked_file_is_answered_5xx_in_time_and_heals(scene, store_url):
    """A backup program that locks the file for long does not make senders wait for it."""
    scene.start("serve")
    scene.start("work")
    path = store_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:

        def lock():
            other.execute("BEGIN EXCLUSIVE")
            return other.rollback

        refuse_and_accept(scene, lock)


@POSTGRESQL
def test_a_locked_table_is_answered_5xx_in_time_and_heals(scene, store_url):
    """Nor does an administrator who locks the journal."""
    scene.start("serve")
    scene.start("work")
    with psycopg.connect(store_url) as other:

        def lock():
            other.execute("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE")
            return other.rollback

        refuse_and_accept(scene, lock)


def refuse_and_accept(scene, lock):
    """Send while the store is locked, and again when it is free. `lock` returns what unlocks it."""
    person = conversation(999)
    assert scene.sender.hook(Hook(person, 0)) == 200
    scene.settle()
    unlock = lock()
    began = monotonic()
    sent = scene.sender.all(hooks(20, 3))
    wait_for("an answer of 503 to every connection", lambda: scene.sender.answers[503] >= 16)
    assert scene.reply(person, f"{BODY} reply", "r-0").status_code == 503
    wait_for("locks to be waited for longer than any time-out", lambda: monotonic() - began > 12)
    assert scene.sender.answers[200] == 1
    assert set(scene.sender.answers) == {200, 503}
    assert scene.sender.slowest < 8
    assert scene.healthy()
    unlock()
    wait_for("every webhook to be acknowledged", sent.is_set)
    scene.settle()
    scene.check()
    assert scene.reply(person, f"{BODY} reply", "r-0").status_code == 202


@POSTGRESQL
@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_restart_of_postgresql_loses_nothing(scene, postgres_server, mode):
    """As hard as a power cut or in good order: webhooks are refused meanwhile, and everything goes on afterwards."""
    scene.crm.slowness = 0.005
    programs = [scene.start("serve"), scene.start("work"), scene.start("work")]
    sent = scene.sender.all(hooks(100, 20), every=0.02)
    wait_for("a part of the messages", lambda: scene.arrived() >= 300)
    postgres_server.stop(mode)
    try:
        refused = scene.sender.answers[503]
        wait_for("answers of 503", lambda: scene.sender.answers[503] >= refused + 20)
    finally:
        postgres_server.start()
        scene.store.close()
    wait_for("every webhook to be acknowledged", sent.is_set)
    scene.settle()
    scene.check()
    assert all(program.running() for program in programs)
    assert [program.log for program in programs if "ERROR" in program.log or "Traceback" in program.log] == []
