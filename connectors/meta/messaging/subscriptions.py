"""Which events of an account its app is told of: the account's own subscription (MP/webhooks and IG/webhook, 2026)."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors_core import Http
from connectors_core.model import Change, Finding, wire
from connectors_core.model.wire import Json

PAGE_FIELDS = (
    "messages",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_reads",
    "messaging_account_linking",
    "messaging_customer_information",
    "messaging_feedback",
    "messaging_handovers",
    "messaging_in_thread_lead_form_submit",
    "messaging_optins",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_referrals",
    "response_feedback",
    "send_cart",
    "standby",
    "feed",
)
"""What the inbound of Messenger reads, of the object "page" (MP/webhooks/webhook-events, 2026-06; `feed` has comments).

Calls and template news need features or permissions that few apps have, and one field too many has the whole
subscription refused: they are added by hand where they are wanted.
"""

INSTAGRAM_FIELDS = (
    "messages",
    "message_edit",
    "message_reactions",
    "messaging_handover",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "standby",
    "comments",
    "live_comments",
    "mentions",
)
"""What the inbound of Instagram reads, of the object "instagram" (IG/webhook, 2026-06): two of them in the singular."""


@attrs.frozen(kw_only=True)
class Subscription:
    """The subscription of the app to one account: `fields` at `node`, declared by the key `path` of the settings."""

    http: Http
    graph: Graph
    node: str
    path: str
    fields: tuple[str, ...]
    app_id: str = ""

    def plan(self) -> Iterable[Change | Finding]:
        """Compare what the app is told of with what is read here; more than that does no harm."""
        rows = self._rows()
        if len(rows) > 1 and not self.app_id:
            text = f"{len(rows)} apps are told of this account, and which is this one is not known: put app_id"
            return [Finding(level="warning", text=text, path=self.path)]
        found = self._subscribed(rows)
        if set(self.fields) <= found:
            return []
        title = "what Meta tells the app of this account"
        after = sorted({*self.fields, *found})
        return [Change(path=self.path, title=title, before=sorted(found) or None, after=after, level="error")]

    def apply(self, change: Change) -> Finding:
        """Subscribe to what is read here, and keep what else the app is subscribed to."""
        wanted = ",".join(sorted({*self.fields, *self._subscribed(self._rows())}))
        call = self.graph.call("POST", f"{self.node}/subscribed_apps", {"subscribed_fields": wanted})
        self.http.call(attrs.evolve(call, harmless=True), verb="subscribe", explain=explain_messaging)
        return Finding(level="ok", text=f"{change.title}: everything that is read here", path=self.path)

    def _rows(self) -> list[Json]:
        call = self.graph.call("GET", f"{self.node}/subscribed_apps")
        return wire.items(self.http.call(call, verb="compare", explain=explain_messaging).object(), "data")

    def _subscribed(self, rows: list[Json]) -> set[str]:
        """Return the fields of our app; where the settings do not name it, of the only one that there is."""
        mine = [row for row in rows if wire.text(row, "id") == self.app_id] if self.app_id else rows
        if len(mine) != 1:
            return set()
        fields = mine[0].get("subscribed_fields")
        return {one for one in fields if isinstance(one, str)} if isinstance(fields, list) else set()
