"""The schemas of core's own tables; every field says in its description what it is for."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from connectors_core.model import NATIVE_APP, OTHER, OURS, UNKNOWN
from connectors_core.redact import Secret
from connectors_core.settings.fields import (
    REFERENCE,
    DurationField,
    IntegerField,
    JsonSchema,
    NumberField,
    ReadField,
    SecretField,
    UrlField,
    remember,
    resolve,
)
from connectors_core.settings.model import Gateway

RESERVED = frozenset((NATIVE_APP, OTHER, OURS, UNKNOWN))
"""What no endpoint may be called: these words mean somebody else who may answer a conversation."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}")
"""What apps, endpoints and API tokens may be called: it stands in addresses and dotted paths."""

_STORE = re.compile(r"(sqlite|postgresql)(\+[a-z0-9]+)?://")
_POSITIVE = validate.Range(min=0, min_inclusive=False, error="must be greater than 0")


def says(text: str) -> dict[str, str]:
    """Return the metadata of a field: its description."""
    return {"description": text}


class Table(Schema):
    """A TOML table: unknown keys are refused."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE


class StoreField(ReadField[str]):
    """The address of the store; with a password in it, only by reference."""

    json_schema: ClassVar[JsonSchema] = {"anyOf": [{"type": "string", "pattern": f"^{_STORE.pattern}"}, REFERENCE]}

    def read(self, value: Any) -> str:
        """Return the value, or raise ValidationError."""
        url = value if isinstance(value, str) else resolve(value).reveal()
        if not _STORE.match(url):
            raise ValidationError('must begin with "sqlite:///" or "postgresql://"')
        try:
            password = urlsplit(url).password
        except ValueError:
            raise ValidationError("is not an address that can be read") from None
        if password and isinstance(value, str):
            raise ValidationError('has a password: put the address into the environment and write { env = "NAME" }')
        if password:
            remember(Secret(unquote(password), "the password of the store"))
        return url


class WhenField(ReadField[dict[str, Any]]):
    """Paths of the mapping document and the values that they must have; loads as a flat dictionary."""

    json_schema: ClassVar[JsonSchema] = {"type": "object"}

    def read(self, value: Any) -> dict[str, Any]:
        """Return the value, or raise ValidationError."""
        if not isinstance(value, dict):
            raise ValidationError('must be a table, such as { "event.origin" = "contact" }')
        # TOML reads an unquoted contact.language = "de" as a table in a table; both mean the path.
        return dict(self._flat(value, ""))

    def _flat(self, table: dict[str, Any], path: str) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        for key, value in table.items():
            if isinstance(value, dict):
                found += self._flat(value, f"{path}{key}.")
            elif isinstance(value, str | int | float):
                found.append((f"{path}{key}", value))
            else:
                raise ValidationError(f'"{path}{key}" must be compared with a text, a number, true or false')
        return found


class GatewaySchema(Table):
    """`[gateway]`: what concerns the whole program."""

    public_url = UrlField(metadata=says("The address under which the platforms reach this program."))
    secret = SecretField(shortest=16, metadata=says("Signs links and encrypts tokens at rest; 16 characters at least."))
    store = StoreField(metadata=says("The database: sqlite:///FILE, or postgresql://… for more than one machine."))
    host = fields.String(validate=validate.Length(min=1), metadata=says("The address where the web half listens."))
    port = IntegerField(
        validate=validate.Range(0, 65535, error="must be a port, 0 to 65535"),
        metadata=says("The port where the web half listens; 0 for any that is free."),
    )
    largest_body = IntegerField(
        validate=validate.Range(min=1024, error="must be 1024 at least"),
        metadata=says("Bytes of the largest webhook that is taken."),
    )
    quota = NumberField(
        validate=_POSITIVE, metadata=says("Webhooks a second and app, above which that app alone is answered 503.")
    )
    workers = IntegerField(validate=validate.Range(1, 32), metadata=says("Processes that `run` keeps for deliveries."))
    body_timeout = NumberField(validate=_POSITIVE, metadata=says("Seconds in which a request has to arrive whole."))
    media = fields.String(
        validate=validate.Length(min=1), metadata=says("The folder where files are kept; shared by all programs.")
    )
    largest_file = IntegerField(
        validate=validate.Range(min=1024, error="must be 1024 at least"),
        metadata=says("Bytes of the largest file that is kept."),
    )
    media_wait = NumberField(
        validate=validate.Range(min=0, error="must not be below 0"),
        metadata=says("Seconds that a message waits for its files."),
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Gateway:
        return Gateway(**data)


class PaceSchema(Table):
    """`[endpoints.NAME.delivery.pace]`: a lower pace than the connector's own."""

    rate = NumberField(validate=_POSITIVE, metadata=says("Calls a second and account."))
    burst = IntegerField(validate=_POSITIVE, metadata=says("Calls at once."))
    pair_every = NumberField(
        validate=validate.Range(min=0, error="must not be below 0"),
        metadata=says("Seconds between two messages to one person."),
    )
    pair_burst = IntegerField(validate=_POSITIVE, metadata=says("Messages to one person, borrowed in advance."))


