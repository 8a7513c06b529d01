"""Logging in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response

from connectors.inbox.pages.catalogue import LANGUAGES
from connectors.inbox.pages.visit import Visit, safe_path
from connectors.inbox.store import passwords, users


def form(visit: Visit) -> Response:
    """Show the form."""
    if visit.user is not None:
        return visit.to("/")
    with visit.desk.database.read() as db:
        empty = not users.can_anybody_log_in(db)
    return visit.page("login.html", empty=empty, next=visit.ask("next"), problem="")


def enter(visit: Visit) -> Response:
    """Check a password and begin a session with a token that nobody has seen before."""
    login, password = visit.text("login", 100), str(visit.form.get("password", ""))
    address = visit.request.client.host if visit.request.client else ""
    with visit.desk.database.read() as db:
        allowed = users.may_try(db, login, address)
        user = users.by_login(db, login)
    if not allowed:
        text = visit.words("Too many attempts. Wait a quarter of an hour.")
        return visit.page("login.html", 429, empty=False, next=visit.text("next"), problem=text)
    kept = user.password if user is not None and user.active else ""
    if not passwords.matches(password, kept):
        with visit.desk.database.write() as db:
            users.failed(db, login, address)
        text = visit.words("This name and this password do not belong together.")
        return visit.page("login.html", 401, empty=False, next=visit.text("next"), problem=text)
    assert user is not None
    seconds = visit.desk.settings.session.total_seconds()
    old = visit.request.cookies.get(visit.desk.cookie, "")
    with visit.desk.database.write() as db:
        users.end_session(db, old)
        token = users.begin_session(db, user.id, seconds)
    path = visit.text("next")
    answer = visit.to(path if safe_path(path) else "/")
    _cookie(visit, answer, token, int(seconds))
    return answer


def leave(visit: Visit) -> Response:
    """End the session, here and in the browser."""
    with visit.desk.database.write() as db:
        users.end_session(db, visit.request.cookies.get(visit.desk.cookie, ""))
    answer = visit.to("/login")
    _cookie(visit, answer, "", 0)
    return answer


def language(visit: Visit) -> Response:
    """Change the language of the user's pages."""
    chosen = visit.text("language")
    if chosen in LANGUAGES:
        with visit.desk.database.write() as db:
            users.change(db, visit.user.id, language=chosen)
    path = visit.text("next")
    return visit.to(path if safe_path(path) else "/")


def _cookie(visit: Visit, answer: Response, token: str, seconds: int) -> None:
    answer.set_cookie(
        visit.desk.cookie,
        token,
        max_age=seconds,
        path=visit.desk.base,
        httponly=True,
        samesite="lax",
        secure=_is_https(visit),
    )


def _is_https(visit: Visit) -> bool:
    """Whether the browser speaks https, to us or to the proxy before us."""
    public = urlsplit(visit.desk.door.public_url)
    return visit.request.url.scheme == "https" or (
        public.scheme == "https" and public.netloc == visit.request.headers.get("host")
    )
