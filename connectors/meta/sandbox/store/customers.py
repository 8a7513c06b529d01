"""Customers: each is a person with a phone who talks to one account."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Connection, Select, insert, or_, select, update

from connectors.meta.sandbox.store.tables import customers


@attrs.frozen(kw_only=True)
class Customer:
    """A person. `opened_at` is when the window opened: when the person did last what opens one.

    `channel`: whatsapp, messenger or instagram; `account`: the number, page or account that the chat is with.
    `wa_id` is "" for one who shows no number; `user_id`: the business-scoped user id, PSID or IGSID. A group of
    WhatsApp is one, too, with the id of the group. `traits`: what only one channel knows of people.
    """

    id: str
    channel: str = "whatsapp"
    account: str
    name: str
    wa_id: str
    user_id: str
    username: str
    online: bool = True
    receipts: bool = True
    opened_at: float | None = None
    created_at: float
    traits: dict[str, Any] = attrs.field(factory=dict)

    @property
    def address(self) -> str:
        """What names the person in a chat: the number, else the user id."""
        return self.wa_id or self.user_id

    @property
    def is_group(self) -> bool:
        """Whether this is a group of people."""
        return bool(self.traits.get("group"))


def add(db: Connection, customer: Customer) -> None:
    """Add a customer."""
    db.execute(insert(customers).values(**attrs.asdict(customer)))


def change(db: Connection, customer_id: str, **values: Any) -> None:
    """Change what is known of a customer."""
    db.execute(update(customers).where(customers.c.id == customer_id).values(**values))


def every(db: Connection) -> list[Customer]:
    """Return all customers, the oldest first."""
    return _read(db, select(customers).order_by(customers.c.created_at, customers.c.id))


def get(db: Connection, customer_id: str) -> Customer | None:
    """Return a customer, None when there is none of this id."""
    return next(iter(_read(db, select(customers).where(customers.c.id == customer_id))), None)


def find(db: Connection, account: str, address: str) -> Customer | None:
    """Return who has a number (digits) or a user id; None when nobody has."""
    named = or_(customers.c.wa_id == address, customers.c.user_id == address)
    return next(iter(_read(db, select(customers).where(customers.c.account == account, named))), None)


def _read(db: Connection, statement: Select[Any]) -> list[Customer]:
    return [Customer(**row) for row in db.execute(statement).mappings()]
