"""The sandbox: its parts put together, as an ASGI application and as a server in a thread or a program."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from time import time
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Address
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from connectors.meta.sandbox import control, debugging, downloads, subscriptions, templates, uploads
from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.delivery import Delivery
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.faults import Faults, answers, ordering
from connectors.meta.sandbox.faults.deciding import About
from connectors.meta.sandbox.feed import Feed, News
from connectors.meta.sandbox.files import Files
from connectors.meta.sandbox.graph import Graph
from connectors.meta.sandbox.guard import Guard
from connectors.meta.sandbox.instagram.channel import INSTAGRAM
from connectors.meta.sandbox.limits import Limits
from connectors.meta.sandbox.messaging import accounts, attachments, profile
from connectors.meta.sandbox.messaging import control as chats
from connectors.meta.sandbox.messaging import seeds as chat_seeds
from connectors.meta.sandbox.messaging import sending as chat_sending
from connectors.meta.sandbox.messaging import threads as chat_threads
from connectors.meta.sandbox.messaging.phone import phone
from connectors.meta.sandbox.messenger import linking
from connectors.meta.sandbox.messenger.channel import MESSENGER
from connectors.meta.sandbox.page import views
from connectors.meta.sandbox.settings import NEWEST, SandboxSettings
from connectors.meta.sandbox.store import customers, messages, open_store
from connectors.meta.sandbox.subscriptions import edges
from connectors.meta.sandbox.whatsapp import blocking, greeting, media, numbers, seeds, sending, threads
from connectors.meta.sandbox.whatsapp.phone import WHATSAPP
from connectors_core import ConnectorsError, Http

DEFAULT_PORT = 8090
STOP_SECONDS = 3

_METHODS = ["GET", "POST", "DELETE"]
_log = logging.getLogger(__name__)


class Sandbox:
    """A Meta of one's own. `url` is where it is reached, known from its first request or from `serve`."""

    def __init__(self, settings: SandboxSettings) -> None:
        """Open the folder and go on where an earlier start stopped; nothing runs yet."""
        self.settings = settings
        self.newest = f"v{NEWEST}.0"
        self.url = f"http://127.0.0.1:{DEFAULT_PORT}"
        self.http = Http("sandbox", timeout=(3.0, 10.0))
        self.hang_up: Callable[[Address | None], None] = lambda _client: None
        """Breaks the connection of a client, without an answer; only a server of this module can."""
        self.feed = Feed()
        self.limits = Limits()
        self.channels = {one.name: one for one in (MESSENGER, INSTAGRAM)}
        self.phones = {"whatsapp": WHATSAPP, "messenger": phone(), "instagram": phone("story_mention")}
        self.store = open_store(settings.folder)
        self.faults = Faults(self.store)
        self.faults.told = lambda: self.feed.tell(News(kind="faults"))
        self.files = Files(settings.folder / "files")
        self.subscriptions = subscriptions.Subscriptions(settings, self.store, self.http)
        self.delivery = Delivery(self.store, self.http, settings.app_secret, self.subscriptions.target)
        self.delivery.taken = self._taken
        self.delivery.changed = lambda: self.feed.tell(News(kind="callback"))
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="sandbox")
        with self.store.write() as db:
            if not customers.every(db):
                seeds.plant(db, settings, time())
                chat_seeds.plant(db, settings, time())
        if settings.callback:
            self.subscriptions.enter(settings.callback, settings.verify_token.reveal())

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Change something: all of it or nothing; what the callback and the pages should know goes out after it."""
        with self.store.write() as db:
            change = Change(db, time(), self.faults)
            yield change
        for news in change.news:
            self.feed.tell(news)
        if change.webhooks:
            self.delivery.wake()

    def later(self, work: Callable[[], None]) -> None:
        """Do something soon, in another thread."""
        self._pool.submit(_guarded, work)

    def _taken(self, message_id: str) -> None:
        with self.store.read() as db:
            entry = messages.get(db, message_id)
        if entry is not None:
            self.feed.tell(News(kind="message", customer=entry.customer, message=message_id))

    # running

    def start(self) -> None:
        """Begin to deliver webhooks, and finish what an earlier start left."""
        self.delivery.start()
        with self.store.read() as db:
            people = customers.every(db)
            left = [
                entry.id
                for person in people
                for entry in messages.waiting(db, person.id, ("accepted",), incoming=False)
            ]
        for message_id in left:
            self.later(lambda name=message_id: sending.finish(self, name))  # type: ignore[misc]

    def stop(self) -> None:
        """Stop; what was not delivered waits in the folder."""
        self.feed.close()
        self._pool.shutdown()
        self.delivery.stop()
        self.store.close()

    def build(self) -> ASGIApp:
        """Return the ASGI application; its lifespan starts and stops the rest."""
        graph = Graph(self, _ROUTES)

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            self.start()
            yield
            await run_in_threadpool(self.stop)

        routes = [
            *views.routes(self),
            *ordering.routes(self),
            *chats.routes(self),
            *linking.routes(self),
            *uploads.routes(self),
            *control.routes(self),
            *accounts.routes(),
            *(Route(f"/{one.path}", self._download(one), methods=["GET"]) for one in downloads.PLACES),
            Route("/{path:path}", graph.answer, methods=_METHODS),
        ]
        return Starlette(routes=routes, middleware=[Middleware(Guard)], lifespan=lifespan)

    def _download(self, place: downloads.Place) -> Callable[[Request], Any]:
        """Return what answers downloads at one kind of addresses."""
        about = About(into="download", subject="download", call="download", product=place.product)

        async def answer(request: Request) -> Response:
            authorization, query = request.headers.get("authorization", ""), dict(request.query_params)
            ending = await run_in_threadpool(self.faults.ends, about)
            try:
                found = await run_in_threadpool(
                    answers.around, ending, lambda: downloads.download(self, place, authorization, query), about
                )
            except GraphError as error:
                return JSONResponse(error.envelope(), 404 if error.code == 100 else error.status)
            return answers.unread(self, request) if found is None else found

        return answer

    def serve(self, port: int = DEFAULT_PORT, *, ready: Callable[[Callable[[], None]], None] | None = None) -> None:
        """Serve on loopback until a signal says to stop; raise ConnectorsError when the port is taken.

        `ready` is called before that with a function that stops it as well.
        """
        with _listening(port) as place:
            server = self._server(place)

            def stop() -> None:
                server.should_exit = True

            if ready is not None:
                ready(stop)
            server.run(sockets=[place])

    def _server(self, place: socket.socket) -> _Server:
        self.url = f"http://127.0.0.1:{place.getsockname()[1]}"
        config = uvicorn.Config(
            self.build(),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        server = _Server(config, self)
        self.hang_up = server.hang_up
        return server

    @contextmanager
    def running(self, port: int = 0) -> Iterator[str]:
        """Serve in a thread for as long as the block lasts, on a free port unless one is named; give the address."""
        with _listening(port) as place:
            server = self._server(place)
            thread = threading.Thread(target=server.run, args=([place],), name="sandbox-server", daemon=True)
            thread.start()
            try:
                yield self.url
            finally:
                server.should_exit = True
                thread.join()


class _Server(uvicorn.Server):
    """Ends the streams of open pages when it is told to stop, rather than waiting for them."""

    def __init__(self, config: uvicorn.Config, sandbox: Sandbox) -> None:
        super().__init__(config)
        self._sandbox = sandbox

    def hang_up(self, client: Address | None) -> None:
        """Close a connection as if a cable had been pulled."""
        for line in list(self.server_state.connections):
            if client is not None and getattr(line, "client", None) == tuple(client):
                line.transport.abort()

    async def shutdown(self, sockets: Any = None) -> None:
        self._sandbox.feed.close()
        await super().shutdown(sockets)


def _listening(port: int) -> socket.socket:
    """Return a socket of loopback that takes connections from now on: whoever asks early waits, and is answered."""
    place = socket.socket()
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", port))
        place.listen(128)
    except OSError:
        place.close()
        raise ConnectorsError(f"port {port} of this machine is taken; choose another one with --port") from None
    return place


def _guarded(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:  # noqa: BLE001 - logged: whoever asked has had an answer already
        _log.exception("the sandbox could not finish something")


_ROUTES = {
    **sending.ROUTES,
    **blocking.ROUTES,
    **threads.ROUTES,
    **greeting.ROUTES,
    **media.ROUTES,
    **templates.ROUTES,
    **numbers.ROUTES,
    **edges.ROUTES,
    **debugging.ROUTES,
    **chat_sending.ROUTES,
    **chat_threads.ROUTES,
    **attachments.ROUTES,
    **profile.ROUTES,
    **accounts.ROUTES,
    **linking.ROUTES,
}
