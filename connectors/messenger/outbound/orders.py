"""A receipt, a coupon, a survey.

Sources: MP/send-messages/template/{receipt, coupon}, 2026-04-22; MP/send-messages/templates/customer-feedback-template,
2026-03-23, which is still "in development".
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from connectors.meta.messaging.outbound import template
from connectors.meta.messaging.outbound.fields import address, fits, needed
from connectors_core import NotSupported
from connectors_core.model import Contact, Coupon, OrderItem, OrderReceipt, Survey
from connectors_core.model.wire import Json

MOST_LINES = 100
LONGEST_LINE = 80
LONGEST_HEADING = 65
LONGEST_QUESTION = 80
LONGEST_LABEL = 20
LONGEST_PAYLOAD = 1000

ADDRESS = ("street_1", "city", "postal_code", "state", "country")
"""The lines of an address, all of which a receipt needs."""

_SURVEYS = ("csat", "nps", "ces")
_NOBODY = "-"
"""A receipt names somebody, even where nobody is known by name."""


def receipt(part: OrderReceipt, person: Contact | None) -> Json:
    """Return a receipt for an order; raise NotSupported for one that lacks what Messenger needs."""
    if len(part.items) > MOST_LINES:
        raise NotSupported(f"a receipt has {MOST_LINES} lines at most, and this has {len(part.items)}")
    found: Json = {
        "recipient_name": person.name if person is not None and person.name else _NOBODY,
        "order_number": needed("the number of the order", part.number, LONGEST_LINE),
        "currency": needed("the currency", part.currency, 3),
        "payment_method": needed("how the order was paid", part.payment, LONGEST_LINE),
        "summary": {"total_cost": _amount("the total", part.total)},
    }
    if part.items:
        found["elements"] = [_line(item, part.currency) for item in part.items]
    if part.address:
        found["address"] = _address(part.address)
    return template("receipt", **found)


def _line(item: OrderItem, currency: str) -> Json:
    return {
        "title": needed("the name of an item", item.name or item.id, LONGEST_LINE),
        "quantity": item.quantity,
        "price": _amount("the price of an item", item.price) if item.price else 0,
        "currency": item.currency or currency,
    }


def _amount(what: str, value: str) -> float:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise NotSupported(f"{what} is no number such as 56.14") from None
    if not amount.is_finite():
        raise NotSupported(f"{what} is no number such as 56.14")
    return float(amount)


def _address(text: str) -> Json:
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) != len(ADDRESS) or not all(lines):
        raise NotSupported(f"the address of a receipt has {len(ADDRESS)} lines: {', '.join(ADDRESS)}")
    return dict(zip(ADDRESS, lines, strict=True))


def coupon(part: Coupon) -> Json:
    """Return a coupon with a code, or with the address where it is redeemed."""
    if not (part.code or part.url):
        raise NotSupported("a coupon has a code or an address")
    found: Json = {"title": needed("the title of the coupon", part.title, LONGEST_LINE)}
    if part.subtitle:
        found["subtitle"] = fits("the second line of the coupon", part.subtitle, LONGEST_LINE)
    if part.code:
        found["coupon_code"] = part.code
    if part.url:
        found["coupon_url"] = address("the coupon", part.url)
    if part.payload:
        found["payload"] = fits("the payload of the coupon", part.payload, LONGEST_PAYLOAD)
    return template("coupon", **found)


def survey(part: Survey, privacy_url: str) -> Json:
    """Return a question that is answered on a scale; its scale is the usual one of its kind."""
    if part.kind not in _SURVEYS:
        raise NotSupported(f"a survey is one of {', '.join(_SURVEYS)}, and this is {part.kind}")
    if not privacy_url:
        raise NotSupported("a survey links to a privacy policy: put privacy_url into the settings")
    question: Json = {
        "id": part.id or part.kind,
        "type": part.kind,
        "title": needed("the question", part.question, LONGEST_QUESTION),
    }
    title = part.title or part.question
    return template(
        "customer_feedback",
        title=needed("the title of the survey", title, LONGEST_HEADING),
        # What stands on the button has no words of Meta's own; a sign needs no language.
        button_title=fits("the label of the survey", part.button or "★", LONGEST_LABEL),
        feedback_screens=[{"questions": [question]}],
        business_privacy={"url": privacy_url},
    )
