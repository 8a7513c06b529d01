"""The sandbox by HTTP, for its pages, for tests and for scripts: customers, what they do, the state of the account."""

from __future__ import annotations

from secrets import randbelow, token_hex
from typing import TYPE_CHECKING, Any

import attrs
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from connectors.meta.sandbox.answering import answering, problem
from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store import catalogue, customers, messages
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.whatsapp import media, steps, templates, window, writing

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

INLINE = frozenset(
    (*media.TYPES["image"], "image/gif", "image/webp", *media.TYPES["audio"], *media.TYPES["video"], "audio/wav")
)
"""The types that a browser may show in the page; anything else is a download, as HTML and SVG can run programs."""


def customer_json(customer: Customer, unread: int = 0) -> dict[str, Any]:
    """Return what the API tells of a customer; times are Unix seconds."""
    told = attrs.asdict(customer)
    del told["account"]
    return {**told, "window_closes_at": window.closes_at(customer), "unread": unread}


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return what the API tells of a message."""
    told = attrs.asdict(entry)
    told["from"] = "customer" if told.pop("incoming") else "business"
    return told


def _account(sandbox: Sandbox, _id: str, _data: dict[str, Any]) -> Any:
    settings, health = sandbox.settings, sandbox.delivery.health()
    return {
        "app_id": settings.app_id,
        "business_account_id": settings.business_account_id,
        "phone_number_id": settings.phone_number_id,
        "display_phone_number": settings.display_phone_number,
        "callback": sandbox.subscriptions.callback(),
        "webhooks_waiting": health.waiting,
        "problem": health.problem,
        "limits": sandbox.limits.enforced,
    }


def _change_account(sandbox: Sandbox, _id: str, data: dict[str, Any]) -> Any:
    sandbox.limits.enforced = bool(data.get("limits", sandbox.limits.enforced))
    return _account(sandbox, "", {})


def _customers(sandbox: Sandbox, _id: str, _data: dict[str, Any]) -> Any:
    with sandbox.store.read() as db:
        unread = messages.unread(db)
        return {"data": [customer_json(one, unread.get(one.id, 0)) for one in customers.every(db)]}


def _customer(sandbox: Sandbox, customer_id: str, _data: dict[str, Any]) -> Any:
    with sandbox.change() as change:
        return customer_json(writing.needed(change, customer_id), messages.unread(change.db).get(customer_id, 0))


def _new_customer(sandbox: Sandbox, _id: str, data: dict[str, Any]) -> Any:
    """Without a number the person is one who took a username and shows no number."""
    name = str(data.get("name", "")).strip()[:60]
    username = str(data.get("username", "")).strip().lstrip("@")[:35]
    wa_id = _number(str(data.get("wa_id", ""))) if data.get("wa_id") else ""
    if not name:
        raise GraphError(131008, "name is required.")
    with sandbox.change() as change:
        account = sandbox.settings.phone_number_id
        _refuse_taken(change, sandbox, wa_id)
        customer = Customer(
            id=token_hex(4),
            account=account,
            name=name,
            wa_id=wa_id,
            user_id=_user_id(),
            username=username or ("" if wa_id else f"user{randbelow(10**6):06}"),
            online=True,
            receipts=True,
            opened_at=None,
            created_at=change.at,
        )
        customers.add(change.db, customer)
        change.show_customer(customer.id)
    return customer_json(customer)


def _change_customer(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    """`online`, `receipts`: whether; `window`: "open" or "closed" from now on; `name`."""
    with sandbox.change() as change:
        before = writing.needed(change, customer_id)
        values: dict[str, Any] = {name: bool(data[name]) for name in ("online", "receipts") if name in data}
        if name := str(data.get("name", "")).strip()[:60]:
            values["name"] = name
        opened = {"open": change.at, "closed": None}
        if data.get("window") in opened:
            values["opened_at"] = opened[data["window"]]
        if values:
            customers.change(change.db, customer_id, **values)
        after = attrs.evolve(before, **values)
        if after.online and not before.online:
            steps.come_online(sandbox, change, after)
        change.show_customer(customer_id)
    return customer_json(after)


def _renumber(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    """With `wa_id`: a new number and user id; without: a new user id alone."""
    wa_id = _number(str(data["wa_id"])) if data.get("wa_id") else ""
    with sandbox.change() as change:
        _refuse_taken(change, sandbox, wa_id)
    return customer_json(writing.renumber(sandbox, customer_id, wa_id, _user_id()))


def _messages(sandbox: Sandbox, customer_id: str, _data: dict[str, Any]) -> Any:
    with sandbox.store.read() as db:
        return {"data": [entry_json(entry) for entry in messages.chat(db, customer_id)]}


def _write(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    return entry_json(writing.write(sandbox, customer_id, data))


def _choose(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    answers = data.get("answers")
    given = answers if isinstance(answers, dict) else {}
    return entry_json(writing.choose(sandbox, customer_id, str(data.get("message")), str(data.get("choice")), given))


def _delete(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    writing.delete(sandbox, customer_id, str(data.get("message")))
    return {"success": True}


def _read(sandbox: Sandbox, customer_id: str, _data: dict[str, Any]) -> Any:
    with sandbox.change() as change:
        return {"read": steps.read(sandbox, change, writing.needed(change, customer_id))}


def _play(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    with sandbox.change() as change:
        entry = messages.get(change.db, str(data.get("message")))
        if entry is None or entry.customer != customer_id:
            raise GraphError(131009, "There is no such message on this phone.")
        steps.play(sandbox, change, writing.needed(change, customer_id), entry)
    return {"success": True}


def _templates(sandbox: Sandbox, _id: str, _data: dict[str, Any]) -> Any:
    with sandbox.store.read() as db:
        return {"data": [templates.described(one) for one in catalogue.all_templates(db)]}


def _add_template(sandbox: Sandbox, _id: str, data: dict[str, Any]) -> Any:
    for name in ("name", "language", "components"):
        if not data.get(name):
            raise GraphError(131008, f"{name} is required.")
    return templates.described(templates.add(sandbox, data))


def _change_template(sandbox: Sandbox, template_id: str, data: dict[str, Any]) -> Any:
    status, reason = str(data.get("status", "")), str(data.get("reason", "NONE"))
    return templates.described(templates.set_status(sandbox, template_id, status, reason))


def _number(given: str) -> str:
    digits = "".join(char for char in given if char.isascii() and char.isdecimal())
    if not 6 <= len(digits) <= 15:
        raise GraphError(131009, "A number has 6 to 15 digits, with its country code.")
    return digits


def _user_id() -> str:
    return f"US.{10**19 + randbelow(9 * 10**19)}"


def _refuse_taken(change: Change, sandbox: Sandbox, wa_id: str) -> None:
    settings = sandbox.settings
    if wa_id and (wa_id == settings.display_phone_number or customers.find(change.db, settings.phone_number_id, wa_id)):
        raise GraphError(131009, "Somebody has this number already.")


def _file(sandbox: Sandbox, file_id: str) -> Response:
    with sandbox.store.read() as db:
        file = catalogue.file(db, file_id)
    if file is None:
        return JSONResponse({"error": "there is no such file"}, 404)
    inline = media.plain(file.mime) in INLINE
    return FileResponse(
        sandbox.files.path(file.id),
        media_type=file.mime if inline else "application/octet-stream",
        filename=file.name or None,
        content_disposition_type="inline" if inline else "attachment",
        headers={"content-security-policy": "default-src 'none'; sandbox", "cache-control": "private, max-age=3600"},
    )


async def _attach(sandbox: Sandbox, request: Request) -> Response:
    """Multipart: `file`, and `kind`, `caption`, `voice`, `context` where they are wanted."""
    customer_id = request.path_params["id"]
    async with request.form(max_files=1, max_fields=10) as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise GraphError(131008, "file is required.")
        told = {name: str(value) for name, value in form.items() if name != "file"}
        mime, name, source = upload.content_type or "", (upload.filename or "").replace("\\", "/"), upload.file
        kind = told.pop("kind", "") or media.kind_of(mime)
        if kind not in media.TYPES:
            raise GraphError(131009, f"kind is one of {', '.join(media.TYPES)}.")

        def keep_and_send() -> Entry:
            chunks = iter(lambda: source.read(64 * 1024), b"")
            file = media.keep(sandbox, chunks, mime=mime, name=name.rpartition("/")[2], most=media.LARGEST)
            return writing.attach(sandbox, customer_id, file, kind, **told)

        return JSONResponse(entry_json(await run_in_threadpool(keep_and_send)), 201)


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes below /sandbox."""

    async def attach(request: Request) -> Response:
        try:
            return await _attach(sandbox, request)
        except GraphError as error:
            return problem(error)

    async def file(request: Request) -> Response:
        return await run_in_threadpool(_file, sandbox, request.path_params["id"])

    async def nothing(_request: Request) -> Response:
        return JSONResponse({"error": "there is nothing here"}, 404)

    one = "/sandbox/customers/{id}"
    return [
        Route("/sandbox/account", answering(sandbox, _account), methods=["GET"]),
        Route("/sandbox/account", answering(sandbox, _change_account), methods=["PATCH"]),
        Route("/sandbox/customers", answering(sandbox, _customers), methods=["GET"]),
        Route("/sandbox/customers", answering(sandbox, _new_customer, 201), methods=["POST"]),
        Route(one, answering(sandbox, _customer), methods=["GET"]),
        Route(one, answering(sandbox, _change_customer), methods=["PATCH"]),
        Route(f"{one}/number", answering(sandbox, _renumber), methods=["POST"]),
        Route(f"{one}/messages", answering(sandbox, _messages), methods=["GET"]),
        Route(f"{one}/messages", answering(sandbox, _write, 201), methods=["POST"]),
        Route(f"{one}/files", attach, methods=["POST"]),
        Route(f"{one}/choices", answering(sandbox, _choose, 201), methods=["POST"]),
        Route(f"{one}/deleted", answering(sandbox, _delete), methods=["POST"]),
        Route(f"{one}/read", answering(sandbox, _read), methods=["POST"]),
        Route(f"{one}/played", answering(sandbox, _play), methods=["POST"]),
        Route("/sandbox/templates", answering(sandbox, _templates), methods=["GET"]),
        Route("/sandbox/templates", answering(sandbox, _add_template, 201), methods=["POST"]),
        Route("/sandbox/templates/{id}", answering(sandbox, _change_template), methods=["PATCH"]),
        Route("/sandbox/files/{id}", file, methods=["GET"]),
        Route("/sandbox/{rest:path}", nothing),
    ]
