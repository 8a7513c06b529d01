"""The settings of a WhatsApp number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from marshmallow import fields, post_load, validate

from connectors.meta.settings import DIGITS, GRAPH_URL, GRAPH_VERSION, GraphSchema, TemplateSchema
from connectors_core import Secret
from connectors_core.settings.fields import SecretField


@attrs.frozen(kw_only=True)
class WhatsAppSettings:
    """One number. `app_secret`, where it is given, signs every call (GA/guides/secure-requests).

    `role`: what this gateway is among those who answer the number's threads. `media_by_link`: WhatsApp fetches the
    files that go out from the gateway, instead of being given them. `marketing_messages`: templates of the category
    marketing go through the Marketing Messages API. `verify_token`: webhooks of this business account come here,
    whatever the address of the app is. What `connectors apply` brings to the number and its account: `username`,
    `prompts`, `commands` (each with its hint), `welcome_message`, and `templates` in WhatsApp's own shape. None leaves
    there what is there.
    """

    phone_number_id: str
    access_token: Secret
    app_secret: Secret | None = None
    business_account_id: str = ""
    app_id: str = ""
    role: str = "customer_service"
    media_by_link: bool = False
    marketing_messages: bool = False
    marketing_fallback: bool = True
    marketing_sharing: bool | None = None
    verify_token: Secret | None = None
    username: str = ""
    prompts: tuple[str, ...] | None = None
    commands: Mapping[str, str] | None = None
    welcome_message: bool | None = None
    templates: tuple[Mapping[str, Any], ...] = ()
    graph_version: str = GRAPH_VERSION
    graph_url: str = GRAPH_URL


USERNAME = validate.And(
    validate.Length(3, 35),
    validate.Regexp(r"(?!www)(?=.*[a-z])[a-z0-9_]+(?:\.[a-z0-9_]+)*\Z", error="has letters a-z, digits, . and _"),
)
"""WA/business-scoped-user-ids, 2026-08-24."""


class WhatsAppTemplateSchema(TemplateSchema):
    """A template of a WhatsApp business account (WA/templates/components, 2025-11-21)."""

    category = fields.String(
        required=True,
        validate=validate.OneOf(("MARKETING", "UTILITY", "AUTHENTICATION")),
        metadata={"description": "What it is for."},
    )


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
        validate=DIGITS, metadata={"description": "The WhatsApp Business Account's id; for templates and webhooks."}
    )
    app_id = fields.String(
        validate=DIGITS,
        metadata={"description": "The id of the app; with app_secret the token's permissions and end are checked."},
    )
    role = fields.String(
        validate=validate.OneOf(("ai_agent", "ctwa", "customer_service", "escalation", "marketing", "utility")),
        metadata={
            "description": "What this gateway is among those who may answer, as Business Suite says.",
            "ask": False,
        },
    )
    media_by_link = fields.Boolean(
        metadata={"description": "Give WhatsApp links to files, instead of uploading them; needs a public address."}
    )
    marketing_messages = fields.Boolean(
        metadata={"description": "Send marketing templates through the Marketing Messages API.", "ask": False}
    )
    marketing_fallback = fields.Boolean(
        metadata={"description": "Send them like any other where that API does not take them.", "ask": False}
    )
    marketing_sharing = fields.Boolean(
        metadata={"description": "Whether Meta may use what people do with them to improve delivery.", "ask": False}
    )
    verify_token = SecretField(
        metadata={
            "description": "The app's verify token: with it the account's webhooks come here, wherever the app's go.",
            "ask": False,
        }
    )
    username = fields.String(
        validate=USERNAME, metadata={"description": "The user name of the number, without @.", "ask": False}
    )
    prompts = fields.List(
        fields.String(validate=validate.Length(1, 80)),
        validate=validate.Length(max=4),
        metadata={"description": "What people may tap who have not written yet; 4 at most.", "ask": False},
    )
    commands = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 32)),
        values=fields.String(validate=validate.Length(1, 256)),
        validate=validate.Length(max=30),
        metadata={"description": "Commands that people see when they type a slash, each with its hint.", "ask": False},
    )
    welcome_message = fields.Boolean(
        metadata={"description": "Whether WhatsApp asks for a word of welcome when a chat is opened.", "ask": False}
    )
    templates = fields.List(
        fields.Nested(WhatsAppTemplateSchema),
        metadata={
            "description": "Templates that `connectors apply` hands in for approval, where the account has none.",
            "ask": False,
        },
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> WhatsAppSettings:
        lists: dict[str, Any] = {name: tuple(data[name]) for name in ("prompts", "templates") if name in data}
        return WhatsAppSettings(**{**data, **lists})
