"""Where the customers of a side log in, as data."""

from __future__ import annotations

import attrs

from connectors_core.redact import Secret


@attrs.frozen(kw_only=True)
class Login:
    """An authorization server: OAuth 2 by authorization code with PKCE (RFC 6749, 7636, 9700).

    `client_secret` is None for a public client. `scope` is what is asked for, separated by spaces. The address that
    people come back to, to be registered there exactly, is `<public_url>/link/back`.
    """

    authorize_url: str
    token_url: str
    client_id: str
    client_secret: Secret | None = None
    scope: str = ""
