"""The app at Meta: what signs webhooks for pages, Instagram accounts and WhatsApp numbers, and owns their address."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import ClassVar

import attrs

from connectors.meta import subscriptions
from connectors.meta.settings import MetaSettings, MetaSettingsSchema
from connectors.meta.split import split
from connectors_core import AppManifest, Http, Untrusted, hookimpl, signed
from connectors_core.model import Challenge, Change, Finding, Item, Request, Trusted, parse_json


@attrs.frozen(eq=False)
class Meta:
    """One app of the Meta developer dashboard, shared by any number of endpoints."""

    manifest: ClassVar[AppManifest] = AppManifest(
        name="meta",
        title="Meta app",
        settings=MetaSettingsSchema,
        docs="connectors/meta",
        # GA/reference/app/subscriptions, 2026; MP/webhooks and WA/webhooks/overview, 2025-12-02.
        guide=(
            "At developers.facebook.com open your app, or create one of the type Business.",
            "Copy the app id, which stands at the top, and from App settings, Basic, the app secret.",
            "The verify token is a word of your own: Meta shows it when it calls the address for the first time.",
            "The gateway must be reached from outside by https with a valid certificate: that is its public_url.",
            "Leave the webhooks of the app alone: they are registered at the end, with all fields that are read.",
        ),
    )

    settings: MetaSettings
    http: Http

    @hookimpl
    def authenticate(self, request: Request) -> Trusted | Challenge:
        """Answer the verification of the address, or prove the signature (MP/webhooks; WA/webhooks/overview)."""
        if request.method == "GET":
            return self._challenge(request)
        return signed(request, self.settings.app_secret, header="x-hub-signature-256", prefix="sha256=")

    def _challenge(self, request: Request) -> Challenge:
        given = request.query.get("hub.verify_token", "").encode("utf-8", "replace")
        token = self.settings.verify_token.reveal().encode()
        same = hmac.compare_digest(given, token)
        challenge = request.query.get("hub.challenge", "")
        if not same or request.query.get("hub.mode") != "subscribe" or not challenge:
            raise Untrusted
        return Challenge(challenge)

    @hookimpl
    def split(self, request: Request) -> Sequence[Item]:
        """Cut a webhook into one Item for every message, status, error and change in it."""
        return list(split(parse_json(request.body)))

    @hookimpl
    def plan(self, callback: str, types: Sequence[str]) -> Sequence[Change | Finding]:
        """Look where the webhooks go."""
        return list(subscriptions.plan(self.http, self.settings, callback, types))

    @hookimpl
    def apply(self, change: Change, callback: str) -> Finding:
        """Have the webhooks of one object sent to the callback address."""
        return subscriptions.apply(self.http, self.settings, change, callback)
