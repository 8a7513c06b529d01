"""The application: every address of the pages in one table, with who may ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from connectors.inbox.pages import administering, figures, files, sessions, showing
from connectors.inbox.pages.acting import Acting
from connectors.inbox.pages.answering import Answering
from connectors.inbox.pages.guard import Guard
from connectors.inbox.pages.live import Live
from connectors.inbox.pages.outbox import Outbox
from connectors.inbox.pages.reading import Reading
from connectors.inbox.pages.visit import ANYBODY, Desk, Handler, page
from connectors.inbox.pages.writing import Writing
from connectors.inbox.settings import InboxSettings
from connectors.inbox.store import InboxDatabase, users
from connectors_core import Asgi, Door, Problem, SettingsError

_STATIC = Path(__file__).with_name("static")


class _Number(Convertor[int]):
    """A number in an address, no longer than a database takes."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Return the digits."""
        return str(value)


register_url_convertor("number", _Number())


def build(settings: InboxSettings, database: InboxDatabase, door: Door) -> Asgi:
    """Return the pages; raise SettingsError where strangers could reach them, or nobody could log in."""
    _refuse_open(settings, database, door)
    outbox = Outbox(database, door)
    desk = Desk(settings=settings, database=database, door=door, outbox=outbox, templates=showing.environment())
    outbox.start()
    app = Starlette(routes=[*_public(desk), *_agents(desk), *_admins(desk)])
    return Guard(app, door.loopback, settings.login, door.public_url)


def _refuse_open(settings: InboxSettings, database: InboxDatabase, door: Door) -> None:
    if door.loopback:
        return
    path = f"endpoints.{door.endpoint}.login"
    if not settings.login:
        text = "the gateway listens beyond this machine, so agents have to log in: take out login = false"
        raise SettingsError([Problem(path, text)])
    with database.read() as db:
        if not users.can_anybody_log_in(db):
            text = "nobody could log in: make a user first with `connectors inbox-user NAME --role admin`"
            raise SettingsError([Problem(path, text)])


def _public(desk: Desk) -> list[Route | Mount]:
    return [
        Mount("/static", StaticFiles(directory=_STATIC)),
        Route("/login", page(desk, sessions.form, ANYBODY), methods=["GET"]),
        Route("/login", page(desk, sessions.enter, ANYBODY), methods=["POST"]),
    ]


def _agents(desk: Desk) -> list[Route]:
    reading, acting, writing, live = Reading(desk), Acting(desk), Writing(desk), Live(desk)
    answering = Answering(desk)
    shown = {
        "/": reading.overview,
        "/c/{id:number}": reading.thread,
        "/new": writing.new,
        "/figures": figures.show,
        "/media/{name}/{number:number}": files.show,
        "/people/{id:number}/{picture}": files.picture,
    }
    done = {
        "/logout": sessions.leave,
        "/language": sessions.language,
        "/new": writing.open,
        "/c/{id:number}/write": writing.write,
        "/c/{id:number}/template": writing.template,
        "/c/{id:number}/read": acting.read,
        "/c/{id:number}/typing": acting.typing,
        "/c/{id:number}/state": acting.state,
        "/c/{id:number}/control": answering.move,
        "/c/{id:number}/assign": acting.assign,
        "/c/{id:number}/labels": acting.label,
        "/c/{id:number}/contact": acting.contact,
        "/c/{id:number}/person": acting.person,
        "/m/{name}/react": acting.react,
        "/m/{name}/again": writing.again,
    }
    return [*_routes(desk, shown, "GET"), *_routes(desk, done, "POST"), Route("/live", live.stream, methods=["GET"])]


def _admins(desk: Desk) -> list[Route]:
    shown = {"/admin": administering.show}
    done = {
        "/admin/people": administering.add_user,
        "/admin/people/{id:number}": administering.change_user,
        "/admin/labels": administering.save_label,
        "/admin/labels/{id:number}/drop": administering.drop_label,
        "/admin/canned": administering.save_canned,
        "/admin/canned/{id:number}/drop": administering.drop_canned,
    }
    return [*_routes(desk, shown, "GET", users.ADMIN), *_routes(desk, done, "POST", users.ADMIN)]


def _routes(desk: Desk, table: Mapping[str, Handler], method: str, role: str = users.AGENT) -> list[Route]:
    return [Route(path, page(desk, handler, role), methods=[method]) for path, handler in table.items()]
