"""The settings of a Meta app, and those that every endpoint at the Graph API has."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import attrs
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from connectors_core import Secret
from connectors_core.settings.fields import SecretField, SecretsField, UrlField, is_loopback

GRAPH_URL = "https://graph.facebook.com"
GRAPH_VERSION = "v26.0"
"""The newest version, of 2026-07-29 (GA/changelog/versions, read 2026-09-27)."""

SANDBOX_PREFIX = "sandbox-"
"""How every secret of the sandbox begins that nobody chose, so that nobody takes one for a real one."""

DIGITS = validate.Regexp(r"\d{1,32}\Z", error="must be the digits of the id")
"""The form of every id at the Graph API that stands in the settings."""


@attrs.frozen(kw_only=True)
class MetaSettings:
    """One app: `app_secret` has every secret that is valid now."""

    app_secret: tuple[Secret, ...]
    verify_token: Secret
    app_id: str = ""
    graph_version: str = GRAPH_VERSION
    graph_url: str = GRAPH_URL


class GraphSchema(Schema):
    """Where the Graph API is."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    graph_version = fields.String(
        validate=validate.Regexp(r"v\d{1,3}\.\d{1,2}\Z", error='must be a version such as "v26.0"'),
        metadata={"description": "The version of the Graph API.", "ask": False},
    )
    graph_url = UrlField(
        metadata={"description": "The address of the Graph API; another one is for tests only.", "ask": False}
    )

    @validates_schema
    def _no_played_secret(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse the secrets of a sandbox where the Graph API is not on this machine."""
        if is_loopback(urlsplit(data.get("graph_url", GRAPH_URL)).hostname or ""):
            return
        played = [name for name, value in data.items() if any(map(_is_played, _secrets(value)))]
        if played:
            text = "is a secret of the sandbox, which anybody may know: make a real one, or put the sandbox's graph_url"
            raise ValidationError({name: [text] for name in played})


def _secrets(value: Any) -> tuple[Secret, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(one for one in values if isinstance(one, Secret))


def _is_played(secret: Secret) -> bool:
    return secret.reveal().startswith(SANDBOX_PREFIX)


class MetaSettingsSchema(GraphSchema):
    """`[apps.NAME]` with `type = "meta"`."""

    app_secret = SecretsField(
        required=True, metadata={"description": "The app secret, or a list of two while it is being changed."}
    )
    verify_token = SecretField(
        required=True,
        metadata={"description": "The word that Meta shows when it verifies the callback address.", "generate": True},
    )

    app_id = fields.String(
        validate=DIGITS,
        metadata={"description": "The id of the app; with it the callback address is registered and watched."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> MetaSettings:
        return MetaSettings(**data)


class TemplateSchema(Schema):
    """`[[endpoints.NAME.templates]]`, in the shape that Meta takes; what it may be for is the product's own."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    name = fields.String(
        required=True,
        validate=validate.Regexp(r"[a-z0-9_]{1,512}\Z", error="has lower-case letters, digits and underscores"),
        metadata={"description": "The name."},
    )
    language = fields.String(required=True, metadata={"description": "The language, such as en_US."})
    parameter_format = fields.String(
        validate=validate.OneOf(("POSITIONAL", "NAMED")), metadata={"description": "How its variables are called."}
    )
    components = fields.List(
        fields.Dict(keys=fields.String()), required=True, metadata={"description": "Header, body, footer, buttons."}
    )
