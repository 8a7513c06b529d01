"""The sandbox by HTTP, for its pages, for tests and for scripts: customers, what they do, the state of the account."""

from __future__ import annotations

from secrets import randbelow, token_hex
from typing import TYPE_CHECKING, Any

import attrs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.meta.sandbox import templates
from connectors.meta.sandbox.answering import answering, entry_json
from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.files import new_id
from connectors.meta.sandbox.messaging import steps as chat_steps
from connectors.meta.sandbox.messaging import threads
from connectors.meta.sandbox.phones import phone_of
from connectors.meta.sandbox.store import catalogue, customers, facts, messages
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.whatsapp import steps, writing

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

_TRAITS = ("blocks", "gone", "profile")


def customer_json(sandbox: Sandbox, customer: Customer, unread: int = 0) -> dict[str, Any]:
    """Return what the API tells of a customer; times are Unix seconds."""
    told = attrs.asdict(customer)
    closes = sandbox.phones[customer.channel].closes_at(customer)
    return {**told, "window_closes_at": closes, "unread": unread}


def _account(sandbox: Sandbox, _id: str, _data: dict[str, Any]) -> Any:
    settings, health = sandbox.settings, sandbox.delivery.health()
    with sandbox.store.read() as db:
        routing, mids = threads.routed(db), not facts.get(db, chat_steps.WITHOUT_MIDS)
    return {
        "app_id": settings.app_id,
        "business_account_id": settings.business_account_id,
        "phone_number_id": settings.phone_number_id,
        "display_phone_number": settings.display_phone_number,
        "page_id": settings.page_id,
        "instagram_account_id": settings.instagram_account_id,
        "routing": routing,
        "mids": mids,
        "callback": sandbox.subscriptions.callback(),
        "webhooks_waiting": health.waiting,
        "problem": health.problem,
        "limits": sandbox.limits.enforced,
    }


def _change_account(sandbox: Sandbox, _id: str, data: dict[str, Any]) -> Any:
    """`limits`: whether they hold; `routing`: conversation routing; `mids`: whether deliveries name messages."""
    sandbox.limits.enforced = bool(data.get("limits", sandbox.limits.enforced))
    with sandbox.store.write() as db:
        if "routing" in data:
            threads.route(db, on=bool(data["routing"]))
        if "mids" in data:
            facts.put(db, chat_steps.WITHOUT_MIDS, not data["mids"])
    return _account(sandbox, "", {})


def _customers(sandbox: Sandbox, _id: str, _data: dict[str, Any]) -> Any:
    with sandbox.store.read() as db:
        unread = messages.unread(db)
        return {"data": [customer_json(sandbox, one, unread.get(one.id, 0)) for one in customers.every(db)]}


def _customer(sandbox: Sandbox, customer_id: str, _data: dict[str, Any]) -> Any:
    with sandbox.change() as change:
        return customer_json(
            sandbox, writing.needed(change, customer_id), messages.unread(change.db).get(customer_id, 0)
        )


def _new_customer(sandbox: Sandbox, _id: str, data: dict[str, Any]) -> Any:
    """`channel`: whatsapp, unless it is another; there somebody without a number took a username and shows none."""
    channel = str(data.get("channel") or "whatsapp")
    if channel not in sandbox.phones:
        raise GraphError(131009, f"channel is one of {', '.join(sandbox.phones)}.")
    name = str(data.get("name", "")).strip()[:60]
    username = str(data.get("username", "")).strip().lstrip("@")[:35]
    wa_id = _number(str(data.get("wa_id", ""))) if data.get("wa_id") and channel == "whatsapp" else ""
    if not name:
        raise GraphError(131008, "name is required.")
    with sandbox.change() as change:
        _refuse_taken(change, sandbox, wa_id)
        named = username or f"user{randbelow(10**6):06}"
        customer = Customer(
            id=token_hex(4),
            channel=channel,
            account=_account_id(sandbox, channel),
            name=name,
            wa_id=wa_id,
            user_id=_user_id() if channel == "whatsapp" else new_id(),
            username=username if wa_id or channel == "messenger" else named,
            created_at=change.at,
        )
        customers.add(change.db, customer)
        change.show_customer(customer.id)
    return customer_json(sandbox, customer)


