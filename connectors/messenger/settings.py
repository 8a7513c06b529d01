"""The settings of a Facebook Page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from connectors.meta.messaging.settings import LOCALE, has_default, ice_breakers_field, persistent_menu_field
from connectors.meta.settings import DIGITS, GRAPH_URL, GRAPH_VERSION, GraphSchema, TemplateSchema
from connectors_core import Secret
from connectors_core.settings.fields import SecretField, UrlField


@attrs.frozen(kw_only=True)
class MessengerSettings:
    """One Page. `app_secret`, where it is given, signs every call (GA/guides/secure-requests).

    `human_agent`: the app may let a human answer for 7 days. `personas`: people see who of the business writes,
    with `persona_picture` where somebody has none.
    `privacy_url`: the privacy policy, which every survey links to. What `connectors apply` brings to the Page: what
    people see of it before they write, in the languages that Meta knows; and `templates` in Meta's own shape. None
    leaves there what is there.
    """

    page_id: str
    access_token: Secret
    app_secret: Secret | None = None
    app_id: str = ""
    human_agent: bool = False
    personas: bool = False
    persona_picture: str = ""
    privacy_url: str = ""
    get_started: str | None = None
    greeting: Mapping[str, str] | None = None
    ice_breakers: tuple[Mapping[str, str], ...] | None = None
    persistent_menu: tuple[Mapping[str, str], ...] | None = None
    commands: Mapping[str, str] | None = None
    whitelisted_domains: tuple[str, ...] | None = None
    account_linking: bool = True
    account_linking_url: str | None = None
    templates: tuple[Mapping[str, Any], ...] = ()
    graph_version: str = GRAPH_VERSION
    graph_url: str = GRAPH_URL


class UtilityTemplateSchema(TemplateSchema):
    """A template of a Page (MP/send-messages/utility-messages, 2026-03-13)."""

    category = fields.String(
        required=True, validate=validate.OneOf(("UTILITY",)), metadata={"description": "UTILITY, and no other."}
    )


class MessengerSettingsSchema(GraphSchema):
    """`[endpoints.NAME]` with `type = "messenger"`."""

    page_id = fields.String(required=True, validate=DIGITS, metadata={"description": "The id of the Facebook Page."})
    access_token = SecretField(
        required=True, metadata={"description": "The Page's token with pages_messaging and pages_manage_metadata."}
    )
    app_secret = SecretField(
        metadata={"description": 'The app secret, when the app demands signed calls ("Require App Secret").'}
    )
    app_id = fields.String(
        validate=DIGITS,
        metadata={"description": "The id of the app; with app_secret the token's permissions and end are checked."},
    )
    human_agent = fields.Boolean(
        metadata={"description": "The app has the feature Human Agent: people of yours may answer for 7 days."}
    )
    personas = fields.Boolean(
        metadata={"description": "Show the name and the picture of the agent who writes.", "ask": False}
    )
    persona_picture = UrlField(
        metadata={"description": "The picture of agents who have none; Meta shows nobody without one.", "ask": False}
    )
    privacy_url = UrlField(metadata={"description": "Your privacy policy; without it no survey is sent.", "ask": False})
    get_started = fields.String(
        validate=validate.Length(max=1000),
        metadata={"description": "What comes back when somebody taps Get started; empty takes it away.", "ask": False},
    )
    greeting = fields.Dict(
        keys=fields.String(validate=LOCALE),
        values=fields.String(validate=validate.Length(1, 160)),
        validate=has_default,
        metadata={"description": "What people read before they write, by language; one is default.", "ask": False},
    )
    ice_breakers = ice_breakers_field()
    persistent_menu = persistent_menu_field()
    commands = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 32)),
        values=fields.String(validate=validate.Length(1, 64)),
        metadata={"description": "Commands that people see when they type a slash, each with its hint.", "ask": False},
    )
    whitelisted_domains = fields.List(
        UrlField(),
        validate=validate.Length(max=50),
        metadata={"description": "Addresses that may be opened inside the chat.", "ask": False},
    )
    account_linking = fields.Boolean(
        metadata={
            "description": "Use Meta's own log-in; people in Europe and Japan do not have it, say false for them.",
            "ask": False,
        }
    )
    account_linking_url = fields.String(
        validate=validate.Regexp(r"(?:https://\S+)?\Z", error="must begin with https"),
        metadata={"description": "Your page where people prove who they are; empty takes it away.", "ask": False},
    )
    templates = fields.List(
        fields.Nested(UtilityTemplateSchema),
        metadata={"description": "Utility templates that are handed in for approval.", "ask": False},
    )

    @validates_schema
    def _menu_has_its_button(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a menu that Meta would refuse (MP/send-messages/persistent-menu, 2026)."""
        if data.get("persistent_menu") and not data.get("get_started"):
            text = "needs get_started: Meta shows no menu without the button that starts a chat"
            raise ValidationError({"persistent_menu": [text]})

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> MessengerSettings:
        names = ("ice_breakers", "persistent_menu", "whitelisted_domains", "templates")
        lists: dict[str, Any] = {name: tuple(data[name]) for name in names if name in data}
        return MessengerSettings(**{**data, **lists})
