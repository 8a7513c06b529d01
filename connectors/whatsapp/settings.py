"""The settings of a WhatsApp number."""

from __future__ import annotations

from typing import Any

import attrs
from marshmallow import fields, post_load, validate

from connectors.meta.settings import GRAPH_URL, GRAPH_VERSION, GraphSchema
from connectors_core import Secret
from connectors_core.settings.fields import SecretField

_ID = validate.Regexp(r"\d{1,32}\Z", error="must be the digits of the id, in quotes")


@attrs.frozen(kw_only=True)
class WhatsAppSettings:
    """One number. `app_secret`, where it is given, signs every call (GA/guides/secure-requests)."""

    phone_number_id: str
    access_token: Secret
    app_secret: Secret | None = None
    business_account_id: str = ""
    graph_version: str = GRAPH_VERSION
    graph_url: str = GRAPH_URL


class WhatsAppSettingsSchema(GraphSchema):
    """`[endpoints.NAME]` with `type = "whatsapp"`."""

    phone_number_id = fields.String(
        required=True, validate=_ID, metadata={"description": "The id of the phone number; not the number itself."}
    )
    access_token = SecretField(
        required=True, metadata={"description": "A system user's token with whatsapp_business_messaging."}
    )
    app_secret = SecretField(
        metadata={"description": 'The app secret, when the app demands signed calls ("Require App Secret").'}
    )
    business_account_id = fields.String(
        validate=_ID, metadata={"description": "The id of the WhatsApp Business Account."}
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> WhatsAppSettings:
        return WhatsAppSettings(**data)
