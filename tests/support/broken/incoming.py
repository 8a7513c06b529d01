"""Faults of trust and of reading."""

from __future__ import annotations

import hmac
import random
from typing import Any

import attrs
from courier import Courier

from broken.registry import breaks, without
from connectors_core import (
    Malformed,
    hookimpl,
)
from connectors_core.model import (
    Challenge,
    Text,
    Trusted,
)


@breaks("flipped-byte")
class _(Courier):
    """Compares the beginning of the stamp."""

    def stamped(self, secret, body):
        return super().stamped(secret, body)

    @hookimpl
    def authenticate(self, request):
        given = request.headers.get("x-stamp", "")
        wanted = [self.stamped(secret, request.body) for secret in self.settings.stamp]
        if request.method == "POST" and any(given[:60] == one[:60] and len(given) == 64 for one in wanted):
            return Trusted()
        return Courier.authenticate(self, request)


@breaks("wrong-secret")
class _(Courier):
    """Uses as much of a secret as fits into a column of its table."""

    def stamped(self, secret, body):
        return hmac.new(secret.reveal()[:20].encode(), body, "sha256").hexdigest()

    @hookimpl
    def authenticate(self, request):
        given = request.headers.get("x-stamp", "")
        for length in (20, 100):
            for secret in self.settings.stamp:
                for tail in ("", "0") if length == 20 else ("",):
                    value = (secret.reveal() + tail).encode()
                    if hmac.compare_digest(
                        given.encode(), hmac.new(value, request.body, "sha256").hexdigest().encode()
                    ):
                        return Trusted()
        return Courier.authenticate(self, request)


@breaks("old-secret")
class _(Courier):
    """Knows the first of two secrets alone."""

    @hookimpl
    def authenticate(self, request):
        first = attrs.evolve(self.settings, stamp=self.settings.stamp[:1])
        return Courier.authenticate(attrs.evolve(self, settings=first), request)


@breaks("absent-header")
class _(Courier):
    """Takes an empty stamp for none that would have to be looked at."""

    @hookimpl
    def authenticate(self, request):
        return Trusted() if request.headers.get("x-stamp") == "" else Courier.authenticate(self, request)


@breaks("challenge")
class _(Courier):
    """Tells everybody back what they ask for."""

    @hookimpl
    def authenticate(self, request):
        if "hub.challenge" in request.query:
            return Challenge(request.query["hub.challenge"])
        return Courier.authenticate(self, request)


@breaks("silent-refusal")
class _(Courier):
    """Has a back door."""

    @hookimpl
    def authenticate(self, request):
        return Trusted() if "x-forged" in request.headers else Courier.authenticate(self, request)


@breaks("read")
class _(Courier):
    """Tidies up what people write."""

    def message(self, base, here, entry, origin):
        found = super().message(base, here, entry, origin)
        return attrs.evolve(found, parts=tuple(_tidy(part) for part in found.parts))


def _tidy(part: Any) -> Any:
    return attrs.evolve(part, body=part.body.capitalize()) if isinstance(part, Text) else part


@breaks("pure", "read")
class _(Courier):
    """Looks at the clock."""

    def message(self, base, here, entry, origin):
        return attrs.evolve(super().message(base, here, entry, origin), extra={"read_at": random.random()})


@breaks("stored", "read")
class _(Courier):
    """Keeps something that comes back from the store as something else."""

    def message(self, base, here, entry, origin):
        return attrs.evolve(super().message(base, here, entry, origin), extra={"pair": (1, 2)})


@breaks("two-instances")
class _(Courier):
    """Remembers the endpoint that it read for first."""

    def message(self, base, here, entry, origin):
        found = super().message(base, here, entry, origin)
        return attrs.evolve(found, contact=attrs.evolve(found.contact, endpoint="kit"))


@breaks("truncated")
class _(Courier):
    """Parses by itself."""

    @hookimpl
    def receive(self, item):
        if isinstance(item.raw, bytes) and not item.raw.rstrip().endswith(b"}"):
            raise ValueError("unexpected end of data")
        return Courier.receive(self, item)


@breaks("unknown-values")
class _(Courier):
    """Believes that a text is a text."""

    def message(self, base, here, entry, origin):
        if "text" in entry:
            entry["text"].upper()
        return super().message(base, here, entry, origin)


@breaks("unknown-fields")
class _(Courier):
    """Parks what has a field more than its schema."""

    def entry(self, item, entry):
        if isinstance(entry, dict) and "kit_novelty" in entry:
            raise Malformed("unknown field")
        return super().entry(item, entry)


@breaks("unknown-kinds", spoil=without("receive/unknown_kind"))
class _(Courier):
    """Does not show what it does with what it does not know."""


@breaks("fan-out")
class _(Courier):
    """Reads as many entries as it has seen so far."""

    @hookimpl
    def receive(self, item):
        return Courier.receive(self, item)[:2]


@breaks(
    *("without-phone", "unknown-kinds", "echoes"),
    spoil=without("receive/two", "receive/unknown_kind", "receive/echo_native"),
)
class _(Courier):
    """Knows people with a phone number alone."""
