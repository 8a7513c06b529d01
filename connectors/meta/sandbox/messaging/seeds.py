"""Who talks to a new page and a new Instagram account, and the page's templates; ids as in Meta's documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.files import new_id
from connectors.meta.sandbox.store import Db, catalogue, customers
from connectors.meta.sandbox.store.catalogue import Template
from connectors.meta.sandbox.store.customers import Customer

if TYPE_CHECKING:
    from connectors.meta.sandbox.settings import SandboxSettings

_PEOPLE: tuple[tuple[str, str, str, str, str, dict[str, Any]], ...] = (
    ("peter", "messenger", "Peter Chang", "1254459154682919", "", {}),
    ("amara", "messenger", "Amara Diallo", "1254459154683020", "", {"profile": "none"}),
    ("mateo", "instagram", "Mateo Silva", "1254477777772919", "mateosilva", {}),
    ("yuki", "instagram", "Yuki Tanaka", "1254477777773020", "yuki.plants", {}),
)
"""Of the second nothing is told: an account that was made with a phone number has no profile."""

_TEMPLATES: tuple[dict[str, Any], ...] = (
    {
        "name": "order_update",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "{{1}} update", "example": {"header_text": ["Order"]}},
            {
                "type": "BODY",
                "text": "Good news! Your order {{1}} is on its way.",
                "example": {"body_text": [["566701"]]},
            },
        ],
    },
    {
        "name": "appointment_update",
        "format": "NAMED",
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{first_name}}, we see you on {{day}}.",
                "example": {"body_text_named_params": [{"param_name": "day", "example": "Monday"}]},
            },
            {"type": "BUTTONS", "buttons": [{"type": "POSTBACK", "text": "Another day", "payload": "ANOTHER_DAY"}]},
        ],
    },
)


def plant(db: Db, settings: SandboxSettings, now: float) -> None:
    """Fill an empty sandbox."""
    accounts = {"messenger": settings.page_id, "instagram": settings.instagram_account_id}
    for number, (name_id, channel, name, user_id, username, traits) in enumerate(_PEOPLE):
        person = Customer(
            id=name_id,
            channel=channel,
            account=accounts[channel],
            name=name,
            wa_id="",
            user_id=user_id,
            username=username,
            created_at=now + (10 + number) / 1000,
            traits=traits,
        )
        customers.add(db, person)
    for given in _TEMPLATES:
        values = {"language": "en", "category": "UTILITY", **given}
        catalogue.add_template(db, Template(id=new_id(), account=settings.page_id, **values))