def _change_customer(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    """`online`, `receipts`: whether; `window`: "open" or "closed" from now on; `name`.

    On Messenger and Instagram also `blocks` (the person has blocked the business), `gone`, and `profile` ("none").
    """
    with sandbox.change() as change:
        before = writing.needed(change, customer_id)
        values: dict[str, Any] = {name: bool(data[name]) for name in ("online", "receipts") if name in data}
        if name := str(data.get("name", "")).strip()[:60]:
            values["name"] = name
        phone = sandbox.phones[before.channel]
        traits = {name: data[name] for name in _TRAITS if name in data and before.channel in sandbox.channels}
        if traits:
            values["traits"] = {**before.traits, **traits}
        if data.get("window") == "open":
            values["opened_at"] = change.at
        if data.get("window") == "closed":
            values |= phone.closed(before, change.at)
        if values:
            customers.change(change.db, customer_id, **values)
        after = attrs.evolve(before, **values)
        if after.online and not before.online:
            phone.come_online(sandbox, change, after)
        change.show_customer(customer_id)
    return customer_json(sandbox, after)


def _renumber(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    """With `wa_id`: a new number and user id; without: a new user id alone."""
    wa_id = _number(str(data["wa_id"])) if data.get("wa_id") else ""
    with sandbox.change() as change:
        _refuse_taken(change, sandbox, wa_id)
    return customer_json(sandbox, writing.renumber(sandbox, customer_id, wa_id, _user_id()))


def _messages(sandbox: Sandbox, customer_id: str, _data: dict[str, Any]) -> Any:
    with sandbox.store.read() as db:
        return {"data": [entry_json(entry) for entry in messages.chat(db, customer_id)]}


def _write(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    return entry_json(phone_of(sandbox, customer_id).write(sandbox, customer_id, data))


def _choose(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    answers = data.get("answers")
    given = answers if isinstance(answers, dict) else {}
    message, choice = str(data.get("message") or ""), str(data.get("choice"))
    return entry_json(phone_of(sandbox, customer_id).choose(sandbox, customer_id, message, choice, given))


def _delete(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    phone_of(sandbox, customer_id).delete(sandbox, customer_id, str(data.get("message")))
    return {"success": True}


def _read(sandbox: Sandbox, customer_id: str, _data: dict[str, Any]) -> Any:
    with sandbox.change() as change:
        customer = writing.needed(change, customer_id)
        return {"read": sandbox.phones[customer.channel].read(sandbox, change, customer)}


def _play(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    with sandbox.change() as change:
        entry = messages.get(change.db, str(data.get("message")))
        if entry is None or entry.customer != customer_id:
            raise GraphError(131009, "There is no such message on this phone.")
        steps.play(sandbox, change, writing.needed(change, customer_id), entry)
    return {"success": True}


def _templates(sandbox: Sandbox, _id: str, _data: dict[str, Any]) -> Any:
    with sandbox.store.read() as db:
        return {
            "data": [
                templates.described(one) for one in catalogue.all_templates(db, sandbox.settings.business_account_id)
            ]
        }


def _add_template(sandbox: Sandbox, _id: str, data: dict[str, Any]) -> Any:
    for name in ("name", "language", "components"):
        if not data.get(name):
            raise GraphError(131008, f"{name} is required.")
    return templates.described(templates.add(sandbox, sandbox.settings.business_account_id, data))


def _change_template(sandbox: Sandbox, template_id: str, data: dict[str, Any]) -> Any:
    status, reason = str(data.get("status", "")), str(data.get("reason", "NONE"))
    return templates.described(templates.set_status(sandbox, template_id, status, reason))


def _account_id(sandbox: Sandbox, channel: str) -> str:
    found = sandbox.channels.get(channel)
    return found.account(sandbox.settings) if found else sandbox.settings.phone_number_id


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


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes below /sandbox."""

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
        Route(f"{one}/choices", answering(sandbox, _choose, 201), methods=["POST"]),
        Route(f"{one}/deleted", answering(sandbox, _delete), methods=["POST"]),
        Route(f"{one}/read", answering(sandbox, _read), methods=["POST"]),
        Route(f"{one}/played", answering(sandbox, _play), methods=["POST"]),
        Route("/sandbox/templates", answering(sandbox, _templates), methods=["GET"]),
        Route("/sandbox/templates", answering(sandbox, _add_template, 201), methods=["POST"]),
        Route("/sandbox/templates/{id}", answering(sandbox, _change_template), methods=["PATCH"]),
        Route("/sandbox/{rest:path}", nothing),
    ]
