"""What the menu does to a webhook before it waits: it goes twice, later, overtaken, in company, or is broken off."""

from __future__ import annotations

from typing import Any

import attrs

from connectors.meta.sandbox.faults.deciding import About, Faults
from connectors.meta.sandbox.faults.menu import WEBHOOKS
from connectors.meta.sandbox.store import Db, customers
from connectors.meta.sandbox.store.outbox import Webhook


def struck(faults: Faults, db: Db, webhook: Webhook, payload: dict[str, Any]) -> Webhook:
    """Return what waits in place of a webhook. A lane keeps its order, so what may be overtaken gets one of its own."""
    if not faults.some:
        return webhook
    about = _about(db, webhook, payload)
    for name in WEBHOOKS:
        if drawn := faults.draw(db, (name,), about):
            webhook = _changed(webhook, name, drawn[1].options)
    return webhook


def _changed(webhook: Webhook, name: str, options: dict[str, Any]) -> Webhook:
    if name == "duplicate":
        return attrs.evolve(webhook, again=float(options["seconds"]))
    due = max(webhook.due, webhook.at + float(options.get("seconds", 0.0)))
    if name == "reorder":
        return attrs.evolve(webhook, lane=f"{webhook.lane} late", due=due)
    if name == "delay":
        return attrs.evolve(webhook, due=due)
    if name == "batch":
        return attrs.evolve(webhook, due=due, most=int(options["most"]))
    if name.startswith("webhook_drop"):
        return attrs.evolve(webhook, drop=webhook.drop or name.removeprefix("webhook_drop_"))
    return webhook


def _about(db: Db, webhook: Webhook, payload: dict[str, Any]) -> About:
    """Return whom and what a webhook is about."""
    customer = customers.get(db, webhook.lane)
    about = About(
        into=webhook.field,
        subject=customer.address if customer else webhook.lane,
        customer=customer.id if customer else "",
        account=webhook.account,
        message=webhook.message,
    )
    entry = payload["entry"][0]
    if webhook.object != "whatsapp_business_account":
        said = (entry.get("messaging") or entry.get("standby") or [{}])[0].get("message", {})
        return attrs.evolve(about, message=about.message or said.get("mid", ""), key=str(said.get("metadata", "")))
    value = entry["changes"][0]["value"]
    status: dict[str, Any] = (value.get("statuses") or [{}])[0]
    return attrs.evolve(
        about,
        into=f"{webhook.field}/{status['status']}" if status else webhook.field,
        account=value.get("metadata", {}).get("phone_number_id", ""),
        message=about.message or str(status.get("id", "")),
        key=str(status.get("biz_opaque_callback_data", "")),
    )
