"""`/APP_ID/subscriptions` and `/ACCOUNT_ID/subscribed_apps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.subscriptions.fields import INSTAGRAM, OBJECTS, PAGE

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox


def _list(sandbox: Sandbox, _call: GraphCall) -> Any:
    rows = [
        {
            "object": name,
            "callback_url": found["callback_url"],
            "active": True,
            "fields": [{"name": field, "version": sandbox.newest} for field in found["fields"]],
        }
        for name, found in sandbox.subscriptions.of_app().items()
    ]
    return {"data": rows}


def _subscribe(sandbox: Sandbox, call: GraphCall) -> Any:
    name = call.needed("object")
    if name not in OBJECTS:
        raise GraphError(100, f"Param object must be one of {', '.join(OBJECTS)}.")
    fields = _fields(call, "fields", OBJECTS[name])
    sandbox.subscriptions.subscribe(name, call.needed("callback_url"), call.needed("verify_token"), fields)
    return {"success": True}


def _fields(call: GraphCall, param: str, known: tuple[str, ...]) -> list[str]:
    """Return the fields that a parameter names, as a list or with commas between them."""
    given = call.params.get(param, "")
    fields = given if isinstance(given, list) else [one.strip() for one in str(given).split(",") if one.strip()]
    if unknown := [str(field) for field in fields if field not in known]:
        raise GraphError(100, f"Param {param} has unknown values: {', '.join(unknown)[:200]}.")
    return fields


def _unsubscribe(sandbox: Sandbox, call: GraphCall) -> Any:
    sandbox.subscriptions.unsubscribe(str(call.params.get("object", "")))
    return {"success": True}


def _app(sandbox: Sandbox) -> dict[str, Any]:
    return {"link": "https://www.facebook.com/games/", "name": "Sandbox", "id": sandbox.settings.app_id}


def _accounts_apps(sandbox: Sandbox, call: GraphCall) -> Any:
    found = sandbox.subscriptions.of_account(call.object_id)
    if not found.get("subscribed"):
        return {"data": []}
    row: dict[str, Any] = {"whatsapp_business_api_data": _app(sandbox)}
    if override := found.get("override_callback_uri"):
        row["override_callback_uri"] = override
    return {"data": [row]}


def _subscribe_account(sandbox: Sandbox, call: GraphCall) -> Any:
    override = str(call.params.get("override_callback_uri", ""))
    token = call.needed("verify_token") if override else ""
    sandbox.subscriptions.subscribe_account(call.object_id, override=override, verify_token=token)
    return {"success": True}


def _unsubscribe_account(sandbox: Sandbox, call: GraphCall) -> Any:
    sandbox.subscriptions.unsubscribe_account(call.object_id)
    return {"success": True}


def _pages_apps(sandbox: Sandbox, call: GraphCall) -> Any:
    found = sandbox.subscriptions.of_account(call.object_id)
    row = {"category": "Business", **_app(sandbox), "subscribed_fields": found.get("fields", [])}
    return {"data": [row] if found.get("subscribed") else []}


def _subscribe_page(sandbox: Sandbox, call: GraphCall) -> Any:
    return _with_fields(sandbox, call, PAGE)


def _subscribe_instagram(sandbox: Sandbox, call: GraphCall) -> Any:
    return _with_fields(sandbox, call, INSTAGRAM)


def _with_fields(sandbox: Sandbox, call: GraphCall, known: tuple[str, ...]) -> Any:
    fields = _fields(call, "subscribed_fields", known)
    if not fields:
        raise GraphError(100, "Param subscribed_fields must be non-empty.")
    sandbox.subscriptions.subscribe_account(call.object_id, fields=fields)
    return {"success": True}


ROUTES: Routes = {
    ("GET", "app", "subscriptions"): _list,
    ("POST", "app", "subscriptions"): _subscribe,
    ("DELETE", "app", "subscriptions"): _unsubscribe,
    ("GET", "account", "subscribed_apps"): _accounts_apps,
    ("POST", "account", "subscribed_apps"): _subscribe_account,
    ("DELETE", "account", "subscribed_apps"): _unsubscribe_account,
    ("GET", "page", "subscribed_apps"): _pages_apps,
    ("POST", "page", "subscribed_apps"): _subscribe_page,
    ("DELETE", "page", "subscribed_apps"): _unsubscribe_account,
    ("GET", "instagram", "subscribed_apps"): _pages_apps,
    ("POST", "instagram", "subscribed_apps"): _subscribe_instagram,
    ("DELETE", "instagram", "subscribed_apps"): _unsubscribe_account,
}
