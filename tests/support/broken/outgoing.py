"""Faults of sending, and of what is made of failures."""

from __future__ import annotations

import itertools
import logging
from time import sleep

import attrs
from courier import Courier

from broken.registry import able, breaks
from connectors_core import (
    Call,
    NeedsAttention,
    RateLimited,
    Retry,
    Unreachable,
    hookimpl,
)
from connectors_core.errors import Uncertain
from connectors_core.model import Done, Reaction, Text

_log = logging.getLogger(__name__)


@breaks("calls", "table")
class _(Courier):
    """Adds a greeting."""

    def content(self, part):
        found = super().content(part)
        return {**found, "text": f"Hello! {part.body}"} if isinstance(part, Text) else found


@breaks("own-names", "early-receipt", "late-receipt", "own-echo")
class _(Courier):
    """Names what it sent after somebody else."""

    def sent(self, reply):
        done = super().sent(reply)
        return Done(refs=[attrs.evolve(ref, endpoint="courier") for ref in done.refs])


@breaks("table")
class _(Courier):
    """Has no table of errors."""

    def explain(self, reply):
        return None


@breaks("same-key", "calls", "table", "crash", abilities=able(idempotent=True))
class _(Courier):
    """Says that it is idempotent and makes a new key for every call."""

    numbers = itertools.count()

    @hookimpl
    def send(self, message, key):
        return Courier.send(self, message, f"{key}:{next(self.numbers)}")


@breaks("any-text")
class _(Courier):
    """Sends what fits into Latin-1."""

    def content(self, part):
        if isinstance(part, Text):
            part.body.encode("latin-1")
        return super().content(part)


@breaks("foreign-target")
class _(Courier):
    """Takes every id for one of its own."""

    def content(self, part):
        if isinstance(part, Reaction):
            return {"about": part.message.id, "emoji": part.emoji}
        return super().content(part)


@breaks("opens", abilities=able(opens=False))
class _(Courier):
    """Opens conversations and does not say so."""

    def address(self, message):
        return message.to.value if message.to is not None else super().address(message)


@breaks("rate-limit-hint")
class _(Courier):
    """Does not listen when it is told how long to wait."""

    def explain(self, reply):
        return RateLimited("too fast", after=60.0) if reply.status == 429 else super().explain(reply)


@breaks("rate-limit", "rate-limit-hint")
class _(Courier):
    """Takes a rate limit for something that nobody can mend."""

    def explain(self, reply):
        return NeedsAttention("too fast") if reply.status == 429 else super().explain(reply)


@breaks("credentials")
class _(Courier):
    """Goes on with dead credentials."""

    def explain(self, reply):
        return Retry("not allowed") if reply.status == 401 else super().explain(reply)


@breaks("server-error")
class _(Courier):
    """Tries again whatever broke."""

    def explain(self, reply):
        return Retry("try again") if reply.status >= 500 else super().explain(reply)


@breaks("time-out", "cut-off")
class _(Courier):
    """Takes every silence for nothing that has happened."""

    @hookimpl
    def send(self, message, key):
        try:
            return Courier.send(self, message, key)
        except Uncertain as error:
            if "said" in error.text or "no id" in error.text:
                raise
            raise Unreachable(error.text) from None


@breaks("cut-off")
class _(Courier):
    """Takes half an answer for a whole one."""

    @hookimpl
    def send(self, message, key):
        try:
            return Courier.send(self, message, key)
        except Uncertain as error:
            if "half" in error.text or "broke off" in error.text or "within" in error.text:
                return Done()
            raise


@breaks("unreachable")
class _(Courier):
    """Does not know whether what could not be connected to was reached."""

    @hookimpl
    def send(self, message, key):
        try:
            return Courier.send(self, message, key)
        except Unreachable as error:
            raise Uncertain(error.text) from None


@breaks("html")
class _(Courier):
    """Takes a page for an answer."""

    def sent(self, reply):
        return Done() if b"<html" in reply.body else super().sent(reply)


@breaks("unreadable")
class _(Courier):
    """Takes an empty answer for a good one."""

    def sent(self, reply):
        return super().sent(reply) if reply.body else Done()


@breaks("redirect")
class _(Courier):
    """Goes wherever it is sent."""

    def sent(self, reply):
        return super().sent(reply)

    def explain(self, reply):
        if 300 <= reply.status < 400:
            self.http.call(Call(method="GET", url=reply.headers["location"]))
        return super().explain(reply)


@breaks("private")
class _(Courier):
    """Logs what it does."""

    def content(self, part):
        if isinstance(part, Text):
            _log.debug("sending %s", part.body)
        return super().content(part)


@breaks("one-call")
class _(Courier):
    """Tries twice."""

    @hookimpl
    def send(self, message, key):
        try:
            return Courier.send(self, message, key)
        except RateLimited:
            sleep(0)
            return Courier.send(self, message, key)
