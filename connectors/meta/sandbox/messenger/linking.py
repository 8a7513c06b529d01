"""Account linking: a button leads to the business's log-in page and comes back with a code.

Source: MP/identity/account-linking (2026): a token is good for five minutes and one look-up.
"""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors.meta.sandbox.answering import answering, problem
from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.messaging import accounts, payloads, people, writing
from connectors.meta.sandbox.messaging.errors import Refusal
from connectors.meta.sandbox.messaging.tapping import buttons
from connectors.meta.sandbox.store import customers, facts, messages
from connectors.meta.sandbox.store.customers import Customer

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

GOOD_SECONDS = 300
FIELD = "messaging_account_linking"
RETURNS = "/sandbox/linked"


def begin(sandbox: Sandbox, customer_id: str, message_id: str, choice: str) -> str:
    """Tap a log-in button; return the address of the log-in page, with a token and the way back."""
    with sandbox.change() as change:
        customer, _ = writing.person(sandbox, change, customer_id)
        target = messages.get(change.db, message_id)
        mine = target is not None and target.customer == customer_id
        found = dict(buttons(target.content)).get(choice) if mine and target else None
        if found is None or found.get("type") != "account_link":
            raise GraphError(100, "There is no such button.")
        token = token_urlsafe(24)
        facts.put(change.db, f"linking {token}", {"customer": customer.id, "until": change.at + GOOD_SECONDS})
    query = {"redirect_uri": f"{sandbox.url}{RETURNS}/{token}", "account_linking_token": token}
    url = str(found["url"])
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(query)}"


def end(sandbox: Sandbox, token: str, code: str) -> str:
    """Come back from the log-in page, with a code when it went well; return whose phone it was."""
    with sandbox.change() as change:
        kept = facts.get(change.db, f"linking {token}") or {}
        customer = customers.get(change.db, str(kept.get("customer", "")))
        if customer is None or kept.get("over"):
            raise Refusal("linking")
        facts.put(change.db, f"linking {token}", {**kept, "over": True})
        if code:
            told = {"status": "linked", "authorization_code": code}
            _tell(sandbox, change, customer, told)
    return customer.id


def _tell(sandbox: Sandbox, change: Change, customer: Customer, told: dict[str, str]) -> None:
    channel = sandbox.channels[customer.channel]
    traits = {**customer.traits, "linked": told["status"] == "linked"}
    customers.change(change.db, customer.id, traits=traits)
    item = payloads.event(customer, change.at, account_linking=told)
    change.webhook(customer.id, FIELD, payloads.envelope(channel, customer.account, item, change.at))
    change.show_customer(customer.id)


def unlink(sandbox: Sandbox, customer_id: str) -> dict[str, Any]:
    """Log out."""
    with sandbox.change() as change:
        customer, _ = writing.person(sandbox, change, customer_id)
        _tell(sandbox, change, customer, {"status": "unlinked"})
    return {"success": True}


def _page(sandbox: Sandbox, call: GraphCall) -> Any:
    """Tell whose token it is, once; else of the page itself."""
    token = call.params.get("account_linking_token")
    if token is None:
        return accounts.page(sandbox, call)
    with sandbox.change() as change:
        kept = facts.get(change.db, f"linking {token}") or {}
        customer = customers.get(change.db, str(kept.get("customer", "")))
        if customer is None or kept.get("told") or change.at > float(kept["until"]):
            raise Refusal("linking")
        facts.put(change.db, f"linking {token}", {**kept, "told": True})
    return {"recipient": customer.user_id, "id": sandbox.settings.page_id}


def _unlink(sandbox: Sandbox, call: GraphCall) -> Any:
    _, customer = people.find(sandbox, call, call.needed("psid"))
    unlink(sandbox, customer.id)
    return {"result": "unlink account success"}


def _begin(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    return {"url": begin(sandbox, customer_id, str(data.get("message")), str(data.get("choice")))}


def _log_out(sandbox: Sandbox, customer_id: str, _data: dict[str, Any]) -> Any:
    return unlink(sandbox, customer_id)


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the control API, and where a log-in page sends people back to."""

    async def back(request: Request) -> Response:
        code = request.query_params.get("authorization_code", "")
        try:
            customer_id = await run_in_threadpool(end, sandbox, request.path_params["token"], code)
        except Refusal as error:
            return problem(error)
        return RedirectResponse(f"/phones/{customer_id}", 303)

    async def login(request: Request) -> Response:
        asked = request.query_params
        customer_id = request.path_params["id"]
        try:
            url = await run_in_threadpool(
                begin, sandbox, customer_id, asked.get("message", ""), asked.get("choice", "")
            )
        except GraphError as error:
            return JSONResponse({"error": error.details}, 404)
        return RedirectResponse(url, 303)

    one = "/sandbox/customers/{id}/login"
    return [
        Route(one, login, methods=["GET"]),
        Route(one, answering(sandbox, _begin, 201), methods=["POST"]),
        Route(one, answering(sandbox, _log_out), methods=["DELETE"]),
        Route(f"{RETURNS}/{{token}}", back, methods=["GET"]),
    ]


ROUTES: Routes = {("GET", "page", ""): _page, ("POST", "page", "unlink_accounts"): _unlink}
