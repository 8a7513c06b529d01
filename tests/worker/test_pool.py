"""As many threads as an endpoint's answers need."""

import threading
from time import sleep

import pytest
from gateways import wait_until

from connectors_core.worker.pool import LOOKED_AT, Pool


@pytest.fixture
def calm():
    """Return the sign that no transaction is open."""
    event = threading.Event()
    event.set()
    return event


@pytest.fixture
def make(calm):
    """Return a function that makes a pool, which ends with the test."""
    made = []

    def pool(most):
        made.append(Pool("crm", most, calm))
        return made[-1]

    yield pool
    for one in made:
        one.close()


def run(pool, call, count):
    """Run `call` so many times and return how many threads there were at most."""
    done, most = [], 0
    for _ in range(count):
        pool.submit(lambda: (call(), done.append(1)))
    while len(done) < count:
        pool.grow()
        most = max(most, pool._threads)
        sleep(0.001)
    return most


def test_quick_answers_need_one_thread(make):
    """More would only take turns."""
    assert run(make(8), lambda: None, 200) <= 2


def test_slow_answers_get_all_threads(make):
    """They wait side by side."""
    assert run(make(4), lambda: sleep(0.02), 60) == 4


def test_a_call_that_hangs_holds_up_no_other(make):
    """Another thread takes up what waits behind it."""
    pool, hanging, done = make(4), threading.Event(), []
    pool.submit(hanging.wait)
    for _ in range(5):
        pool.submit(lambda: done.append(1))
    wait_until(lambda: pool.grow() is None or len(done) == 5)
    hanging.set()


def test_threads_that_are_too_many_end(make):
    """A moment of trouble leaves no crowd behind."""
    pool = make(4)
    run(pool, lambda: sleep(0.02), 40)
    assert pool._threads == 4
    run(pool, lambda: None, 6 * LOOKED_AT)
    wait_until(lambda: pool._threads == 1)


def test_there_are_never_more_than_allowed(make):
    """Whatever waits."""
    assert run(make(2), lambda: sleep(0.01), 30) == 2


def test_calls_wait_while_a_transaction_is_open_but_not_for_long(make, calm):
    """Whoever holds the store's lock is not disturbed; a store that hangs stops no call."""
    pool, done = make(1), []
    calm.clear()
    pool.submit(lambda: done.append(calm.is_set()))
    wait_until(lambda: done == [False])
