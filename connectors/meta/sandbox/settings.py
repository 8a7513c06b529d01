"""What a sandbox is told when it starts; secrets that nobody gives are random."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import attrs

from connectors.meta.settings import SANDBOX_PREFIX
from connectors_core import Secret

OLDEST, NEWEST = 21, 26
"""The live versions of the Graph API, by their first number (GA/changelog/versions, read 2026-09-27)."""


def random_secret() -> Secret:
    """Return a secret that lasts for this start."""
    return Secret(SANDBOX_PREFIX + token_hex(16))


@attrs.frozen(kw_only=True)
class SandboxSettings:
    """The ids are those of the examples in Meta's documentation.

    `access_token` is for the number, `page_token` for the page and the Instagram account behind it (Facebook Login),
    `instagram_token` for the account alone (Instagram Login).

    `callback`: where webhooks go from the start, as if it had been entered in the dashboard; "" for nowhere yet.
    `require_proof`: whether each call must be signed ("Require App Secret", GA/guides/secure-requests).
    """

    folder: Path
    callback: str = ""
    app_secret: Secret = attrs.field(factory=random_secret)
    verify_token: Secret = attrs.field(factory=random_secret)
    access_token: Secret = attrs.field(factory=random_secret)
    page_token: Secret = attrs.field(factory=random_secret)
    instagram_token: Secret = attrs.field(factory=random_secret)
    require_proof: bool = False
    app_id: str = "670843887433847"
    business_account_id: str = "102290129340398"
    phone_number_id: str = "106540352242922"
    display_phone_number: str = "15550783881"
    verified_name: str = "Lucky Shrub"
    page_id: str = "682498171943165"
    instagram_account_id: str = "17841405726653026"
    instagram_username: str = "luckyshrub"
