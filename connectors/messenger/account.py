"""The Page: what it needs to be told of messages, what people see of it, and how it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from connectors.messenger.settings import MessengerSettings
from connectors.meta import tokens
from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph, graph
from connectors.meta.library import Library
from connectors.meta.messaging import menus
from connectors.meta.messaging.menus import Menus
from connectors.meta.messaging.subscriptions import PAGE_FIELDS, Subscription
from connectors.meta.plans import tried
from connectors_core import ConnectorsError, Http
from connectors_core.model import Change, Finding, wire

SCOPES = ("pages_messaging", "pages_manage_metadata")

GUIDE = (
    "In the dashboard of the app add the product Messenger, and connect your Facebook Page there.",
    "Messenger, API Setup, shows the id of the Page and makes a token for it.",
    "Better is a token of a system user that never expires: Business Settings, System users, with the Page assigned.",
    "The token needs the permissions pages_messaging and pages_manage_metadata.",
    "For public comments it needs pages_read_engagement, for names and pictures Business Asset User Profile Access.",
    "To answer after 24 hours the app needs the feature Human Agent, for templates page_utility_messaging.",
    "Give the app secret here too where the app demands signed calls (Require App Secret).",
)
"""MP/get-started and MP/send-messages, 2026; GA/guides/secure-requests."""

SUBSCRIPTION = "page_id"


@attrs.frozen
class Account:
    """One Page and the way to it."""

    http: Http
    settings: MessengerSettings

    def plan(self) -> Iterator[Change | Finding]:
        """Compare with the settings: the subscription, what people see before they write, the templates."""
        yield from tried(SUBSCRIPTION, self._subscription.plan)
        yield from tried("get_started", self._menus.plan)
        yield from tried("templates", self.library.plan)

    def apply(self, change: Change) -> Finding:
        """Make one of these differences disappear."""
        if change.path == SUBSCRIPTION:
            return self._subscription.apply(change)
        if change.path.startswith("templates"):
            return self.library.hand_in(change.path)
        return self._menus.apply(change)

    def check(self) -> Iterator[Finding]:
        """Look at the Page and at the token, without changing anything."""
        yield self._page()
        settings = self.settings
        if settings.app_id and settings.app_secret is not None:
            own = tokens.app_token(settings.app_id, settings.app_secret)
            app = Graph(url=settings.graph_url, version=settings.graph_version, token=own)
            yield from tokens.check(self.http, app, settings.access_token, SCOPES, settings.app_id)

    @property
    def library(self) -> Library:
        """The templates of the Page, and those that the settings declare."""
        settings = self.settings
        return Library(http=self.http, graph=graph(settings), node=settings.page_id, declared=settings.templates)

    @property
    def _subscription(self) -> Subscription:
        return Subscription(
            http=self.http,
            graph=graph(self.settings),
            node=self.settings.page_id,
            path=SUBSCRIPTION,
            fields=PAGE_FIELDS,
            app_id=self.settings.app_id,
        )

    @property
    def _menus(self) -> Menus:
        return Menus(http=self.http, graph=graph(self.settings), wanted=shown(self.settings))

    def _page(self) -> Finding:
        """Say whether the token reaches the Page."""
        settings = self.settings
        ask = graph(settings).call("GET", settings.page_id, fields="name")
        try:
            name = wire.text(self.http.call(ask, verb="check", explain=explain_messaging).object(), "name")
        except ConnectorsError as error:
            return Finding(level="error", text=error.text, path="access_token")
        return Finding(level="ok", text=f"the Page {name or settings.page_id} is reached")


def shown(settings: MessengerSettings) -> Mapping[str, Any]:
    """Return what the settings declare of what people see, in Meta's shape; None for what they leave open."""
    found: dict[str, Any] = {name: _shaped(getattr(settings, name), shape) for name, shape in _SHAPES.items()}
    return {**found, "account_linking_url": settings.account_linking_url}


_SHAPES: Mapping[str, Callable[[Any], Any]] = {
    "get_started": lambda payload: {"payload": payload} if payload else {},
    "greeting": menus.greeting,
    "ice_breakers": menus.ice_breakers,
    "persistent_menu": menus.persistent_menu,
    "commands": menus.commands,
    "whitelisted_domains": list,
}


def _shaped(declared: object, shape: Callable[[Any], Any]) -> Any:
    return None if declared is None else shape(declared)
