"""A package of the third-party shape for tests of the whole way: one app, three channels and two CRMs."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any, ClassVar

import attrs
import peers
from marshmallow import Schema, fields, validate

from connectors_core import (
    Abilities,
    AppManifest,
    Http,
    Limit,
    Manifest,
    Pace,
    Policy,
    Secret,
    Untrusted,
    Window,
    hookimpl,
)
from connectors_core.errors import Malformed
from connectors_core.model import (
    Activity,
    Attempt,
    Carousel,
    Challenge,
    Change,
    Choices,
    Content,
    Done,
    Event,
    Feedback,
    Finding,
    Handover,
    HandoverAction,
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
    Template,
    TemplateInfo,
    Text,
    Trusted,
    Unsupported,
    codec,
    parse_json,
)
from connectors_core.settings.fields import IntegerField, SecretField

REPORTS = {ReceiptKind.SENT, ReceiptKind.DELIVERED, ReceiptKind.READ, ReceiptKind.FAILED}


class ExchangeSchema(Schema):
    """`[apps.NAME]` with `type = "exchange"`."""

    stamp = SecretField(required=True, shortest=8, metadata={"description": "The stamp of the exchange."})


class ChannelSchema(Schema):
    """A channel; `traits` change its abilities."""

    number = fields.String(required=True)
    traits = fields.List(fields.String(), load_default=list, metadata={"ask": False})


class StudioSchema(ChannelSchema):
    """A channel with keys of every kind that a person can be asked for."""

    number = fields.String(
        required=True, validate=validate.Regexp(r"\d+\Z", error="has digits"), metadata={"description": "Its number."}
    )
    word = SecretField(metadata={"description": "A word.", "generate": True})
    key = SecretField(metadata={"description": "The key of its door."})
    open = fields.Boolean(metadata={"description": "Whether it is open."})
    chairs = IntegerField(metadata={"description": "How many chairs it has.", "ask": False})
    table = fields.Dict()


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


def _found(verb: str, endpoint: str, noun: str) -> Sequence[Finding]:
    found = peers.of(endpoint).take(verb, noun, "", "")
    return [Finding(level="ok", text=f"{verb} of {endpoint} is fine")] if found == Done() else found


class Planner:
    """Asks the peer for a plan, which by itself wants to be told of the address of webhooks."""

    http: Http

    @hookimpl
    def plan(self, callback: str) -> Sequence[Change | Finding]:
        """Ask the peer."""
        endpoint = self.http.endpoint
        found: Any = peers.of(endpoint).take("plan", callback, "", "")
        if found != Done():
            return found
        known = callback in peers.of(endpoint).told("apply")
        return [] if known else [Change(path="webhook", title="the address of webhooks", after=callback)]

    @hookimpl
    def apply(self, change: Change, callback: str) -> Finding:
        """Tell the peer."""
        return _found("apply", self.http.endpoint, callback)[0]


@attrs.frozen(eq=False)
class Exchange(Planner):
    """The app: a stamp in a header is its signature, and a body holds any number of items."""

    manifest: ClassVar[AppManifest] = AppManifest(
        name="exchange", title="Exchange", settings=ExchangeSchema, guide=("Open the exchange.", "Copy its stamp.")
    )

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
    def check(self) -> Sequence[Finding]:
        """Ask the peer."""
        return _found("check", self.http.endpoint, "")

    @hookimpl
    def split(self, request: Request) -> Sequence[Item]:
        """Cut the body."""
        return [
            Item(type=one["type"], account=one["account"], raw=one["events"], aliases=tuple(one.get("aliases", ())))
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
        Telex.manifest, name="pager", pace=Pace(rate=0.05, burst=3, pair_every=60.0, pair_burst=2)
    )


@attrs.frozen(eq=False)
class Phone(Telex):
    """A channel that reports, echoes, opens conversations, and can be asked what became of an attempt."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Telex.manifest,
        name="phone",
        title="Phone",
        abilities=Abilities(
            parts={Text: Limit(split_at=20, most=1), Media: Limit(most=1), Reaction: Limit(), Activity: Limit()},
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
class Studio(Planner, Phone):
    """A channel with a window, templates, and files that its peer gives; somebody looks after its account."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Phone.manifest,
        name="studio",
        abilities=attrs.evolve(
            Phone.manifest.abilities,
            parts={**Phone.manifest.abilities.parts, Template: Limit(most=1), Choices: Limit(), Carousel: Limit()},
        ),
        policy=Policy(
            windows=(Window(name="visiting", hours=24.0, opens=("message",), beyond=("template",)),),
            source="the house rules, 2026-03",
        ),
        settings=StudioSchema,
        guide=("Ask the studio for its number.",),
    )

    @hookimpl
    def check(self) -> Sequence[Finding]:
        """Ask the peer."""
        return _found("check", self.http.endpoint, "")

    @hookimpl
    def fetch(self, media: Media) -> Content:
        """Ask the peer."""
        found: Content = peers.of(self.http.endpoint).take("fetch", media, "", "")
        return found

    @hookimpl
    def templates(self) -> Sequence[TemplateInfo]:
        """Ask the peer."""
        found: Sequence[TemplateInfo] = peers.of(self.http.endpoint).take("templates", None, "", "")
        return found

    @hookimpl
    def check_template(self, template: Template, info: TemplateInfo) -> Sequence[str]:
        """Count the values."""
        missing = [slot.key for slot in info.slots if slot.key not in template.values]
        return [f"{', '.join(missing)} has no value"] if missing else []


@attrs.frozen(eq=False)
class Desk:
    """A CRM with everything."""

    manifest: ClassVar[Manifest] = Manifest(
        name="desk",
        title="Desk",
        kind="crm",
        settings=CrmSchema,
        abilities=Abilities(
            parts=dict.fromkeys((Text, Media, Reaction, Feedback, Template, Unsupported), Limit()),
            receipts={ReceiptKind.DELIVERED, ReceiptKind.READ, ReceiptKind.FAILED},
            makes_contacts=True,
            merges=True,
            thread_control=HandoverAction,
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
class Notary(Planner):
    """A CRM that pushes nothing: it is polled, and it takes messages."""

    manifest: ClassVar[Manifest] = Manifest(
        name="notary",
        title="Notary",
        kind="crm",
        settings=CrmSchema,
        abilities=Abilities(parts={Text: Limit()}, poll_every=0.01),
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


@attrs.frozen(eq=False)
class Clerk(Notary):
    """A notary whose pages are cut into entries."""

    manifest: ClassVar[Manifest] = attrs.evolve(Notary.manifest, name="clerk")

    @hookimpl
    def split(self, request: Request) -> Sequence[Item]:
        """Cut a page."""
        return [Item(type="clerk", account="notary", raw=[one]) for one in parse_json(request.body)]


def _changed(abilities: Abilities, traits: Sequence[str]) -> Abilities:
    changes: dict[str, Any] = {"idempotent": "idempotent" in traits}
    if "silent" in traits:
        changes |= {"reports": frozenset(), "echoes": False}
    if "reports" in traits:
        changes["reports"] = REPORTS
    if "opens" in traits:
        changes["opens"] = True
    return attrs.evolve(abilities, **changes)
