"""What a new sandbox begins with: three people, a group of them, and templates, as in Meta's documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.files import new_id
from connectors.meta.sandbox.store import Db, catalogue, customers
from connectors.meta.sandbox.store.catalogue import Template
from connectors.meta.sandbox.store.customers import Customer

if TYPE_CHECKING:
    from connectors.meta.sandbox.settings import SandboxSettings

_PEOPLE = (
    ("sheena", "Sheena Nelson", "16505551234", "US.13491208655302741918", ""),
    ("pablo", "Pablo Morales", "16505555678", "US.27563091844172650935", ""),
    ("barbara", "Barbara J. Johnson", "", "US.40817264553920184477", "bjjohnson"),
    ("friends", "Succulent friends", "", "Y2FwaV9ncm91cDoxNTU1MDc4Mzg4MTo0NzEx", ""),
)
"""The last of them is a group."""


def _body(text: str, *examples: str) -> dict[str, Any]:
    example = {"example": {"body_text": [list(examples)]}} if examples else {}
    return {"type": "BODY", "text": text, **example}


def _quick(*titles: str) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": title} for title in titles]}


_IMAGE = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}}

_TEMPLATES: tuple[dict[str, Any], ...] = (
    {"name": "hello_world", "category": "UTILITY", "components": [_body("Welcome! We are glad that you are here.")]},
    {
        "name": "order_confirmation",
        "category": "UTILITY",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Your order"},
            _body("Thank you, {{1}}! Your order {{2}} is confirmed and leaves on {{3}}.", "Pablo", "566701", "Monday"),
            {"type": "FOOTER", "text": "Lucky Shrub"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "URL", "text": "Track it", "url": "https://example.com/o/{{1}}", "example": ["566701"]},
                    {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+15550783881"},
                ],
            },
        ],
    },
    {
        "name": "order_confirmation",
        "language": "ar",
        "category": "UTILITY",
        "components": [_body("شكرًا {{1}}! تم تأكيد طلبك {{2}}.", "Pablo", "566701")],
    },
    {
        "name": "appointment_reminder",
        "category": "UTILITY",
        "format": "NAMED",
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{first_name}}, see you on {{day}}.",
                "example": {
                    "body_text_named_params": [
                        {"param_name": "first_name", "example": "Pablo"},
                        {"param_name": "day", "example": "Monday"},
                    ]
                },
            },
            _quick("I will be there", "Another day, please"),
        ],
    },
    {
        "name": "seasonal_promotion",
        "category": "MARKETING",
        "components": [
            _IMAGE,
            _body("Our {{1}} is on! Use the code {{2}} until the end of the month.", "Summer Sale", "25OFF"),
            _quick("Show me", "Unsubscribe from all"),
        ],
    },
    {"name": "welcome_offer", "category": "MARKETING", "components": [_body("Welcome! Your first order ships free.")]},
    {
        "name": "login_code",
        "category": "AUTHENTICATION",
        "components": [
            _body("*{{1}}* is your verification code.", "123456"),
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"},
                ],
            },
        ],
    },
    {
        "name": "flash_sale",
        "category": "MARKETING",
        "status": "PAUSED",
        "components": [_body("Only today: everything for half.")],
    },
    {
        "name": "free_money",
        "category": "MARKETING",
        "status": "REJECTED",
        "reason": "SCAM",
        "components": [_body("You have won!")],
    },
)


def plant(db: Db, settings: SandboxSettings, now: float) -> None:
    """Fill an empty sandbox."""
    for number, (name_id, name, wa_id, user_id, username) in enumerate(_PEOPLE):
        person = Customer(
            id=name_id,
            account=settings.phone_number_id,
            name=name,
            wa_id=wa_id,
            user_id=user_id,
            username=username,
            created_at=now + number / 1000,
            traits={} if wa_id or username else {"group": True},
        )
        customers.add(db, person)
    for given in _TEMPLATES:
        catalogue.add_template(
            db, Template(id=new_id(), account=settings.business_account_id, **{"language": "en_US", **given})
        )
