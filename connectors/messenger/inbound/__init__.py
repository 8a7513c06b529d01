"""Messenger webhooks as events: one Item is one element of a Page's entry, and becomes one event.

Shapes: MP/webhooks/webhook-events/* (2024-06-26 to 2026-06) and GA/webhooks/reference/page (2026).
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.messenger.inbound import calls, consent, feed, forms, shop
from connectors.meta.messaging import inbound
from connectors_core.model import Event, Item, Scheme

DIALECT = inbound.Dialect(
    scheme=Scheme.PSID,
    events={
        "optin": consent.optin,
        "account_linking": consent.linking,
        "messaging_feedback": forms.feedback,
        "response_feedback": forms.response,
        "messaging_customer_information": forms.customer_information,
        "form": forms.instant,
        "messaging_in_thread_lead_form_submit": forms.instant,
        "order": shop.order,
        "template": shop.template,
        "call_permission_reply": calls.permission,
    },
    changes={"feed": feed.change},
    entries={"calls": calls.call, "call_permission_reply": calls.permission},
)


def receive(item: Item) -> Sequence[Event]:
    """Read one Item; raise Malformed when it is not what the platform documents."""
    return inbound.receive(item, DIALECT)
