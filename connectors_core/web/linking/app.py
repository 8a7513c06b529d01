"""The addresses of the linking pages, and what holds for every request to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

import attrs
import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors_core.gateway import Gateway
from connectors_core.linking import secrets
from connectors_core.linking.limits import FORM_SECONDS, LARGEST_FORM
from connectors_core.linking.oauth import BACK
from connectors_core.store import StoreUnavailable, is_unavailable, linkings
from connectors_core.web.limits import TooLarge, TooSlow, read_body
from connectors_core.web.linking import returning, showing, steps
from connectors_core.web.linking.visit import HEADERS, Visit
from connectors_core.web.linking.visitors import Visitors

_STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")

Handler = Callable[[Visit], Response]


def routes(gateway: Gateway) -> list[Route]:
    """Return the addresses; none where nobody could log in, or nothing could make their secrets."""
    secret = gateway.settings.gateway.secret
    if secret is None or not any("customer" in one.verbs for one in gateway.endpoints.values()):
        return []
    pages = _Pages(gateway, _environment())
    return [
        Route("/link/style.css", _style, methods=["GET"]),
        Route(BACK, partial(pages.answer, returning.take), methods=["GET"]),
        Route("/link/{token}", partial(pages.answer, showing.show), methods=["GET"]),
        Route("/link/{token}", partial(pages.answer, steps.take), methods=["POST"]),
    ]


async def _style(_request: HttpRequest) -> Response:
    headers = {**HEADERS, "cache-control": "public, max-age=3600"}
    return PlainTextResponse(_STYLE, headers=headers, media_type="text/css")


@attrs.define(eq=False)
class _Pages:
    gateway: Gateway
    templates: jinja2.Environment
    visitors: Visitors = attrs.field(factory=Visitors)

    async def answer(self, handler: Handler, request: HttpRequest) -> Response:
        """Answer one request: it is counted, its form is read, and its linking is looked up."""
        secret = self.gateway.settings.gateway.secret
        assert secret is not None
        visit = Visit(self.gateway, request, self.templates, secret)
        if not self.visitors.admits(request.client.host if request.client else ""):
            return visit.say("Too many attempts", "Wait a while, then try again.", 429)
        try:
            if request.method == "POST":
                body = await read_body(request, LARGEST_FORM, FORM_SECONDS)
                visit.form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
            return await run_in_threadpool(self._answer, handler, visit)
        except (TooLarge, TooSlow, ValueError):
            return PlainTextResponse("this is no form of ours", 400, HEADERS)

    def _answer(self, handler: Handler, visit: Visit) -> Response:
        try:
            if visit.token:
                with self.gateway.store.read() as db:
                    visit.row = linkings.by_token(db, secrets.mark(visit.token))
            return handler(visit)
        except Exception as error:
            if is_unavailable(error) and not isinstance(error, StoreUnavailable):
                raise StoreUnavailable from error
            raise


def _environment() -> jinja2.Environment:
    """Return the templates, which escape whatever stands in them."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
