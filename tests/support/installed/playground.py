"""A package of the third-party shape for tests of the whole way: one app, three channels and two CRMs."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any, ClassVar

import attrs
import peers
from marshmallow import Schema, fields

from connectors_core import Abilities, AppManifest, Http, Limit, Manifest, Pace, Secret, Untrusted, hookimpl
from connectors_core.errors import Malformed
from connectors_core.model import (
    Attempt,
    Challenge,
    Done,
    Event,
    Handover,
    Item,
    Link,
    Media,
    Message,
    Page,
    Reaction,
    Receipt,
    ReceiptKind,
    Reconciled,
    Request,
    Text,
    Trusted,
    Unsupported,
    codec,
    parse_json,
)
from connectors_core.settings.fields import SecretField

REPORTS = {ReceiptKind.SENT, ReceiptKind.DELIVERED, ReceiptKind.READ, ReceiptKind.FAILED}


class ExchangeSchema(Schema):
    """`[apps.NAME]` with `type = "exchange"`."""

    stamp = SecretField(required=True)


class ChannelSchema(Schema):
    """A channel; `traits` change its abilities."""

    number = fields.String(required=True)
    traits = fields.List(fields.String(), load_default=list)


class CrmSchema(Schema):
    """A CRM; `traits` change its abilities."""

    token = SecretField(required=True)
    traits = fields.List(fields.String(), load_default=list)


def _is(given: str, secret: Secret) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.reveal().encode())


def _events(item: Item) -> list[Event]:
    """Read a list of events as the codec writes them; `fault` breaks off as a bad connector would."""
    found = []
    for document in item.json():
        match document.get("fault"):
            case "malformed":
                raise Malformed("this cannot be read")
            case "defect":
                raise ZeroDivisionError(document.get("text", ""))
        found.append(codec.from_dict(document))
    return found


@attrs.frozen(eq=False)
class Exchange:
    """The app: a stamp in a header is its signature, and a body holds any number of items."""

    manifest: ClassVar[AppManifest] = AppManifest(name="exchange", title="Exchange", settings=ExchangeSchema)

    settings: Any
    http: Http

    @hookimpl
    def authenticate(self, request: Request) -> Trusted | Challenge:
        """Trust the stamp; answer the verification of the address."""
        if request.method == "GET" and _is(request.query.get("stamp", ""), self.settings["stamp"]):
            return Challenge(request.query.get("challenge", ""))
        if _is(request.headers.get("x-stamp", ""), self.settings["stamp"]):
            return Trusted()
        raise Untrusted

    @hookimpl
    def split(self, request: Request) -> Sequence[Item]:
        """Cut the body."""
        return [
            Item(type=one["type"], account=one["account"], raw=one["events"])
            for one in parse_json(request.body)["items"]
        ]


@attrs.frozen(eq=False)
class Telex:
    """A channel that cannot be asked afterwards."""

    manifest: ClassVar[Manifest] = Manifest(
        name="telex",
        title="Telex",
        kind="channel",
        settings=ChannelSchema,
        abilities=Abilities(parts={Text: Limit(split_at=20, most=1)}),
        app="exchange",
        account="number",
    )

    settings: Any
    http: Http

    @property
    def abilities(self) -> Abilities:
        """What the manifest says, and what the settings change."""
        return _changed(self.manifest.abilities, self.settings["traits"])

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read events."""
        return _events(item)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Tell the peer."""
        done: Done = peers.of(self.http.endpoint).take("send", message, key, self.settings["number"])
        return done


@attrs.frozen(eq=False)
class Pager(Telex):
    """A slow channel."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Telex.manifest, name="pager", pace=Pace(rate=0.5, burst=3, pair_every=60.0, pair_burst=2)
    )


@attrs.frozen(eq=False)
class Phone(Telex):
    """A channel that reports, echoes, opens conversations, and can be asked what became of an attempt."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Telex.manifest,
        name="phone",
        title="Phone",
        abilities=Abilities(
            parts={Text: Limit(split_at=20, most=1), Media: Limit(most=1), Reaction: Limit()},
            reports=REPORTS,
            echoes=True,
            opens=True,
        ),
    )

    @hookimpl
    def reconcile(self, attempt: Attempt) -> Reconciled:
        """Ask the peer."""
        found: Reconciled = peers.of(self.http.endpoint).take("reconcile", attempt.event, attempt.key, "")
        return found


@attrs.frozen(eq=False)
class Desk:
    """A CRM with everything."""

    manifest: ClassVar[Manifest] = Manifest(
        name="desk",
        title="Desk",
        kind="crm",
        settings=CrmSchema,
        abilities=Abilities(
            parts={Text: Limit(), Media: Limit(), Reaction: Limit(), Unsupported: Limit()},
            receipts={ReceiptKind.DELIVERED, ReceiptKind.READ, ReceiptKind.FAILED},
            makes_contacts=True,
            thread_control=True,
        ),
        targets={"note": "A word."},
    )

    settings: Any
    http: Http

    @property
    def abilities(self) -> Abilities:
        """What the manifest says, and what the settings change."""
        return _changed(self.manifest.abilities, self.settings["traits"])

    @hookimpl
    def authenticate(self, request: Request) -> Trusted:
        """Trust the token."""
        if _is(request.headers.get("x-stamp", ""), self.settings["token"]):
            return Trusted()
        raise Untrusted

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read events."""
        return _events(item)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Tell the peer."""
        return self._tell("send", message, key)

    @hookimpl
    def link_account(self, link: Link, key: str) -> Done:
        """Tell the peer."""
        return self._tell("link_account", link, key)

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:
        """Tell the peer."""
        return self._tell("hand_over", handover, key)

    @hookimpl
    def acknowledge(self, receipt: Receipt, key: str) -> Done:
        """Tell the peer."""
        return self._tell("acknowledge", receipt, key)

    def _tell(self, verb: str, noun: Any, key: str) -> Done:
        done: Done = peers.of(self.http.endpoint).take(verb, noun, key, self.http.endpoint)
        return done


@attrs.frozen(eq=False)
class Notary:
    """A CRM that pushes nothing: it is polled, and it takes messages."""

    manifest: ClassVar[Manifest] = Manifest(
        name="notary", title="Notary", kind="crm", settings=CrmSchema, abilities=Abilities(parts={Text: Limit()})
    )

    settings: Any
    http: Http

    @hookimpl
    def poll(self, cursor: str) -> Page:
        """Fetch what the peer has."""
        page: Page = peers.of(self.http.endpoint).take("poll", cursor, "", "")
        return page

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read events."""
        return _events(item)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Tell the peer."""
        done: Done = peers.of(self.http.endpoint).take("send", message, key, self.http.endpoint)
        return done


def _changed(abilities: Abilities, traits: Sequence[str]) -> Abilities:
    changes: dict[str, Any] = {"idempotent": "idempotent" in traits}
    if "silent" in traits:
        changes |= {"reports": frozenset(), "echoes": False}
    if "reports" in traits:
        changes["reports"] = REPORTS
    if "opens" in traits:
        changes["opens"] = True
    return attrs.evolve(abilities, **changes)
