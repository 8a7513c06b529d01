"""The settings of an Instagram professional account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from marshmallow import fields, post_load

from connectors.meta.messaging.settings import ice_breakers_field, persistent_menu_field
from connectors.meta.settings import DIGITS, GRAPH_URL, GRAPH_VERSION, GraphSchema
from connectors_core import Secret
from connectors_core.settings.fields import SecretField

INSTAGRAM_URL = "https://graph.instagram.com"
"""Where accounts are that are connected by Instagram Login (IP/instagram-api-with-instagram-login, 2026)."""


@attrs.frozen(kw_only=True)
class InstagramSettings:
    """One account, connected by one of two logins.

    With `page_id` it is Facebook Login: the token is that of the Page, whose address calls go to. Without, it is
    Instagram Login: the token is the account's own. `app_secret`, where it is given, signs every call
    (GA/guides/secure-requests). `human_agent`: the app may let a human answer for 7 days. `connectors apply` brings
    `ice_breakers` and `persistent_menu` to the account; None leaves there what is there.
    """

    account_id: str
    access_token: Secret
    page_id: str = ""
    app_secret: Secret | None = None
    app_id: str = ""
    human_agent: bool = False
    ice_breakers: tuple[Mapping[str, str], ...] | None = None
    persistent_menu: tuple[Mapping[str, str], ...] | None = None
    graph_version: str = GRAPH_VERSION
    graph_url: str = GRAPH_URL

    @property
    def node(self) -> str:
        """The object that calls go to: the Page, or the account itself."""
        return self.page_id or self.account_id


class InstagramSettingsSchema(GraphSchema):
    """`[endpoints.NAME]` with `type = "instagram"`."""

    account_id = fields.String(
        required=True,
        validate=DIGITS,
        metadata={"description": "The id of the Instagram professional account; not its user name."},
    )
    page_id = fields.String(
        validate=DIGITS,
        metadata={"description": "The Facebook Page that the account is linked to; leave it out for Instagram Login."},
    )
    access_token = SecretField(
        required=True,
        metadata={"description": "The Page's token; with Instagram Login the account's own, which lives 60 days."},
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
    ice_breakers = ice_breakers_field()
    persistent_menu = persistent_menu_field()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> InstagramSettings:
        lists: dict[str, Any] = {
            name: tuple(data[name]) for name in ("ice_breakers", "persistent_menu") if name in data
        }
        usual = GRAPH_URL if data.get("page_id") else INSTAGRAM_URL
        return InstagramSettings(**{"graph_url": usual, **data, **lists})
