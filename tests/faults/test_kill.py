"""kill -9 of every part of the program in the middle of 2,000 webhooks."""

from __future__ import annotations

import pytest
from ledger import hooks
from processes import wait_for

PARTS = {"intake": ["serve"], "reader": ["work", "--no-deliver"], "worker": ["work", "--no-read"]}


@pytest.mark.parametrize("victim", PARTS)
def test_kill_loses_and_doubles_nothing(scene, victim):
    """Whatever was acknowledged arrives once and in order, whichever part died meanwhile."""
    scene.crm.slowness = 0.005
    scene.configure(concurrency=16)
    programs = {name: scene.start(*command) for name, command in PARTS.items()}
    sent = scene.sender.all(hooks(100, 20), every=0.01)
    wait_for("a quarter of the webhooks", lambda: scene.arrived() >= 500)
    programs[victim].kill()
    assert not sent.is_set()
    scene.start(*PARTS[victim])
    wait_for("every webhook to be acknowledged", sent.is_set)
    scene.settle()
    assert len(scene.sender.acknowledged) == 2000
    scene.check()


def test_kill_of_a_worker_lists_what_may_have_happened(scene):
    """Where a repetition would be a double, each send of the dead worker is listed as unknown and not repeated."""
    scene.crm.slowness = 0.05
    scene.configure(idempotent=False, concurrency=16)
    programs = {name: scene.start(*command) for name, command in PARTS.items()}
    sent = scene.sender.all(hooks(100, 20))
    wait_for("some hundred messages", lambda: scene.arrived() >= 300)
    programs["worker"].kill()
    scene.crm.slowness = 0.0
    scene.start(*PARTS["worker"])
    wait_for("every webhook to be acknowledged", sent.is_set)
    scene.settle()
    unknown = scene.in_state("unknown")
    assert 0 < len(unknown) <= 16
    assert scene.states() == {"sent": 2000 - len(unknown), "unknown": len(unknown)}
    scene.check(drops_repetitions=False, unknown=unknown)


def test_kill_of_everything_at_once(scene):
    """A power cut in the middle, and the next start goes on where the last one ended."""
    scene.crm.slowness = 0.005
    scene.configure(concurrency=16)
    program = scene.start("run")
    sent = scene.sender.all(hooks(100, 20), every=0.02)
    for share in (400, 1000):
        wait_for(f"{share} messages", lambda share=share: scene.arrived() >= share)
        program.kill_group()
        program = scene.start("run")
    wait_for("every webhook to be acknowledged", sent.is_set)
    scene.settle()
    assert len(scene.sender.acknowledged) == 2000
    scene.check()
