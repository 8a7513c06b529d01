"""The account: what it needs to be told of messages, what people see of it, and how it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from connectors.instagram.outbound import DIALECT
from connectors.instagram.settings import INSTAGRAM_URL, InstagramSettings
from connectors.meta import tokens
from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph, graph
from connectors.meta.messaging import menus
from connectors.meta.messaging.menus import Menus
from connectors.meta.messaging.subscriptions import INSTAGRAM_FIELDS, Subscription
from connectors.meta.plans import tried
from connectors.meta.settings import GRAPH_URL
from connectors_core import ConnectorsError, Http, NeedsAttention
from connectors_core.model import Change, Finding, wire
from connectors_core.model.wire import Json

PAGE_SCOPES = (
    "instagram_basic",
    "instagram_manage_messages",
    "instagram_manage_comments",
    "pages_manage_metadata",
    "pages_messaging",
)
"""Facebook Login (IG/get-started and IG/features/attachment-upload, 2026-06-30)."""

ACCOUNT_SCOPES = (
    "instagram_business_basic",
    "instagram_business_manage_messages",
    "instagram_business_manage_comments",
)
"""Instagram Login; the names of before ended on 2025-01-27 (IP/instagram-api-with-instagram-login)."""

PAGE_FIELDS = ("messages",)
"""With any field of the Page subscribed, the app is told all that it reads of the object instagram (IP/webhooks)."""

GUIDE = (
    "The Instagram account must be a professional one: in the app Instagram, Settings, Account type.",
    "Its owner must allow access to messages: Settings, Messages and story replies, Message controls, Connected tools.",
    "In the dashboard of your app add the product Instagram, and choose one of the two logins.",
    "Instagram Login needs no Page: connect the account there, and copy its id and token. It lives 60 days.",
    "That token needs instagram_business_basic, and instagram_business_manage_messages and _comments.",
    "Facebook Login needs a Facebook Page that is linked to the account: put page_id, and use the Page's token.",
    "That token needs instagram_basic, instagram_manage_messages, instagram_manage_comments, pages_messaging",
    "and pages_manage_metadata; one of a system user does not expire.",
    "To answer after 24 hours the app needs the feature Human Agent.",
    "The app must be live: before, it is told only of what people with a role in it write.",
)
"""IG/get-started, 2026-06-30; IP/instagram-api-with-instagram-login and IP/webhooks, 2026-03-03."""

SUBSCRIPTION = "account_id"


@attrs.frozen
class Account:
    """One account and the way to it."""

    http: Http
    settings: InstagramSettings

    def plan(self) -> Iterator[Change | Finding]:
        """Compare with the settings: the subscription, and what people see before they write."""
        yield from tried(SUBSCRIPTION, self._subscription.plan)
        yield from tried("ice_breakers", self._menus.plan)

    def apply(self, change: Change) -> Finding:
        """Make one of these differences disappear."""
        return self._subscription.apply(change) if change.path == SUBSCRIPTION else self._menus.apply(change)

    def check(self) -> Iterator[Finding]:
        """Look at the account, its owner's permission and the token, without changing anything."""
        yield from self._linked() if self.settings.page_id else self._own()
        yield from self._messages()
        yield from self._token()

    @property
    def _subscription(self) -> Subscription:
        settings = self.settings
        return Subscription(
            http=self.http,
            graph=graph(settings),
            node=settings.node,
            path=SUBSCRIPTION,
            fields=PAGE_FIELDS if settings.page_id else INSTAGRAM_FIELDS,
            app_id=settings.app_id,
        )

    @property
    def _menus(self) -> Menus:
        wanted = shown(self.settings)
        return Menus(http=self.http, graph=graph(self.settings), wanted=wanted, platform=DIALECT.platform)

    def _linked(self) -> Iterator[Finding]:
        """Say whether the Page is reached, and whether this is the account that it is linked to."""
        page, wanted = self.settings.page_id, self.settings.account_id
        try:
            told = self._asked(page, fields="name,instagram_business_account")
            linked = wire.text(wire.obj(told, "instagram_business_account"), "id")
        except ConnectorsError as error:
            yield _problem(error.text, "access_token")
            return
        if not linked:
            yield _problem("no Instagram account is linked to the Page: link it in the Page's settings", "page_id")
        elif linked != wanted:
            text = f"the Page is linked to the account {linked}, not to {wanted}: put the right one"
            yield _problem(text, "account_id")
        else:
            yield Finding(level="ok", text="the account is reached by its Page")

    def _own(self) -> Iterator[Finding]:
        """Say whose token it is."""
        wanted = self.settings.account_id
        try:
            told = self._asked("me", fields="user_id,username")
            owner, username = wire.text(told, "user_id"), wire.text(told, "username")
        except ConnectorsError as error:
            yield _problem(error.text, "access_token")
            return
        if owner != wanted:
            text = f"the token belongs to the account {owner or '(none)'}, not to {wanted}: put the right one"
            yield _problem(text, "account_id")
        else:
            yield Finding(
                level="ok", text=f"the account @{username} is reached" if username else "the account is reached"
            )

    def _messages(self) -> Iterator[Finding]:
        """Say whether the owner of the account lets apps have its messages (MP/error-codes, 2026-06-25: 2534041)."""
        try:
            self._asked(f"{self.settings.node}/conversations", platform=DIALECT.platform, limit="1")
        except NeedsAttention as error:
            yield _problem(error.text, "account_id")
        except ConnectorsError as error:
            yield Finding(level="warning", text=f"whether messages come is not known: {error.text}", path="account_id")
        else:
            yield Finding(level="ok", text="its messages may be read")

    def _token(self) -> Iterator[Finding]:
        """Say when the token ends and which permissions it lacks; that of Instagram Login lives 60 days."""
        settings = self.settings
        if not settings.app_id or settings.app_secret is None:
            if not settings.page_id:
                text = "when the token ends is not known: put app_id and app_secret; it lives 60 days"
                yield Finding(level="warning", text=text, path="access_token")
            return
        own = tokens.app_token(settings.app_id, settings.app_secret)
        # Tokens of both logins are looked up where the apps are.
        url = GRAPH_URL if settings.graph_url == INSTAGRAM_URL else settings.graph_url
        app = Graph(url=url, version=settings.graph_version, token=own)
        scopes = PAGE_SCOPES if settings.page_id else ACCOUNT_SCOPES
        yield from tokens.check(self.http, app, settings.access_token, scopes, settings.app_id)

    def _asked(self, path: str, **query: str) -> Json:
        call = graph(self.settings).call("GET", path, None, **query)
        return self.http.call(call, verb="check", explain=explain_messaging).object()


def shown(settings: InstagramSettings) -> Mapping[str, Any]:
    """Return what the settings declare of what people see, in Meta's shape; None for what they leave open."""
    questions, items = settings.ice_breakers, settings.persistent_menu
    return {
        "ice_breakers": None if questions is None else menus.ice_breakers(questions),
        "persistent_menu": None if items is None else menus.persistent_menu(items),
    }


def _problem(text: str, path: str) -> Finding:
    return Finding(level="error", text=text, path=path)
