"""How much an endpoint may be called now."""

import threading

import pytest

from connectors_core.settings.model import Delivery
from connectors_core.worker.gates import Gate


def gate(ahead=0.0, **settings):
    """Return the gate of an endpoint with four threads."""
    return Gate("crm", Delivery(concurrency=4, **settings), threading.Event(), ahead=ahead)


def test_as_many_calls_as_there_are_threads():
    """A claim waits for a free one."""
    one = gate()
    assert one.free(0.0) == 4
    one.in_flight = 3
    assert one.free(0.0) == 1


@pytest.mark.parametrize(("answers", "claimed"), [(4, 4), (100, 25), (1000, 250)])
def test_work_is_claimed_ahead_by_the_pace_of_the_answers(answers, claimed):
    """A quarter of a second of it, and never less than there are threads."""
    one = gate(ahead=0.25)
    for second in range(1, 20):
        one.counted(answers, float(second))
    assert one.free(20.0) == claimed


def test_an_endpoint_that_slows_down_is_claimed_less_for():
    """What waits in one process cannot be done by another."""
    one = gate(ahead=0.25)
    one.counted(1000, 1.0)
    for second in range(2, 20):
        one.counted(0, float(second))
    assert one.free(20.0) == 4


def test_what_must_not_be_repeated_is_never_claimed_ahead():
    """Were the worker killed, all of it would be unknown."""
    one = gate(ahead=0.0)
    one.counted(1000, 1.0)
    assert one.free(1.0) == 4


def test_a_breaker_lets_one_call_try_again():
    """After its pause."""
    one = gate(breaker_after=2, breaker_pause=10.0)
    one.answered(unreachable=True, now=0.0)
    assert one.free(0.0) == 4
    one.answered(unreachable=True, now=0.0)
    assert (one.free(9.0), one.free(10.0)) == (0, 1)
    one.answered(unreachable=False, now=11.0)
    assert one.free(11.0) == 4
