"""The settings of a Meta app, and those that every endpoint at the Graph API has."""

from __future__ import annotations

from typing import Any

import attrs
from marshmallow import RAISE, Schema, fields, post_load, validate

from connectors_core import Secret
from connectors_core.settings.fields import SecretField, SecretsField, UrlField

GRAPH_URL = "https://graph.facebook.com"
GRAPH_VERSION = "v26.0"
"""The newest version, of 2026-07-29 (GA/changelog/versions, read 2026-09-27)."""


@attrs.frozen(kw_only=True)
class MetaSettings:
    """One app: `app_secret` has every secret that is valid now."""

    app_secret: tuple[Secret, ...]
    verify_token: Secret
    graph_version: str = GRAPH_VERSION
    graph_url: str = GRAPH_URL


class GraphSchema(Schema):
    """Where the Graph API is."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    graph_version = fields.String(
        validate=validate.Regexp(r"v\d{1,3}\.\d{1,2}\Z", error='must be a version such as "v26.0"'),
        metadata={"description": "The version of the Graph API."},
    )
    graph_url = UrlField(metadata={"description": "The address of the Graph API; another one is for tests only."})


class MetaSettingsSchema(GraphSchema):
    """`[apps.NAME]` with `type = "meta"`."""

    app_secret = SecretsField(
        required=True, metadata={"description": "The app secret, or a list of two while it is being changed."}
    )
    verify_token = SecretField(
        required=True, metadata={"description": "The word that Meta shows when it verifies the callback address."}
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> MetaSettings:
        return MetaSettings(**data)
