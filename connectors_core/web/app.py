"""The web application: every address of the program in one table."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from connectors_core.gateway import Gateway
from connectors_core.store import StoreUnavailable
from connectors_core.web import linking
from connectors_core.web.api import Api
from connectors_core.web.door import GatewayDoor
from connectors_core.web.group_commit import GroupCommit
from connectors_core.web.health import Ready, health
from connectors_core.web.intake import Intake, Journal
from connectors_core.web.media import Links


def build_web(gateway: Gateway, journal: Journal | None = None, *, loopback: bool = True) -> Starlette:
    """Return the application. `loopback` tells the pages whether it is served to this machine alone.

    `journal` replaces the durable one; only a measurement wants that.
    """
    commits = journal or GroupCommit(gateway.store)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        if isinstance(commits, GroupCommit):
            commits.close()

    routes = [
        Route("/hooks/{name}", Intake(gateway, commits).answer, methods=["GET", "POST"]),
        *Api(gateway).routes(),
        *Links(gateway.media).routes(),
        Route("/health", health),
        Route("/ready", Ready(gateway.store).answer),
        *linking.routes(gateway),
        *_pages(gateway, loopback=loopback),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={StoreUnavailable: _unavailable})


def _pages(gateway: Gateway, *, loopback: bool) -> list[Mount]:
    """Return where the pages of endpoints are."""
    found = {name: endpoint.pages(GatewayDoor(gateway, name, loopback)) for name, endpoint in gateway.endpoints.items()}
    return [Mount(f"/{name}", app) for name, app in found.items() if app is not None]


async def _unavailable(_request: HttpRequest, _error: Exception) -> Response:
    return PlainTextResponse("the store cannot be used now", 503, headers={"retry-after": "5"})
