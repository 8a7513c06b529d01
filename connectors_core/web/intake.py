"""The door for webhooks: authenticate, journal, commit, 200. Nothing else happens before the answer."""

from __future__ import annotations

import logging
from typing import Protocol

from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response

from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import ConnectorsError, Untrusted
from connectors_core.gateway import Gateway
from connectors_core.model import Challenge, Request, Trusted
from connectors_core.store import StoreUnavailable
from connectors_core.store.journal import Arrival
from connectors_core.web.limits import Quota, TooLarge, TooSlow, read_body

log = logging.getLogger(__name__)


class Journal(Protocol):
    """Where arrivals go."""

    async def append(self, arrival: Arrival) -> None:
        """Return when `arrival` is durable; raise StoreUnavailable when it is not stored."""


class Intake:
    """Answers `GET` and `POST /hooks/{name}` for every app, and for every endpoint that signs its own webhooks."""

    def __init__(self, gateway: Gateway, journal: Journal) -> None:
        """Know who may be called."""
        self._journal = journal
        self._largest = gateway.settings.gateway.largest_body
        self._timeout = gateway.settings.gateway.body_timeout
        own = {
            name: endpoint
            for name, endpoint in gateway.endpoints.items()
            if "authenticate" in endpoint.verbs and not gateway.settings.endpoints[name].app
        }
        self._doors: dict[str, App | Endpoint] = {**gateway.apps, **own}
        self._quotas = {name: Quota(gateway.settings.gateway.quota) for name in self._doors}
        self._refused: set[str] = set()

    async def answer(self, request: HttpRequest) -> Response:
        """Answer one request. No answer says why a sender is not trusted."""
        name = request.path_params["name"]
        door = self._doors.get(name)
        if door is None:
            return PlainTextResponse("there is nothing at this address", 404)
        try:
            body = await read_body(request, self._largest, self._timeout) if request.method == "POST" else b""
            answer = door.authenticate(
                Request(
                    method=request.method,
                    path=request.url.path,
                    query=dict(request.query_params),
                    headers={key.decode("latin-1"): value.decode("latin-1") for key, value in request.headers.raw},
                    body=body,
                )
            )
        except Untrusted:
            self._tell_once(name)
            return PlainTextResponse("", 403)
        except TooLarge as error:
            return PlainTextResponse(error.text, 413)
        except TooSlow as error:
            return PlainTextResponse(error.text, 408)
        except ConnectorsError:
            return PlainTextResponse("", 403)
        if isinstance(answer, Challenge):
            return Response(answer.body, media_type=answer.content_type, headers={"x-content-type-options": "nosniff"})
        if request.method != "POST":
            return PlainTextResponse("", 403)
        return await self._store(name, body, answer)

    async def _store(self, name: str, body: bytes, answer: Trusted) -> Response:
        if not self._quotas[name].take():
            return PlainTextResponse("too many webhooks", 503, headers={"retry-after": "1"})
        try:
            await self._journal.append(Arrival(source=name, body=body))
        except StoreUnavailable as error:
            return PlainTextResponse(error.text, 503, headers={"retry-after": "5"})
        return Response(answer.body, media_type=answer.content_type)

    def _tell_once(self, name: str) -> None:
        """Log the first refusal of each door: a wrong secret must be found, and a flood must not fill the disk."""
        if name not in self._refused:
            self._refused.add(name)
            log.warning(
                "a request at /hooks/%s was refused: its signature is missing or wrong; this is said once", name
            )
