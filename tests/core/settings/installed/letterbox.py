"""A package of the third-party shape, as installed: two apps, a channel, a CRM, an observer and a transform."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import attrs
from marshmallow import Schema, fields, post_load, validate

from connectors_core import Abilities, AppManifest, Http, Limit, Manifest, Pace, Retry, Secret, Untrusted, hookimpl
from connectors_core.model import Done, Event, Finding, Item, Message, Request, Text, Trusted
from connectors_core.settings.fields import SecretField, SecretsField, UrlField


class PostOfficeSchema(Schema):
    """`[apps.NAME]` with `type = "postoffice"`."""

    stamp = SecretsField(required=True, metadata={"description": "What signs the letters."})


class LettersSchema(Schema):
    """`[endpoints.NAME]` with `type = "letters"`."""

    box = fields.String(
        required=True, validate=validate.Regexp(r"\d{1,8}\Z"), metadata={"description": "The number of the box."}
    )
    key = SecretField(required=True, metadata={"description": "What opens the box."})


class AddressSchema(Schema):
    """A table in the table of an endpoint."""

    street = fields.String(required=True)
    number = fields.Integer(strict=True)


@attrs.frozen(kw_only=True)
class LedgerSettings:
    """What the schema of the CRM makes."""

    url: str
    token: Secret
    tags: dict[str, str] = attrs.field(factory=dict)
    addresses: tuple[dict[str, Any], ...] = ()
    mood: str = "calm"


class LedgerSchema(Schema):
    """`[endpoints.NAME]` with `type = "ledger"`."""

    url = UrlField(required=True, metadata={"description": "The address of the ledger."})
    token = SecretField(required=True, metadata={"description": "The token of the ledger."})
    tags = fields.Dict(keys=fields.String(validate=validate.Length(max=8)), values=fields.String())
    addresses = fields.List(fields.Nested(AddressSchema))
    mood = fields.String(load_default="calm", validate=validate.OneOf(("calm", "broken", "offline", "faulty")))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> LedgerSettings:
        return LedgerSettings(**data)


@attrs.frozen(eq=False)
class PostOffice:
    """An app."""

    manifest: ClassVar[AppManifest] = AppManifest(name="postoffice", title="Post office", settings=PostOfficeSchema)

    settings: Any
    http: Http

    @hookimpl
    def authenticate(self, request: Request) -> Trusted:
        """Trust nobody."""
        raise Untrusted

    @hookimpl
    def split(self, request: Request) -> Sequence[Item]:
        """Find nothing."""
        return []


@attrs.frozen(eq=False)
class Telegraph(PostOffice):
    """Another app."""

    manifest: ClassVar[AppManifest] = AppManifest(name="telegraph", title="Telegraph", settings=PostOfficeSchema)


@attrs.frozen(eq=False)
class Letters:
    """A channel that takes its webhooks through an app."""

    manifest: ClassVar[Manifest] = Manifest(
        name="letters",
        title="Letters",
        kind="channel",
        settings=LettersSchema,
        abilities=Abilities(parts={Text: Limit()}),
        pace=Pace(rate=10, burst=5, pair_every=2, pair_burst=3),
        app="postoffice",
        account="box",
    )

    settings: Any
    http: Http

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read nothing."""
        return []

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Send nothing."""
        return Done()


@attrs.frozen(eq=False)
class Ledger:
    """A CRM."""

    manifest: ClassVar[Manifest] = Manifest(
        name="ledger",
        title="Ledger",
        kind="crm",
        settings=LedgerSchema,
        abilities=Abilities(parts={Text: Limit()}),
        targets={"person.phone": "The number.", "person.name": "The name.", "custom.*": "A field of your own."},
    )

    settings: LedgerSettings = attrs.field()
    http: Http

    @settings.validator
    def _can_be_made(self, _attribute: object, value: LedgerSettings) -> None:
        if value.mood == "broken":
            raise ValueError(value.token.reveal())

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Write nothing."""
        return Done()

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Find what the settings wish."""
        if self.settings.mood == "faulty":
            raise ValueError(self.settings.token.reveal())
        yield Finding(level="ok", text="the token works")
        if self.settings.mood == "offline":
            raise Retry(f"the ledger is closed to {self.settings.token.reveal()}")


class Counter:
    """An observer."""

    @hookimpl(wrapper=True)
    def send(self) -> Any:
        """Watch."""
        return (yield)


def shout(value: str) -> str:
    """Return a text that is hard to overlook."""
    return f"{value.upper()}!"
