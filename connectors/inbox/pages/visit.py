"""One request of somebody to the pages, with everything that answering it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from connectors.inbox.pages.catalogue import LANGUAGES, Catalogue, choose
from connectors.inbox.pages.outbox import Outbox
from connectors.inbox.settings import InboxSettings
from connectors.inbox.store import InboxDatabase, is_unavailable, users
from connectors_core import ConnectorsError, Door

MOST_FILES = 10
ANYBODY = "anybody"


@attrs.frozen(eq=False)
class Desk:
    """What all pages of one inbox share."""

    settings: InboxSettings
    database: InboxDatabase
    door: Door
    outbox: Outbox
    templates: jinja2.Environment

    @property
    def base(self) -> str:
        """Where the pages are mounted."""
        return f"/{self.door.endpoint}"

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return f"{self.door.endpoint}_session"


class Visit:
    """A request, the user who makes it (None before login), and the form that came with it."""

    def __init__(self, desk: Desk, request: Request, user: Any, form: FormData | None = None) -> None:
        """Nothing is read yet besides what is given."""
        self.desk = desk
        self.request = request
        self.user = user
        self.form = form or FormData()

    @cached_property
    def words(self) -> Catalogue:
        """The words of the pages in the language of the user, or of the browser."""
        own = self.user.language if self.user is not None else ""
        return choose(own, self.request.headers.get("accept-language", ""))

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone of the browser, UTC until a script has told it."""
        try:
            return ZoneInfo(self.request.cookies.get("zone", "UTC").replace("%2F", "/"))
        except (ValueError, KeyError, OSError):
            return UTC

    @property
    def live(self) -> bool:
        """Whether a script made the request, and no page has to follow."""
        return "x-live" in self.request.headers

    @property
    def now(self) -> datetime:
        """The present moment where the user is."""
        return datetime.now(self.zone)

    def text(self, name: str, most: int = 4096) -> str:
        """Return a field of the form, "" when it is missing or a file."""
        value = self.form.get(name, "")
        return value.replace("\r\n", "\n").strip()[:most] if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """Return a whole number of the form, None for anything else."""
        return whole(self.text(name, 20))

    def files(self, name: str) -> list[UploadFile]:
        """Return the files of a field that have a name."""
        return [one for one in self.form.getlist(name) if isinstance(one, UploadFile) and one.filename]

    def ask(self, name: str) -> str:
        """Return a parameter of the address."""
        return self.request.query_params.get(name, "")[:200]

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """Return a page."""
        shared = {"user": self.user, "base": self.desk.base, "_": self.words, "login": self.desk.settings.login}
        shared |= {"languages": LANGUAGES, "here": self.request.url.path.removeprefix(self.desk.base) or "/"}
        return HTMLResponse(self.desk.templates.get_template(template).render(**shared, **context), status)

    def to(self, path: str) -> Response:
        """Send the browser to a page of ours; a script needs no page."""
        if self.live:
            return Response(status_code=204, headers={"x-location": f"{self.desk.base}{path}"})
        return RedirectResponse(f"{self.desk.base}{path}", 303)

    def problem(self, text: str, status: int = 400) -> Response:
        """Say what is wrong."""
        if self.live:
            return PlainTextResponse(text, status)
        return self.page("problem.html", status, text=text)


def whole(value: str) -> int | None:
    """Return a number that is written in digits and that a database takes, None for anything else."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


Handler = Callable[[Visit], Response]


def page(desk: Desk, handler: Handler, role: str = users.AGENT) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a handler, which runs in a thread; `role` is who may ask: agent, admin or anybody."""

    async def endpoint(request: Request) -> Response:
        visit = await enter(desk, request, role)
        if isinstance(visit, Response):
            return visit
        if request.method != "POST":
            return await run_in_threadpool(_answer, handler, visit)
        async with request.form(max_files=MOST_FILES, max_fields=100) as form:
            visit.form = form
            return await run_in_threadpool(_answer, handler, visit)

    return endpoint


async def enter(desk: Desk, request: Request, role: str = users.AGENT) -> Visit | Response:
    """Return a visit of somebody who may ask, or the answer to somebody who may not; no body is read before that."""
    visit = Visit(desk, request, await run_in_threadpool(_who, desk, request))
    return _refusal(visit, role) or visit


def _answer(handler: Handler, visit: Visit) -> Response:
    try:
        return handler(visit)
    except ConnectorsError as error:
        return visit.problem(visit.words(error.text), 409)
    except Exception as error:
        if not is_unavailable(error):
            raise
        return visit.problem(visit.words("The database cannot be used now. Try again."), 503)


def _refusal(visit: Visit, role: str) -> Response | None:
    if role == ANYBODY:
        return None
    if visit.user is None:
        if visit.live or visit.request.method != "GET":
            return PlainTextResponse(visit.words("Please log in again."), 401)
        path = visit.request.url.path.removeprefix(visit.desk.base)
        return visit.to(f"/login?next={path}" if safe_path(path) and path != "/" else "/login")
    if role == users.ADMIN and visit.user.role != users.ADMIN:
        return visit.problem(visit.words("Only an administrator may do this."), 403)
    return None


def _who(desk: Desk, request: Request) -> Any:
    """Return the user of a request; where nobody logs in, everybody is the one user of the desk."""
    try:
        if not desk.settings.login:
            return _the_one(desk)
        token = request.cookies.get(desk.cookie, "")
        if not token:
            return None
        with desk.database.read() as db:
            return users.of_session(db, token)
    except Exception as error:
        if not is_unavailable(error):
            raise
        return None


def _the_one(desk: Desk) -> Any:
    with desk.database.read() as db:
        found = users.by_login(db, NOBODY)
    if found is not None:
        return found
    with desk.database.write() as db:
        if users.by_login(db, NOBODY) is None:
            users.add(db, login=NOBODY, name="Agent", password="", role=users.ADMIN)
        return users.by_login(db, NOBODY)


NOBODY = "agent@localhost"
"""The login of the one user of an inbox where nobody logs in; it has no password, so nobody ever can."""


def safe_path(path: str) -> bool:
    """Whether a path leads to a page of ours and nowhere else."""
    return path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
