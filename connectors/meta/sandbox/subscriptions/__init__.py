"""Who hears the webhooks: what the app subscribed to, and whose of the accounts.

Sources: GA/webhooks/getting-started and GA/reference/app/subscriptions; WA/webhooks/override (2026-06-28); MP/webhooks
(2026); IP/instagram-api-with-instagram-login (2026).
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.settings import SandboxSettings
from connectors.meta.sandbox.store import Database, Db, facts, outbox
from connectors.meta.sandbox.store.outbox import Webhook
from connectors.meta.sandbox.subscriptions.fields import OBJECTS
from connectors_core import Call, ConnectorsError, Http, Rejected

_APP = "app_subscription"


class Subscriptions:
    """Where webhooks go."""

    def __init__(self, settings: SandboxSettings, store: Database, http: Http) -> None:
        """Read and write them in `store`, and verify callbacks with `http`."""
        self._settings = settings
        self._store = store
        self._http = http

    def enter(self, url: str, verify_token: str) -> None:
        """Subscribe a callback to everything, as in the dashboard; it is verified before its first webhook."""
        found = {
            name: {"callback_url": url, "verify_token": verify_token, "fields": list(fields), "verified": False}
            for name, fields in OBJECTS.items()
        }
        with self._store.write() as db:
            facts.put(db, _APP, found)
            for account in (self._settings.business_account_id, self._settings.page_id):
                kept = _of_account(db, account)
                facts.put(db, _key(account), {**kept, "subscribed": True, "fields": list(OBJECTS["page"])})
            outbox.at_once(db)

    def target(self, webhook: Webhook) -> str | None:
        """Return where a webhook goes; None when nobody subscribed; raise when the callback is not verified."""
        with self._store.read() as db:
            app, account = self._app(db).get(webhook.object), self._account(db, webhook)
        if app is None or webhook.field not in app["fields"] or account is None:
            return None
        if override := account.get("override_callback_uri"):
            return str(override)
        if not app["verified"]:
            self._verify(app["callback_url"], app["verify_token"])
            with self._store.write() as db:
                facts.put(db, _APP, {**self._app(db), webhook.object: {**app, "verified": True}})
        return str(app["callback_url"])

    def _account(self, db: Db, webhook: Webhook) -> dict[str, Any] | None:
        """Return the subscription of an account, None when it has none to this field.

        An Instagram account without one of its own is heard through its page, whatever that subscribed to.
        """
        found = _of_account(db, webhook.account)
        if webhook.object == "instagram" and not found.get("subscribed"):
            page = _of_account(db, self._settings.page_id)
            return page if page.get("subscribed") else None
        heard = webhook.object == "whatsapp_business_account" or webhook.field in found.get("fields", [])
        return found if found.get("subscribed") and heard else None

    def callback(self) -> str:
        """Return the address that hears messages, "" when nobody does."""
        settings = self._settings
        accounts = {
            "whatsapp_business_account": settings.business_account_id,
            "page": settings.page_id,
            "instagram": settings.instagram_account_id,
        }
        with self._store.read() as db:
            for name, app in self._app(db).items():
                asked = Webhook(lane="", object=name, account=accounts[name], field="messages", body="", at=0, due=0)
                if (account := self._account(db, asked)) is not None:
                    return str(account.get("override_callback_uri") or app["callback_url"])
        return ""

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

    def of_account(self, account: str) -> dict[str, Any]:
        """Return the subscription of an account: whether it is `subscribed`, its `fields`, its own callback."""
        with self._store.read() as db:
            return _of_account(db, account)

    def subscribe_account(
        self, account: str, *, fields: list[str] | None = None, override: str = "", verify_token: str = ""
    ) -> None:
        """Subscribe the app to an account, with a callback of its own when `override` names one."""
        kept: dict[str, Any] = {"subscribed": True, "fields": fields or []}
        if override:
            self._verified(override, verify_token)
            kept["override_callback_uri"] = override
        with self._store.write() as db:
            facts.put(db, _key(account), kept)
            outbox.at_once(db)

    def unsubscribe_account(self, account: str) -> None:
        """End it."""
        with self._store.write() as db:
            facts.put(db, _key(account), {"subscribed": False})

    def _app(self, db: Db) -> dict[str, Any]:
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


def by_itself(db: Db, account: str) -> bool:
    """Whether an Instagram account subscribed the app by itself (Instagram Login), not through its page."""
    return bool(_of_account(db, account).get("subscribed"))


def _key(account: str) -> str:
    return f"subscription {account}"


def _of_account(db: Db, account: str) -> dict[str, Any]:
    found: dict[str, Any] = facts.get(db, _key(account)) or {}
    return found
