"""Calls of the Graph API, for every product of Meta."""

from __future__ import annotations

import hashlib
import hmac
from typing import Protocol
from urllib.parse import urlencode

import attrs

from connectors_core import Call, Secret
from connectors_core.model.wire import Json


class Reached(Protocol):
    """The settings of whatever is reached through the Graph API with a token of its own."""

    @property
    def graph_url(self) -> str:
        """Where it is."""

    @property
    def graph_version(self) -> str:
        """Its version."""

    @property
    def access_token(self) -> Secret:
        """The token."""

    @property
    def app_secret(self) -> Secret | None:
        """What signs every call, where the app demands it."""


@attrs.frozen(kw_only=True)
class Graph:
    """The Graph API as one token sees it: `url` is where it is, `version` such as "v26.0".

    `app_secret`, where it is given, signs every call (GA/guides/secure-requests).
    """

    url: str
    version: str
    token: Secret
    app_secret: Secret | None = None

    def call(self, method: str, path: str, content: Json | None = None, **query: str) -> Call:
        """Return a call with the token in its header, and with its proof where the app demands one."""
        url, headers = self.address(path, **query), self.headers()
        if content is None:
            return Call(method=method, url=url, headers=headers)
        return Call.json(method, url, content, headers)

    def address(self, path: str, **query: str) -> str:
        """Return the whole address of `path`."""
        if self.app_secret is not None:
            secret = self.app_secret.reveal().encode()
            query["appsecret_proof"] = hmac.new(secret, self.token.reveal().encode(), hashlib.sha256).hexdigest()
        url = f"{self.url.rstrip('/')}/{self.version}/{path}"
        return f"{url}?{urlencode(query)}" if query else url

    def headers(self) -> dict[str, str]:
        """Return the header that shows the token."""
        return {"authorization": f"Bearer {self.token.reveal()}"}


def graph(settings: Reached) -> Graph:
    """Return the Graph API as these settings reach it."""
    return Graph(
        url=settings.graph_url,
        version=settings.graph_version,
        token=settings.access_token,
        app_secret=settings.app_secret,
    )
