"""The settings of a CRM behind signed HTTP calls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import attrs
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from connectors.webhook.signing import key_of
from connectors_core import Login, Secret
from connectors_core.settings.fields import REFERENCE, JsonSchema, SecretField, SecretsField, UrlField

_OURS = frozenset(("content-type", "content-length", "host", "transfer-encoding"))
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@attrs.frozen(kw_only=True)
class WebhookSettings:
    """One receiver: `secret` has every secret that is valid now. `userinfo_url` tells who a grant is of."""

    url: str
    secret: tuple[Secret, ...]
    idempotent: bool = True
    headers: Mapping[str, str | Secret] = attrs.field(factory=dict, repr=False)
    login: Login | None = None
    userinfo_url: str = ""


class _HeaderField(SecretField):
    """The value of a header: text, or a secret by reference."""

    json_schema: ClassVar[JsonSchema] = {"anyOf": [{"type": "string"}, REFERENCE]}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            return super()._deserialize(value, attr, data, **kwargs)
        if not value.isascii() or not value.isprintable():
            raise ValidationError("must be printable ASCII")
        return value


def _signing(secrets: tuple[Secret, ...]) -> None:
    for secret in secrets:
        try:
            key_of(secret)
        except ValueError as error:
            raise ValidationError(f"the value of {secret.source} {error}") from None


def _header(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValidationError("is no name of a header")
    if name.lower() in _OURS or name.lower().startswith("webhook-"):
        raise ValidationError("is a header that this connector writes itself")


class LoginSchema(Schema):
    """`[endpoints.NAME.login]`: where the customers of the receiver log in."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    authorize_url = UrlField(required=True, metadata={"description": "Where people are sent to log in (OAuth 2)."})
    token_url = UrlField(required=True, metadata={"description": "Where a code is changed for a token."})
    userinfo_url = UrlField(
        metadata={"description": "Says whose a token is (OpenID Connect); without it the receiver is asked."}
    )
    client_id = fields.String(required=True, metadata={"description": "Our name at the authorization server."})
    client_secret = SecretField(metadata={"description": "Our secret there; none for a public client."})
    scope = fields.String(metadata={"description": 'What is asked for, as in "openid profile".'})


class WebhookSettingsSchema(Schema):
    """`[endpoints.NAME]` with `type = "webhook"`."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    url = UrlField(required=True, metadata={"description": "The address that takes the calls."})
    secret = SecretsField(
        required=True,
        validate=_signing,
        metadata={"description": "The signing secret whsec_…, or a list of two while it is being changed."},
    )
    idempotent = fields.Boolean(
        truthy={True}, falsy={False}, metadata={"description": "Whether the receiver drops a repeated webhook-id."}
    )
    headers = fields.Dict(
        keys=fields.String(validate=_header),
        values=_HeaderField(),
        validate=validate.Length(max=32),
        metadata={"description": "Further headers of every call; secrets by reference."},
    )

    login = fields.Nested(
        LoginSchema, metadata={"description": "Where your customers log in, to link their chats.", "ask": False}
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> WebhookSettings:
        login = dict(data.pop("login", None) or {})
        userinfo = login.pop("userinfo_url", "")
        return WebhookSettings(**data, login=Login(**login) if login else None, userinfo_url=userinfo)
