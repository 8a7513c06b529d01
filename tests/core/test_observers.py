"""Observers: they see the four ways out and change nothing about them."""

import logging
import sys
from datetime import UTC, datetime

import attrs
import pytest
from marshmallow import Schema

from connectors_core import Abilities, Endpoint, Limit, Manifest, RateLimited, SettingsError, hookimpl
from connectors_core.model import Done, Message, Origin, Text

MESSAGE = Message(
    endpoint="shop",
    account="1",
    id="m1",
    at=datetime.now(UTC),
    parts=(Text(body="the secret of the message"),),
    origin=Origin.AGENT,
    fields={"a": [1]},
)
DONE = Done(refs=[MESSAGE.ref])


@attrs.frozen(eq=False)
class Parrot:
    manifest = Manifest(
        name="parrot", title="Parrot", kind="crm", settings=Schema, abilities=Abilities(parts={Text: Limit()})
    )
    calls: list = attrs.Factory(list)
    error: Exception | None = None

    @hookimpl
    def send(self, message, key):
        self.calls.append((message, key))
        if self.error:
            raise self.error
        return DONE


def observing(method):
    """Return an observer whose wrapper of `send` is this generator."""
    return type("Spy", (), {"send": hookimpl(wrapper=True)(method)})()


def test_an_observer_sees_the_call_and_its_result():
    """It is an ordinary wrapper of pluggy."""
    seen = []

    def send(self, message, key):
        done = yield
        seen.append((message, key, done))
        return done

    parrot = Parrot()
    assert Endpoint.build("shop", parrot, [observing(send)]).deliver(MESSAGE, "k") == DONE
    assert seen == [(MESSAGE, "k", DONE)]
    assert parrot.calls == [(MESSAGE, "k")]


def test_an_observer_sees_the_error():
    """With everything that it carries."""
    seen = []

    def send(self, key):
        try:
            yield
        except RateLimited as error:
            seen.append((key, error.after))
            raise

    endpoint = Endpoint.build("shop", Parrot(error=RateLimited(after=3)), [observing(send)])
    with pytest.raises(RateLimited):
        endpoint.deliver(MESSAGE, "k")
    assert seen == [("k", 3)]


def raises_before(self, message):
    """Break before the call."""
    raise ValueError(message.parts[0].body)
    yield


def raises_after(self, message):
    """Break behind the call."""
    yield
    raise ValueError(message.parts[0].body)


def never_yields(self, message):
    """End before the call."""
    return
    yield


def yields_twice(self, message):
    """Wait for a second call that never comes."""
    yield
    yield


def exits(self, message):
    """Try to end the program."""
    yield
    sys.exit(1)


@pytest.mark.parametrize("error", [None, RateLimited(after=3)])
@pytest.mark.parametrize("method", [raises_before, raises_after, never_yields, yields_twice, exits])
def test_what_breaks_in_an_observer_is_logged_and_changes_no_outcome(method, error, caplog):
    """And the log names class and line, never the words of the message."""
    parrot = Parrot(error=error)
    endpoint = Endpoint.build("shop", parrot, [observing(method)])
    if error is None:
        assert endpoint.deliver(MESSAGE, "k") == DONE
    else:
        with pytest.raises(RateLimited) as caught:
            endpoint.deliver(MESSAGE, "k")
        assert caught.value is error
    assert len(parrot.calls) == 1
    if error is None or method in (raises_before, never_yields):
        assert "shop: the observer Spy failed at send" in caplog.text
        assert caplog.records[0].levelno == logging.WARNING
    assert "secret of the message" not in caplog.text


def test_an_observer_that_swallows_an_error_is_the_only_one_that_does_not_see_it():
    """The worker sees it."""

    def send(self):
        try:
            yield
        except RateLimited:
            return DONE

    endpoint = Endpoint.build("shop", Parrot(error=RateLimited()), [observing(send)])
    with pytest.raises(RateLimited):
        endpoint.deliver(MESSAGE, "k")


def test_an_observer_that_replaces_the_result_replaces_nothing():
    """What it returns is not used."""

    def send(self):
        yield
        return Done()

    assert Endpoint.build("shop", Parrot(), [observing(send)]).deliver(MESSAGE, "k") == DONE


def test_an_observer_works_on_copies():
    """What it writes into a message or an error reaches neither the provider nor the worker."""

    def send(self, message):
        message.fields["a"].append(2)
        try:
            yield
        except RateLimited as error:
            error.after = 9999
            raise

    parrot = Parrot(error=RateLimited(after=3))
    endpoint = Endpoint.build("shop", parrot, [observing(send)])
    with pytest.raises(RateLimited) as caught:
        endpoint.deliver(MESSAGE, "k")
    assert parrot.calls[0][0].fields == {"a": [1]}
    assert caught.value.after == 3


def test_one_broken_observer_does_not_blind_another():
    """Each has a guard of its own."""
    seen = []

    def send(self, key):
        seen.append(key)
        yield

    endpoint = Endpoint.build("shop", Parrot(), [observing(raises_before), observing(send), observing(raises_after)])
    assert endpoint.deliver(MESSAGE, "k") == DONE
    assert seen == ["k"]


@pytest.mark.parametrize(
    ("name", "method", "options", "text"),
    [
        ("authenticate", lambda self, request: (yield), {"wrapper": True}, "observers wrap send, link_account"),
        ("receive", lambda self, item: (yield), {"wrapper": True}, "observers wrap send, link_account"),
        ("sned", lambda self, message: (yield), {"wrapper": True}, "no hook of this name; did you mean send?"),
        ("send", lambda self, letter: (yield), {"wrapper": True}, "send has no argument letter"),
        ("send", lambda self, message: Done(), {}, "must be a generator marked with @hookimpl"),
        ("send", lambda self, message: (yield), {"hookwrapper": True}, "must be a generator marked with @hookimpl"),
    ],
)
def test_an_observer_that_could_not_only_observe_is_refused_at_start(name, method, options, text):
    """Trust and reading are no business of observers."""
    observer = type("Spy", (), {name: hookimpl(**options)(method)})()
    with pytest.raises(SettingsError) as caught:
        Endpoint.build("shop", Parrot(), [observer])
    assert text in str(caught.value)


def test_an_observer_that_observes_nothing_is_refused_at_start():
    """Somebody forgot to mark its methods."""
    with pytest.raises(SettingsError, match="Spy observes nothing"):
        Endpoint.build("shop", Parrot(), [type("Spy", (), {})()])
