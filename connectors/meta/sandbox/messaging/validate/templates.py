"""The payloads of structured messages, by their template_type.

Sources: MP/send-messages/template/* (2026-05 to 2026-06-30); IG/features (2026-06).
"""

from __future__ import annotations

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.messaging.channel import Check
from connectors.meta.sandbox.messaging.validate.buttons import check_action, check_buttons
from connectors.meta.sandbox.messaging.validate.content import LONGEST_PAYLOAD, link

LONGEST_LINE, LONGEST_TEXT = 80, 640
MOST_CARDS, MOST_LINES = 10, 100
FEWEST_PICTURES, MOST_PICTURES = 2, 6
LONGEST_SURVEY_DAYS = 7

_ADDRESS = ("street_1", "street_2", "city", "postal_code", "state", "country")
_RECEIPT = (
    "template_type",
    "sharable",
    "recipient_name",
    "merchant_name",
    "order_number",
    "currency",
    "payment_method",
    "order_url",
    "timestamp",
    "address",
    "summary",
    "adjustments",
    "elements",
)


def button(allowed: frozenset[str]) -> Check:
    """Return the check of a text with one to three buttons."""

    def check(payload: Fields) -> None:
        payload.only("template_type", "text", "buttons", "sharable")
        payload.text("text", LONGEST_TEXT)
        check_buttons(payload, allowed, least=1)

    return check


def generic(allowed: frozenset[str]) -> Check:
    """Return the check of one to ten cards."""

    def check(payload: Fields) -> None:
        payload.only("template_type", "elements", "sharable", "image_aspect_ratio")
        if payload.has("image_aspect_ratio"):
            payload.choice("image_aspect_ratio", ("horizontal", "square"))
        for card in payload.objects("elements", 1, MOST_CARDS):
            card.only("title", "subtitle", "image_url", "default_action", "buttons")
            card.text("title", LONGEST_LINE)
            card.text("subtitle", LONGEST_LINE, needed=False)
            link(card, "image_url", needed=False)
            if card.has("default_action"):
                check_action(card.object("default_action"))
            check_buttons(card, allowed)
            if set(card.data) == {"title"}:
                raise GraphError(100, f"Param {card.where} needs a subtitle, a picture, an action or a button.")

    return check


def media(allowed: frozenset[str]) -> Check:
    """Return the check of one picture or film of Facebook's, with buttons."""

    def check(payload: Fields) -> None:
        payload.only("template_type", "elements", "sharable")
        for one in payload.objects("elements", 1, 1):
            one.only("media_type", "url", "attachment_id", "buttons")
            one.choice("media_type", ("image", "video"))
            if one.has("url") == one.has("attachment_id"):
                raise GraphError(100, f"Exactly one of {one.name('url')} and {one.name('attachment_id')} is required.")
            link(one, "url", needed=False)
            check_buttons(one, allowed)

    return check


def product(payload: Fields) -> None:
    """Check one to ten products of the page's catalogue."""
    payload.only("template_type", "elements")
    for one in payload.objects("elements", 1, MOST_CARDS):
        one.only("id")
        one.text("id", 128)


def receipt(payload: Fields) -> None:
    """Check the confirmation of an order."""
    payload.only(*_RECEIPT)
    for name in ("recipient_name", "order_number", "currency", "payment_method"):
        payload.text(name, 640)
    link(payload, "order_url", needed=False)
    summary = payload.object("summary")
    summary.only("subtotal", "shipping_cost", "total_tax", "total_cost")
    summary.number("total_cost", 0, 10**12)
    if payload.has("address"):
        address = payload.object("address")
        address.only(*_ADDRESS)
        for name in ("street_1", "city", "postal_code", "state", "country"):
            address.text(name, 640)
    for line in payload.objects("adjustments", 0, MOST_LINES):
        line.only("name", "amount")
    for line in payload.objects("elements", 0, MOST_LINES):
        line.only("title", "subtitle", "quantity", "price", "currency", "image_url")
        line.text("title", 640)
        line.number("price", 0, 10**12)


def coupon(payload: Fields) -> None:
    """Check a coupon, which has a code or an address."""
    payload.only(
        "template_type",
        "title",
        "subtitle",
        "coupon_code",
        "coupon_url",
        "coupon_url_button_title",
        "coupon_pre_message",
        "image_url",
        "payload",
    )
    payload.text("title", LONGEST_LINE)
    payload.text("subtitle", LONGEST_LINE, needed=False)
    payload.text("payload", LONGEST_PAYLOAD, needed=False)
    link(payload, "image_url", needed=False)
    if not payload.text("coupon_code", 64, needed=False) and not link(payload, "coupon_url", needed=False):
        raise GraphError(100, "Param payload must have a coupon_code or a coupon_url.")


def survey(payload: Fields) -> None:
    """Check a question about the service."""
    payload.only(
        "template_type",
        "title",
        "subtitle",
        "button_title",
        "feedback_screens",
        "business_privacy",
        "expires_in_days",
    )
    payload.text("title", 65)
    payload.text("subtitle", LONGEST_LINE, needed=False)
    payload.text("button_title", 20, needed=False)
    link(payload.object("business_privacy"), "url")
    if payload.has("expires_in_days"):
        payload.number("expires_in_days", 1, LONGEST_SURVEY_DAYS)
    for screen in payload.objects("feedback_screens", 1, 1):
        screen.only("questions")
        for question in screen.objects("questions", 1, 1):
            question.only("id", "type", "title", "score_label", "score_option", "follow_up")
            question.text("id", 80)
            question.choice("type", ("csat", "nps", "ces", "free_form"))


def image_grid(allowed: frozenset[str]) -> Check:
    """Return the check of two to six pictures (2026-06-30)."""

    def check(payload: Fields) -> None:
        payload.only("template_type", "elements")
        for one in payload.objects("elements", 1, 1):
            one.only("title", "subtitle", "images", "buttons")
            one.text("title", LONGEST_LINE)
            one.text("subtitle", LONGEST_LINE, needed=False)
            check_buttons(one, allowed)
            for picture in one.objects("images", FEWEST_PICTURES, MOST_PICTURES):
                picture.only("url", "attachment_id", "is_hero_image", "action")
                link(picture, "url", needed=False)
                if picture.has("action"):
                    action = picture.object("action")
                    action.only("type", "url", "payload", "text")
                    action.choice("type", ("web_url", "postback"))

    return check