class DeliverySchema(Table):
    """`[endpoints.NAME.delivery]`: how an endpoint is delivered to."""

    timeout = NumberField(validate=_POSITIVE, metadata=says("Seconds to wait for an answer."))
    connect_timeout = NumberField(validate=_POSITIVE, metadata=says("Seconds to wait for a connection."))
    concurrency = IntegerField(validate=_POSITIVE, metadata=says("Calls at the same time, in one process."))
    retry_first = NumberField(validate=_POSITIVE, metadata=says("Seconds before the first repetition."))
    retry_longest = NumberField(validate=_POSITIVE, metadata=says("Seconds that two repetitions are apart at most."))
    give_up_after = DurationField(metadata=says("The age at which a delivery becomes a dead letter."))
    breaker_after = IntegerField(
        validate=_POSITIVE, metadata=says("Failures to connect, one after another, after which there is a pause.")
    )
    breaker_pause = NumberField(validate=_POSITIVE, metadata=says("Seconds of that pause."))
    pace = fields.Nested(PaceSchema, metadata=says("How fast it may be called; only lower than the connector's own."))

    @validates_schema(skip_on_field_errors=False)
    def _ordered(self, data: dict[str, Any], **_: Any) -> None:
        first, longest = data.get("retry_first"), data.get("retry_longest")
        if first is not None and longest is not None and first > longest:
            raise ValidationError("must not be above retry_longest", "retry_first")


class AppKeys(Table):
    """The keys that core reads in `[apps.NAME]`; the others are the app's own."""

    type = fields.String(required=True, metadata=says("The app: the name under which it is installed."))


class EndpointKeys(Table):
    """The keys that core reads in `[endpoints.NAME]`; the others are the connector's own."""

    type = fields.String(required=True, metadata=says("The connector: the name under which it is installed."))
    app = fields.String(metadata=says("The app whose webhooks this endpoint takes."))
    responders = fields.List(
        fields.String(), metadata=says("Endpoints that may answer its conversations; the first owns them at first.")
    )
    idle_after = DurationField(
        metadata=says("After so long without a word the first of the responders has the conversation again.")
    )
    bot = fields.Boolean(
        truthy={True}, falsy={False}, metadata=says("What it writes is a bot's, whatever it says of itself.")
    )
    observers = fields.List(fields.String(), metadata=says("Installed observers that watch what goes out here."))
    delivery = fields.Nested(DeliverySchema, metadata=says("How it is delivered to."))


class RuleSchema(Table):
    """`[[routes.map.ENDPOINT]]`: one rule."""

    to = fields.String(
        required=True, validate=validate.Length(min=1), metadata=says("The target field at the endpoint.")
    )
    source = fields.String(data_key="from", metadata=says("A path of the mapping document."))
    value = fields.Raw(metadata=says("A fixed value, in place of `from`."))
    using = fields.String(metadata=says("A transform, or a function as package.module:name."))
    default = fields.Raw(metadata=says("What is written when there is no value."))
    when = WhenField(metadata=says("Paths and values that they must have for the rule to count."))


class RouteSchema(Table):
    """`[[routes]]`: joins two endpoints."""

    between = fields.List(
        fields.String(),
        required=True,
        validate=validate.Length(equal=2, error="must name two endpoints"),
        metadata=says("The two endpoints."),
    )
    when = WhenField(metadata=says("Paths and values that an event must have to take this route."))
    on_unsupported = fields.String(
        validate=validate.OneOf(("degrade", "refuse"), error='must be "degrade" or "refuse"'),
        metadata=says("What becomes of a part that the target cannot carry: a line of text, or a refusal."),
    )
    map = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(RuleSchema)),
        metadata=says("For each end, the rules for what arrives there."),
    )


class ApiTokenSchema(Table):
    """`[api_tokens.NAME]`: who may speak for an endpoint at the HTTP API."""

    endpoint = fields.String(required=True, metadata=says("The endpoint that the holder of the token speaks for."))
    token = SecretField(required=True, shortest=16, metadata=says("The token; 16 characters at least."))
