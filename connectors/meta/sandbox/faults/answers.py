"""What the menu does to a call: it is answered otherwise, or acted on and not answered."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.faults.deciding import About
from connectors.meta.sandbox.faults.menu import CODES
from connectors.meta.sandbox.messaging.errors import Refusal
from connectors.meta.sandbox.store import messages, outbox
from connectors.meta.sandbox.store.faults import Rule

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

PAGE = "<!doctype html><html><head><title>Sorry</title></head><body><h1>Sorry, something went wrong.</h1></body></html>"
_LIMITS = {"send": 130429, "read": 130429, "templates": 80007}
OF_PAGES = 613
"""What a page or an Instagram account hears."""

_MINUTE = 60


class Unanswered(Response):
    """No answer at all: the connection breaks."""

    def __init__(self, sandbox: Sandbox, request: Request) -> None:
        """Break the connection of `request`."""
        super().__init__(status_code=500)
        self._sandbox, self._client = sandbox, request.client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Break it; under another server than ours it ends with an empty 500."""
        self._sandbox.hang_up(self._client)
        # The server hears of it in its next turn, and then takes nothing more for this connection.
        await asyncio.sleep(0)
        await super().__call__(scope, receive, send)


def unread(sandbox: Sandbox, request: Request) -> Response:
    """Return the answer that is none."""
    return Unanswered(sandbox, request)


def around(ending: Rule | None, act: Callable[[], Response], about: About) -> Response | None:
    """Act, unless the fault comes before that; return the answer, None when there is none; raise GraphError."""
    if ending is None:
        return act()
    if ending.fault == "drop_after":
        with contextlib.suppress(GraphError):
            act()
        return None
    return None if ending.fault == "drop_before" else _instead(ending, about)


def _instead(ending: Rule, about: About) -> Response:
    """Return the answer that stands in place of the true one; raise GraphError for a code of Meta's."""
    options = ending.options
    if ending.fault in CODES:
        code = CODES[ending.fault][about.product]
        raise GraphError(code) if isinstance(code, int) else Refusal(code)
    if ending.fault == "rate_limit":
        fitting = _LIMITS.get(about.call, 4) if about.product == "whatsapp" else OF_PAGES
        error = GraphError(int(options["code"]) or fitting)
        error.whatsapp = about.product == "whatsapp"
        return JSONResponse(error.envelope(), 429, headers=_hint(int(options["hint"]), about.account))
    status = int(options["status"])
    return HTMLResponse(PAGE, status) if ending.fault == "html" else Response(status_code=status)


def _hint(seconds: int, account: str) -> dict[str, str]:
    """Return the header that says when calls are taken again: Meta's own counts minutes (GA/overview/rate-limiting)."""
    if not seconds:
        return {}
    if seconds < _MINUTE:
        return {"retry-after": str(seconds)}
    usage: dict[str, Any] = {"type": "messaging", "estimated_time_to_regain_access": -(-seconds // _MINUTE)}
    return {"x-business-use-case-usage": json.dumps({account or "102290129340398": [usage]})}


def after_receipts(sandbox: Sandbox, rule: Rule, customer: str) -> None:
    """Return when the receipts of what was sent to a customer have been taken, at the latest after the rule's time."""
    end = monotonic() + float(rule.options["seconds"])
    while monotonic() < end:
        with sandbox.store.read() as db:
            going = messages.waiting(db, customer, ("accepted",), incoming=False)
            if not going and outbox.head(db, customer) is None:
                return
        sleep(0.01)
