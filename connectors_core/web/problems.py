"""Answers of the HTTP API that say what is wrong, and who is calling."""

from __future__ import annotations

import hmac
import json
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from connectors_core.settings.model import Settings


class Problem(Exception):
    """An answer that says what is wrong (RFC 9457)."""

    def __init__(self, status: int, title: str, **details: Any) -> None:
        """Keep what the answer will say."""
        super().__init__(title)
        self.status = status
        self.content = {"title": title, "status": status, **details}

    def response(self) -> Response:
        """Return the answer."""
        headers = (
            {"www-authenticate": "Bearer"} if self.status == 401 else {"retry-after": "5"} if self.status == 503 else {}
        )
        # In ASCII: a caller's own half character, named back to it, must not break the answer.
        return Response(json.dumps(self.content), self.status, headers, "application/problem+json")


UNAVAILABLE = "the store cannot be used now; ask again"


class Callers:
    """Knows the API tokens of the settings."""

    def __init__(self, settings: Settings) -> None:
        """Read them once."""
        self._tokens = [(one.token.reveal().encode(), one.endpoint) for one in settings.api_tokens.values()]

    def speaker(self, request: HttpRequest) -> str:
        """Return the endpoint whose token the request carries; every token is compared, in constant time."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        found = ""
        for token, endpoint in self._tokens:
            if hmac.compare_digest(token, given.strip().encode("utf-8", "replace")) and scheme.lower() == "bearer":
                found = endpoint
        if not found:
            raise Problem(401, "the bearer token is missing or wrong")
        return found
