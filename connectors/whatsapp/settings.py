"""The settings of a WhatsApp number."""

from __future__ import annotations

from typing import Any

import attrs
from marshmallow import fields, post_load

from connectors.meta.settings import DIGITS, GRAPH_URL, GRAPH_VERSION, GraphSchema
from connectors_core import Secret
from connectors_core.settings.fields import SecretField


@attrs.frozen(kw_only=True)
class WhatsAppSettings:
    """One number. `app_secret`, where it is given, signs every call (GA/guides/secure-requests).

    `media_by_link`: WhatsApp fetches the files that go out from the gateway, instead of being given them.
    """

    phone_number_id: str
    access_token: Secret
    app_secret: Secret | None = None
    business_account_id: str = ""
    app_id: str = ""
    media_by_link: bool = False
    graph_version: str = GRAPH_VERSION
    graph_url: str = GRAPH_URL


class WhatsAppSettingsSchema(GraphSchema):
    """`[endpoints.NAME]` with `type = "whatsapp"`."""

    phone_number_id = fields.String(
        required=True, validate=DIGITS, metadata={"description": "The id of the phone number; not the number itself."}
    )
    access_token = SecretField(
        required=True, metadata={"description": "A system user's token with whatsapp_business_messaging."}
    )
    app_secret = SecretField(
        metadata={"description": 'The app secret, when the app demands signed calls ("Require App Secret").'}
    )
    business_account_id = fields.String(
        validate=DIGITS, metadata={"description": "The id of the WhatsApp Business Account; for templates and set-up."}
    )
    app_id = fields.String(
        validate=DIGITS,
        metadata={"description": "The id of the app; with app_secret the token's permissions and end are checked."},
    )
    media_by_link = fields.Boolean(
        metadata={"description": "Give WhatsApp links to files, instead of uploading them; needs a public address."}
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> WhatsAppSettings:
        return WhatsAppSettings(**data)
