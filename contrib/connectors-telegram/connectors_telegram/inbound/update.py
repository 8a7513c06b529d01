"""One update, and what every event of it has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from connectors_core.model import Item, MessageRef
from connectors_core.model.wire import Json
from connectors_telegram.inbound.people import Person
from connectors_telegram.places import Place


@attrs.frozen(kw_only=True)
class Update:
    """`number` is its `update_id`, and `data` what it tells."""

    item: Item
    number: int
    data: Json

    @property
    def id(self) -> str:
        """The id of what has none of its own: an edit, a reaction, a change."""
        return f"update:{self.number}"

    def base(self, at: datetime, place: Place, person: Person | None) -> dict[str, Any]:
        """Return what every noun has; `person` is who did it."""
        found: dict[str, Any] = {
            "endpoint": self.item.endpoint,
            "account": self.item.account,
            "at": at,
            "conversation": place.conversation(self.item),
        }
        if person is not None:
            found |= {"contact": person.ref(self.item), "profile": person.profile(self.item)}
        return found

    def ref(self, place: Place, number: int) -> MessageRef:
        """Return the ref of a message."""
        return place.message(self.item.endpoint, self.item.account, number)
