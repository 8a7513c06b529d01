"""Faults of the contract, of declared abilities, and of what happens over time."""

from __future__ import annotations

import collections
import itertools
import os
import random

import attrs
from courier import ABILITIES, Courier, CourierSchema
from marshmallow import fields, pre_load

from broken.registry import able, breaks, without
from connectors_core import (
    Limit,
    Malformed,
    Secret,
    Untrusted,
    hookimpl,
)
from connectors_core.model import (
    Location,
    Media,
    Origin,
    ReceiptKind,
)


@breaks("parts", abilities=able(parts={**ABILITIES.parts, Location: Limit()}))
class _(Courier):
    """Declares what it cannot do."""


@breaks("kinds")
class _(Courier):
    """Carries films although it declares pictures and documents."""

    def content(self, part):
        return {"file": "x"} if isinstance(part, Media) and part.kind == "video" else super().content(part)


@breaks("receipts", abilities=able(receipts={ReceiptKind.READ, ReceiptKind.PLAYED}))
class _(Courier):
    """Declares a receipt that it does not take."""


@breaks("reports", abilities=able(reports=ABILITIES.reports | {ReceiptKind.PLAYED}))
class _(Courier):
    """Declares a receipt that it never tells of."""


@breaks("echoes", "read", "own-echo")
class _(Courier):
    """Takes an echo for a message of the person."""

    def entry(self, item, entry):
        found = super().entry(item, entry)
        return attrs.evolve(found, origin=Origin.CONTACT) if getattr(found, "echo", None) else found


@breaks("people", spoil=without("link_account/wanted"))
class _(Courier):
    """Does not show how it makes people."""


@breaks("threads", spoil=without("hand_over/take"))
class _(Courier):
    """Does not show how it takes a thread."""


@breaks("limits")
class _(Courier):
    """Sends files that are larger than it says."""

    def content(self, part):
        return {"file": "x"} if isinstance(part, Media) and (part.size or 0) > 1000 else super().content(part)


@breaks("samples", "*", spoil=lambda folder: (folder / "send" / "text.json").write_text("{", encoding="utf-8"))
class _(Courier):
    """Has half a sample."""


@breaks("build", "*", abilities=able(thread_control=()))
class _(Courier):
    """Has a hook that its manifest does not tell of."""


@breaks("trusted", "*")
class _(Courier):
    """Trusts nobody."""

    @hookimpl
    def authenticate(self, request):
        raise Untrusted


class LaxSchema(CourierSchema):
    """Throws away what it does not know."""

    @pre_load
    def tidy(self, data, **_):
        """Keep what it knows."""
        return {name: value for name, value in data.items() if name in self.fields}


@breaks("unknown-settings", settings_schema=LaxSchema)
class _(Courier):
    """Says nothing of a misspelt key."""


class PlainSchema(CourierSchema):
    """Has a secret as it is."""

    token = fields.String(required=True)


@breaks("secrets-by-reference", settings_schema=PlainSchema, settings={"token": "kit-courier-token-5bd1c0ffee"})
class _(Courier):
    """Takes a token in plain."""

    def call(self, method, path, body=None):
        hidden = attrs.evolve(self.settings, token=Secret(self.settings.token))
        return Courier.call(attrs.evolve(self, settings=hidden), method, path, body)


@breaks("check-away")
class _(Courier):
    """Breaks off where nobody answers."""

    @hookimpl
    def check(self):
        raise KeyError("name")


@breaks("care-samples", spoil=without("apply/callback"))
class _(Courier):
    """Does not show what applying does."""


@breaks("care")
class _(Courier):
    """Forgets the type of a file."""

    @hookimpl
    def fetch(self, media):
        return attrs.evolve(Courier.fetch(self, media), mime="application/octet-stream")


@breaks("duplicates", "pure", "read", "disorder", "fan-out", "own-echo", "unknown-fields")
class _(Courier):
    """Gives every arrival an id of its own."""

    numbers = itertools.count()

    def message(self, base, here, entry, origin):
        return super().message({**base, "id": f"{base['id']}-{next(self.numbers)}"}, here, entry, origin)


@breaks("disorder", "*")
class _(Courier):
    """Drops what it believes to have seen, by a memory of its own."""

    seen = collections.deque(maxlen=2)

    def message(self, base, here, entry, origin):
        if (base["endpoint"], origin) in self.seen:
            raise Malformed("seen")
        self.seen.append((base["endpoint"], origin))
        return super().message(base, here, entry, origin)


@breaks("reply", "early-receipt", "late-receipt", "own-echo", "crash")
class _(Courier):
    """Knows no conversation that it has not seen itself."""

    def address(self, message):
        if message.id == "kit-reply":
            raise Malformed("unknown conversation")
        return super().address(message)


@breaks("early-receipt", "late-receipt", "read")
class _(Courier):
    """Has a name of its own for what a receipt is about."""

    def status(self, base, here, entry):
        return super().status(base, here, {**entry, "about": f"message-{entry['about']}"})


@breaks("late-receipt", "early-receipt", "read")
class _(Courier):
    """Knows nothing beyond delivery."""

    def status(self, base, here, entry):
        return super().status(base, here, {**entry, "status": "delivered"} if entry["status"] == "read" else entry)


@breaks("own-echo", "read")
class _(Courier):
    """Has an id of its own for what comes back."""

    def entry(self, item, entry):
        found = super().entry(item, entry)
        return attrs.evolve(found, id=f"echo-{found.id}") if getattr(found, "echo", None) else found


@breaks("crash", "same-key", "calls", "table", abilities=able(idempotent=True))
class _(Courier):
    """Has a key for every process."""

    @hookimpl
    def send(self, message, key):
        return Courier.send(self, message, f"{key}:{os.getpid()}:{random.random()}")
