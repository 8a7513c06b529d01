"""One change of the sandbox: what is stored, what the callback hears and what pages show, all of it or nothing."""

from __future__ import annotations

from typing import Any

import attrs

from connectors.meta.sandbox.faults import Faults
from connectors.meta.sandbox.faults.webhooks import struck
from connectors.meta.sandbox.feed import News
from connectors.meta.sandbox.signing import encode
from connectors.meta.sandbox.store import Db, outbox
from connectors.meta.sandbox.store.outbox import Webhook


@attrs.define(eq=False)
class Change:
    """What is done in `db` counts with its commit; `news` go out after it. `at`: Unix seconds."""

    db: Db
    at: float
    faults: Faults
    news: list[News] = attrs.field(factory=list)
    webhooks: int = 0

    def webhook(self, lane: str, field: str, payload: dict[str, Any], *, message: str = "") -> None:
        """Put a webhook at the end of a lane, or where the fault menu wants it.

        `message` counts as delivered when it was taken.
        """
        webhook = Webhook(
            lane=lane,
            object=payload["object"],
            account=payload["entry"][0]["id"],
            field=field,
            body=encode(payload),
            message=message,
            at=self.at,
            due=self.at,
        )
        outbox.add(self.db, struck(self.faults, self.db, webhook, payload))
        self.webhooks += 1

    def show(self, customer: str, message: str) -> None:
        """Let the pages of a customer show a message as it is now."""
        self.news.append(News(kind="message", customer=customer, message=message))

    def show_customer(self, customer: str) -> None:
        """Let all pages show a customer as it is now."""
        self.news.append(News(kind="customer", customer=customer))
