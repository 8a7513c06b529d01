"""The settings of a Telegram bot."""

from __future__ import annotations

import re
from typing import Any

import attrs
from marshmallow import RAISE, Schema, ValidationError, post_load

from connectors_core import Secret
from connectors_core.settings.fields import SecretField, SecretsField, UrlField

API_URL = "https://api.telegram.org"

_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@attrs.frozen(kw_only=True)
class TelegramSettings:
    """One bot. `webhook_secret` has every secret that is valid now; without one, the bot is polled."""

    token: Secret
    webhook_secret: tuple[Secret, ...] = ()
    api_url: str = API_URL

    @property
    def bot_id(self) -> str:
        """The account: the id of the bot, which is the first half of its token and no secret."""
        return self.token.reveal().partition(":")[0]

    def address(self, method: str) -> str:
        """Return the address of a method. It holds the token: nobody may show it."""
        return f"{self.api_url.rstrip('/')}/bot{self.token.reveal()}/{method}"

    def file_address(self, path: str) -> str:
        """Return the address of a file, which holds the token, too."""
        return f"{self.api_url.rstrip('/')}/file/bot{self.token.reveal()}/{path}"


def _token(secret: Secret) -> None:
    if not _TOKEN.fullmatch(secret.reveal()):
        raise ValidationError(f"the value of {secret.source} is no token of a bot: @BotFather gives one like 123:ABC…")


def _secrets(secrets: tuple[Secret, ...]) -> None:
    for secret in secrets:
        if not _SECRET.fullmatch(secret.reveal()):
            raise ValidationError(f"the value of {secret.source} may have A-Z, a-z, 0-9, _ and -, 256 at most")


class TelegramSettingsSchema(Schema):
    """`[endpoints.NAME]` with `type = "telegram"`."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    token = SecretField(required=True, validate=_token, metadata={"description": "The token that @BotFather gave."})
    webhook_secret = SecretsField(
        shortest=16,
        validate=_secrets,
        metadata={
            "description": "What proves that a webhook is Telegram's, or a list of two while it is being changed; "
            "without it the bot is polled."
        },
    )
    api_url = UrlField(metadata={"description": "The address of a Bot API server of your own."})

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> TelegramSettings:
        return TelegramSettings(**data)
