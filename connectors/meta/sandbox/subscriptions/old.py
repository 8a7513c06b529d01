"""Who hears the webhooks: the subscriptions of the app and of the account, and what a token is.

Sources: GA/webhooks/getting-started and GA/reference/app/subscriptions; WA/webhooks/override (2026-06-28).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.store import Database, facts, outbox
from connectors_core import Call, ConnectorsError, Http, Rejected

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

FIELDS = (
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "calls",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "messages",
    "messaging_handovers",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "phone_number_username_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "standby",
    "template_category_update",
    "user_preferences",
)
"""The fields of `whatsapp_business_account` (WA/webhooks/overview, 2025-12; WA conversation routing, 2026-09-23)."""

OBJECTS = {"whatsapp_business_account": FIELDS}
"""What can be subscribed to, and its fields."""

SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging", "public_profile")

_APP, _ACCOUNT = "app_subscription", "account_subscription"
_WHATSAPP = "whatsapp_business_account"


class Subscriptions:
    """Where webhooks go."""

    def __init__(self, store: Database, http: Http) -> None:
        """Read and write them in `store`, and verify callbacks with `http`."""
        self._store = store
        self._http = http

    def enter(self, url: str, verify_token: str) -> None:
        """Subscribe a callback to everything, as in the dashboard; it is verified before its first webhook."""
        found = {"callback_url": url, "verify_token": verify_token, "fields": list(FIELDS), "verified": False}
        with self._store.write() as db:
            facts.put(db, _APP, {_WHATSAPP: found})
            facts.put(db, _ACCOUNT, {"subscribed": True})
            outbox.at_once(db)

    def target(self, field: str) -> str | None:
        """Return where webhooks of a field go; None when nobody subscribed; raise when the callback is not verified."""
        with self._store.read() as db:
            app, account = self._app(db).get(_WHATSAPP), facts.get(db, _ACCOUNT) or {}
        if app is None or field not in app["fields"] or not account.get("subscribed"):
            return None
        if override := account.get("override_callback_uri"):
            return str(override)
        if not app["verified"]:
            self._verify(app["callback_url"], app["verify_token"])
            with self._store.write() as db:
                facts.put(db, _APP, {**self._app(db), _WHATSAPP: {**app, "verified": True}})
        return str(app["callback_url"])

    def callback(self) -> str:
        """Return the address that hears messages, "" when nobody does."""
        with self._store.read() as db:
            app, account = self._app(db).get(_WHATSAPP), facts.get(db, _ACCOUNT) or {}
        if app is None or not account.get("subscribed"):
            return ""
        return str(account.get("override_callback_uri") or app["callback_url"])

    def of_app(self) -> dict[str, Any]:
        """Return the subscriptions of the app, by object."""
        with self._store.read() as db:
            return self._app(db)

    def subscribe(self, name: str, url: str, verify_token: str, fields: list[str]) -> None:
        """Verify a callback and subscribe it; raise GraphError 2200 when it does not answer as it should."""
        self._verified(url, verify_token)
        with self._store.write() as db:
            found = {"callback_url": url, "verify_token": verify_token, "fields": fields, "verified": True}
            facts.put(db, _APP, {**self._app(db), name: found})
            outbox.at_once(db)

    def unsubscribe(self, name: str) -> None:
        """End the subscription of the app to an object, "" for all."""
        with self._store.write() as db:
            facts.put(db, _APP, {kept: found for kept, found in self._app(db).items() if name and kept != name})

    def of_account(self) -> dict[str, Any]:
        """Return the subscription of the account."""
        with self._store.read() as db:
            return facts.get(db, _ACCOUNT) or {}

    def subscribe_account(self, override: str, verify_token: str) -> None:
        """Subscribe the app to the account, with a callback of its own when `override` names one."""
        kept: dict[str, Any] = {"subscribed": True}
        if override:
            self._verified(override, verify_token)
            kept["override_callback_uri"] = override
        with self._store.write() as db:
            facts.put(db, _ACCOUNT, kept)
            outbox.at_once(db)

    def unsubscribe_account(self) -> None:
        """End it."""
        with self._store.write() as db:
            facts.put(db, _ACCOUNT, {"subscribed": False})

    def _app(self, db: Any) -> dict[str, Any]:
        found: dict[str, Any] = facts.get(db, _APP) or {}
        return found

    def _verified(self, url: str, verify_token: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise GraphError(100, "The callback must be an http or https address.")
        try:
            self._verify(url, verify_token)
        except ConnectorsError as error:
            raise GraphError(2200, error.text) from None

    def _verify(self, url: str, verify_token: str) -> None:
        """Ask the callback to repeat a challenge (WA/webhooks/overview)."""
        challenge = str(secrets.randbelow(10**9))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        address = f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(query)}"
        reply = self._http.call(Call(method="GET", url=address), verb="verify the callback")
        if reply.body.decode("utf-8", "replace") != challenge:
            raise Rejected("the callback did not repeat the challenge of its verification")


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
    given = call.params.get("fields", "")
    fields = given if isinstance(given, list) else [one for one in str(given).split(",") if one]
    if unknown := [str(field) for field in fields if field not in OBJECTS[name]]:
        raise GraphError(100, f"Param fields has unknown values: {', '.join(unknown)[:200]}.")
    sandbox.subscriptions.subscribe(name, call.needed("callback_url"), call.needed("verify_token"), fields)
    return {"success": True}


def _unsubscribe(sandbox: Sandbox, call: GraphCall) -> Any:
    sandbox.subscriptions.unsubscribe(str(call.params.get("object", "")))
    return {"success": True}


def _accounts_apps(sandbox: Sandbox, _call: GraphCall) -> Any:
    found = sandbox.subscriptions.of_account()
    if not found.get("subscribed"):
        return {"data": []}
    app = {"link": "https://www.facebook.com/games/", "name": "Sandbox", "id": sandbox.settings.app_id}
    row: dict[str, Any] = {"whatsapp_business_api_data": app}
    if override := found.get("override_callback_uri"):
        row["override_callback_uri"] = override
    return {"data": [row]}


def _subscribe_account(sandbox: Sandbox, call: GraphCall) -> Any:
    override = str(call.params.get("override_callback_uri", ""))
    sandbox.subscriptions.subscribe_account(override, call.needed("verify_token") if override else "")
    return {"success": True}


def _unsubscribe_account(sandbox: Sandbox, _call: GraphCall) -> Any:
    sandbox.subscriptions.unsubscribe_account()
    return {"success": True}


def _debug_token(sandbox: Sandbox, call: GraphCall) -> Any:
    """GA/guides/debugging: what a token is good for."""
    asked, settings = call.needed("input_token"), sandbox.settings
    if asked != settings.access_token.reveal() or sandbox.faults.always("token_revoked"):
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    own = [settings.business_account_id]
    data = {
        "app_id": settings.app_id,
        "type": "SYSTEM_USER",
        "application": "Sandbox",
        "data_access_expires_at": 0,
        "expires_at": 0,
        "is_valid": True,
        "scopes": list(SCOPES),
        "granular_scopes": [{"scope": scope, "target_ids": own} for scope in SCOPES[:2]],
        "user_id": "122100000000000001",
    }
    return {"data": data}


ROUTES: Routes = {
    ("GET", "app", "subscriptions"): _list,
    ("POST", "app", "subscriptions"): _subscribe,
    ("DELETE", "app", "subscriptions"): _unsubscribe,
    ("GET", "account", "subscribed_apps"): _accounts_apps,
    ("POST", "account", "subscribed_apps"): _subscribe_account,
    ("DELETE", "account", "subscribed_apps"): _unsubscribe_account,
    ("GET", "debug_token", ""): _debug_token,
}
