"""The page of the administrators: users, labels, canned replies."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from connectors.inbox.pages.visit import Visit
from connectors.inbox.store import desk, passwords, users, words


def show(visit: Visit) -> Response:
    """Show everything."""
    with visit.desk.database.read() as db:
        people, labels, canned = users.everybody(db), words.all_labels(db), words.all_canned(db)
    shown: dict[str, Any] = {
        "people": people,
        "labels": labels,
        "canned": canned,
        "roles": users.ROLES,
        "colours": words.COLOURS,
    }
    return visit.page("admin.html", **shown, shortest=passwords.SHORTEST)


def add_user(visit: Visit) -> Response:
    """Make a user."""
    login, password, role = visit.text("login", 100), str(visit.form.get("password", "")), visit.text("role")
    if problem := passwords.problem(password):
        return visit.problem(visit.words(problem))
    if not login or role not in users.ROLES:
        return visit.problem(visit.words("A user needs a name to log in with, and a role."))
    with visit.desk.database.write() as db:
        if users.by_login(db, login) is not None:
            return visit.problem(visit.words("There is a user of this name already."), 409)
        kept = passwords.hashed(password)
        users.add(db, login=login, name=visit.text("name", 100), password=kept, role=role)
    return visit.to("/admin")


def change_user(visit: Visit) -> Response:
    """Change the role of a user, give a new password, let nobody in or in again."""
    id_, password = int(visit.request.path_params["id"]), str(visit.form.get("password", ""))
    active, role = visit.text("active") == "yes", visit.text("role")
    if password and (problem := passwords.problem(password)):
        return visit.problem(visit.words(problem))
    with visit.desk.database.write() as db:
        user = users.by_id(db, id_)
        if user is None or role not in users.ROLES:
            return visit.problem(visit.words("There is no such thing here."), 404)
        loses = user.role == users.ADMIN and (not active or role != users.ADMIN)
        if loses and visit.desk.settings.login and not users.other_admins(db, id_):
            return visit.problem(visit.words("Somebody has to stay administrator."), 409)
        changes = {"role": role, "active": active}
        users.change(db, id_, **changes, **({"password": passwords.hashed(password)} if password else {}))
        if not active:
            desk.forget_assignee(db, id_)
    return visit.to("/admin")


def save_label(visit: Visit) -> Response:
    """Write a label."""
    with visit.desk.database.write() as db:
        words.save_label(db, visit.text("name", 40), visit.number("colour") or 0)
    return visit.to("/admin#labels")


def drop_label(visit: Visit) -> Response:
    """Forget a label."""
    with visit.desk.database.write() as db:
        words.drop_label(db, int(visit.request.path_params["id"]))
    return visit.to("/admin#labels")


def save_canned(visit: Visit) -> Response:
    """Write a canned reply."""
    with visit.desk.database.write() as db:
        words.save_canned(db, visit.text("short", 40), visit.text("body"))
    return visit.to("/admin#canned")


def drop_canned(visit: Visit) -> Response:
    """Forget a canned reply."""
    with visit.desk.database.write() as db:
        words.drop_canned(db, int(visit.request.path_params["id"]))
    return visit.to("/admin#canned")
