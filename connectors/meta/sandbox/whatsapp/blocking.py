"""`/PHONE_NUMBER_ID/block_users`: whom the business does not want to hear from (WA/block-users, 2025-10-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.store import Db, customers, facts
from connectors.meta.sandbox.whatsapp import people, window
from connectors.meta.sandbox.whatsapp.validate import Fields

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

MOST_USERS = 1000
_FACT = "blocked"


def blocked(db: Db) -> list[str]:
    """Return the customers who are blocked."""
    return list(facts.get(db, _FACT) or [])


def _block(sandbox: Sandbox, call: GraphCall) -> Any:
    return _answer(sandbox, call, "added_users", undo=False)


def _unblock(sandbox: Sandbox, call: GraphCall) -> Any:
    return _answer(sandbox, call, "removed_users", undo=True)


def _answer(sandbox: Sandbox, call: GraphCall, good: str, *, undo: bool) -> Any:
    """Say of each person what became of it; one failure makes the whole answer an error."""
    asked = Fields(call.params, "")
    if asked.data.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    with sandbox.change() as change:
        for user in asked.objects("block_users", 1, MOST_USERS):
            user.only("user")
            given = user.text("user", 200)
            try:
                done.append({"input": given, **_one(sandbox, change, given, undo=undo)})
            except GraphError as error:
                told = {"code": error.code, "message": error.meaning.title, "error_data": {"details": error.details}}
                failed.append({"input": given, "errors": [told]})
    found: dict[str, Any] = {"messaging_product": "whatsapp", "block_users": {good: done} if done else {}}
    if not failed:
        return found
    found["block_users"]["failed_users"] = failed
    whole = GraphError(139100)
    return JSONResponse({**found, **whole.envelope()}, whole.status)


def _one(sandbox: Sandbox, change: Change, given: str, *, undo: bool) -> dict[str, str]:
    """Block one person who wrote within 24 hours, or let somebody write again."""
    address = given if people.BSUID.fullmatch(given) else people.number(sandbox, given)
    customer = customers.find(change.db, sandbox.settings.phone_number_id, address)
    if customer is None or not (undo or window.is_open(customer, change.at)):
        raise GraphError(131047)
    others = [one for one in blocked(change.db) if one != customer.id]
    facts.put(change.db, _FACT, others if undo else [*others, customer.id])
    change.show_customer(customer.id)
    return {"wa_id": customer.wa_id} if customer.wa_id else {"user_id": customer.user_id}


def _list(sandbox: Sandbox, _call: GraphCall) -> Any:
    with sandbox.store.read() as db:
        found = [customers.get(db, one) for one in blocked(db)]
    rows = [{"messaging_product": "whatsapp", "wa_id": one.address} for one in found if one is not None]
    return {"data": rows, "paging": {"cursors": {"after": "", "before": ""}}} if rows else {"data": []}


ROUTES: Routes = {
    ("POST", "number", "block_users"): _block,
    ("DELETE", "number", "block_users"): _unblock,
    ("GET", "number", "block_users"): _list,
}
