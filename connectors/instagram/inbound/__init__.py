"""Instagram webhooks as events: one Item is one element of an account's entry, and becomes one event.

Shapes: IG/webhook (2026-06) and IP/webhooks (2026-06).
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.instagram.inbound import comments
from connectors.meta.messaging import inbound
from connectors_core.model import Event, Item, Scheme

DIALECT = inbound.Dialect(
    scheme=Scheme.IGSID,
    changes={"comments": comments.comment, "live_comments": comments.comment, "mentions": comments.mention},
)


def receive(item: Item) -> Sequence[Event]:
    """Read one Item; raise Malformed when it is not what the platform documents."""
    return inbound.receive(item, DIALECT)
