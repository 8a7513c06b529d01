"""The settings after they were read: values, with every name resolved and every secret behind `Secret`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs

from connectors_core.manifest import Pace
from connectors_core.mapping.rules import Rules
from connectors_core.redact import Secret


@attrs.frozen(kw_only=True)
class Gateway:
    """What concerns the whole program. `store`: an SQLAlchemy URL; `host` and `port`: where the web half listens."""

    public_url: str = ""
    secret: Secret | None = None
    store: str = attrs.field(default="sqlite:///connectors.db", repr=False)
    host: str = "127.0.0.1"
    port: int = 8080
    largest_body: int = 3 * 1024 * 1024
    """Bytes. WhatsApp sends webhooks of up to 3 MB (WA/webhooks/overview, 2025-12-02)."""
    quota: float = 2000.0
    """Webhooks a second and app, above which that app alone is answered 503."""
    workers: int = 1
    """Processes that `run` keeps for deliveries, beside the one that reads the journal."""
    body_timeout: float = 10.0
    """Seconds in which a request has to arrive whole."""
    media: str = "connectors-media"
    """The folder where files are kept; all programs on one store share it."""
    largest_file: int = 100 * 1024 * 1024
    """Bytes. The largest that WhatsApp takes and gives (WA/business-phone-numbers/media, 2025-12)."""
    media_wait: float = 30.0
    """Seconds that a message waits for its files; then it goes with links to what is still being fetched."""


@attrs.frozen(kw_only=True)
class Delivery:
    """How an endpoint is delivered to. Times in seconds."""

    timeout: float = 20.0
    connect_timeout: float = 5.0
    concurrency: int = 8
    """Calls to this endpoint at the same time, in one process."""
    retry_first: float = 2.0
    retry_longest: float = 600.0
    give_up_after: timedelta = timedelta(hours=48)
    breaker_after: int = 5
    """So many `Unreachable` in a row open the breaker."""
    breaker_pause: float = 15.0
    pace: Pace | None = None
    """None for the pace of the connector's manifest; settings can only lower it."""


@attrs.frozen(kw_only=True)
class AppSettings:
    """One `[apps.NAME]`: `settings` is what the app's own schema made of its keys."""

    name: str
    type: str
    settings: Any


@attrs.frozen(kw_only=True)
class EndpointSettings:
    """One `[endpoints.NAME]`: `settings` is what the connector's own schema made of its keys.

    `account` and `shared_account` are the values of the settings that the manifest names, "" where it names none.
    `responders` are the endpoints that may answer conversations of this channel, the owner by default first; who else
    has a conversation loses it when nothing is said for `idle_after`. What a `bot` writes is a bot's, whatever it says.
    """

    name: str
    type: str
    settings: Any
    app: str = ""
    account: str = ""
    shared_account: str = ""
    delivery: Delivery = Delivery()
    responders: tuple[str, ...] = ()
    idle_after: timedelta = timedelta(hours=24)
    bot: bool = False
    observers: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Route:
    """One `[[routes]]`: joins two endpoints. `when`: paths of the mapping document and the values they must have.

    `rules`: for each end, the rules for what arrives there.
    """

    between: tuple[str, str]
    when: Mapping[str, Any] = attrs.field(factory=dict)
    on_unsupported: str = "degrade"
    rules: Mapping[str, Rules] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class ApiToken:
    """One `[api_tokens.NAME]`: whoever has it speaks for `endpoint` at the HTTP API."""

    name: str
    endpoint: str
    token: Secret


@attrs.frozen(kw_only=True)
class Settings:
    """The whole of a settings file or folder. `secrets` are all values that must show nowhere."""

    path: Path
    gateway: Gateway = Gateway()
    apps: Mapping[str, AppSettings] = attrs.field(factory=dict)
    endpoints: Mapping[str, EndpointSettings] = attrs.field(factory=dict)
    routes: tuple[Route, ...] = ()
    api_tokens: Mapping[str, ApiToken] = attrs.field(factory=dict)
    secrets: tuple[Secret, ...] = ()
