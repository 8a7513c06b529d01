"""Observers: wrappers around the four ways out that see every call and change nothing about it."""

from __future__ import annotations

import copy
import inspect
import logging
from collections.abc import Callable, Generator
from typing import Any

import attrs

from connectors_core.errors import defect
from connectors_core.hookspecs import hookimpl
from connectors_core.model import Done, Handover, Link, Message, Receipt

Watch = Generator[None, Done, Any]
"""An observer's wrapper at work: it yields once, where the call happens."""

_log = logging.getLogger(__name__)


@attrs.frozen(eq=False)
class Guard:
    """Stands between a call and one observer, so that what the observer does stays with the observer.

    It works on copies; what it returns is not used; what it raises is logged with its class and its line, never with
    its words, which could repeat the message. An observer that swallows an error is the only one that does not see it.
    """

    endpoint: str
    observer: Any

    @hookimpl(wrapper=True)
    def send(self, message: Message, key: str) -> Generator[None, Done, Done]:
        """Let the observer watch `send`."""
        return (yield from self._around("send", {"message": message, "key": key}))

    @hookimpl(wrapper=True)
    def link_account(self, link: Link, key: str) -> Generator[None, Done, Done]:
        """Let the observer watch `link_account`."""
        return (yield from self._around("link_account", {"link": link, "key": key}))

    @hookimpl(wrapper=True)
    def hand_over(self, handover: Handover, key: str) -> Generator[None, Done, Done]:
        """Let the observer watch `hand_over`."""
        return (yield from self._around("hand_over", {"handover": handover, "key": key}))

    @hookimpl(wrapper=True)
    def acknowledge(self, receipt: Receipt, key: str) -> Generator[None, Done, Done]:
        """Let the observer watch `acknowledge`."""
        return (yield from self._around("acknowledge", {"receipt": receipt, "key": key}))

    def _around(self, verb: str, arguments: dict[str, Any]) -> Generator[None, Done, Done]:
        watch = self._begin(verb, arguments)
        try:
            done = yield
        except Exception as error:
            self._tell_error(verb, watch, error)
            raise
        self._end(verb, watch, lambda running: running.send(copy.deepcopy(done)))
        return done

    def _begin(self, verb: str, arguments: dict[str, Any]) -> Watch | None:
        method = getattr(self.observer, verb, None)
        if method is None:
            return None
        try:
            wanted = inspect.signature(method).parameters
            watch: Watch = method(**{name: copy.deepcopy(arguments[name]) for name in wanted})
            next(watch)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the call goes on
            self._report(verb, defect(error))
            return None
        return watch

    def _tell_error(self, verb: str, watch: Watch | None, error: Exception) -> None:
        told: list[Exception] = []

        def throw(running: Watch) -> None:
            told.append(copy.copy(error).with_traceback(error.__traceback__))
            running.throw(told[0])

        self._end(verb, watch, throw, told)

    def _end(
        self, verb: str, watch: Watch | None, step: Callable[[Watch], None], told: list[Exception] | None = None
    ) -> None:
        if watch is None:
            return
        try:
            step(watch)
            watch.close()
            self._report(verb, "it yields more than once")
        except StopIteration:
            return
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the outcome stands
            # The error that it was told of may pass through it: that is what a wrapper does that takes no notice.
            if error not in (told or ()):
                self._report(verb, defect(error))

    def _report(self, verb: str, what: str) -> None:
        kind = type(self.observer).__name__
        _log.warning("%s: the observer %s failed at %s: %s; the outcome stands", self.endpoint, kind, verb, what)
