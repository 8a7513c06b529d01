"""Chats of Messenger and Instagram as pages: every kind of message, and nothing that was written becomes an element."""

import pytest
import requests
from sandboxes import MATEO, PAGE_TOKEN, PETER

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def page(meta, who):
    """Return the text of a phone."""
    return requests.get(f"{meta.url}/phones/{who}", timeout=20).text


def template(kind, **payload):
    """Return a message with a template."""
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **payload}}}


def test_each_kind_of_message_has_a_bubble(meta):
    """With what there is to tap."""
    meta.chats()
    link = {"type": "web_url", "title": "Look", "url": "https://www.example.com/"}
    call = {"type": "phone_number", "title": "Call us", "payload": "+15550783881"}
    login = {"type": "account_link", "url": "https://www.example.com/login"}
    receipt = {
        "recipient_name": "Peter Chang",
        "order_number": "4711",
        "currency": "EUR",
        "payment_method": "Visa",
        "summary": {"total_cost": 21},
        "elements": [{"title": "Cactus", "quantity": 2, "price": 9}],
    }
    question = {"id": "q1", "type": "csat", "title": "How was it?"}
    survey = {
        "title": "Rate us",
        "business_privacy": {"url": "https://www.example.com"},
        "feedback_screens": [{"questions": [question]}],
    }
    images = [{"url": "http://127.0.0.1:9/1"}, {"url": "http://127.0.0.1:9/2", "action": {"type": "postback"}}]
    for message in (
        template("button", text="Well?", buttons=[link, call, login]),
        template("product", elements=[{"id": "sku-1"}]),
        template("receipt", **receipt),
        template("coupon", title="10% off", coupon_code="TEN", coupon_url="https://www.example.com/c"),
        template("image_grid", elements=[{"title": "Spring", "images": images}]),
        {"sticker_id": 369239263222822},
        template("customer_feedback", **survey),
    ):
        meta.said(message)
    found = page(meta, "peter")
    for text in (
        'href="https://www.example.com/"',
        'href="tel:+15550783881"',
        "/sandbox/customers/peter/login?message=",
        "sku-1",
        "Receipt 4711",
        "21 EUR",
        'data-value="coupon"',
        "Spring",
        "👍",
        "How was it?",
    ):
        assert text in found
    assert found.count('class="plain" data-act="choose"') == 5


def test_a_utility_message_and_a_heart(meta):
    """What a template says, and what Instagram draws."""
    parameters = [{"type": "text", "text": "566701"}]
    components = [{"type": kind, "parameters": parameters} for kind in ("header", "body")]
    sent = {"template": {"name": "order_update", "language": {"code": "en"}, "components": components}}
    meta.said(sent, messaging_type="UTILITY")
    assert "Your order 566701 is on its way" in page(meta, "peter")
    meta.chats(who="mateo")
    meta.said({"attachment": {"type": "like_heart"}}, MATEO)
    meta.said({"attachment": {"type": "MEDIA_SHARE", "payload": {"id": "17918195224117851"}}}, MATEO)
    found = page(meta, "mateo")
    assert "❤️</p>" in found
    assert "Shared post" in found


@pytest.mark.parametrize(("who", "user"), [("peter", PETER), ("mateo", MATEO)])
def test_nothing_that_was_written_becomes_an_element(meta, who, user):
    """Texts, titles, comments, references, menus: all of it stays text; an address that is none leads nowhere."""
    meta.control("POST", f"customers/{who}/visits", {"way": "link", "ref": EVIL})
    meta.chats(EVIL, who)
    meta.control("POST", f"customers/{who}/comments", {"text": EVIL})
    button = {"type": "postback", "title": "<script>", "payload": EVIL}
    meta.said(template("generic", elements=[{"title": EVIL, "subtitle": EVIL, "buttons": [button]}]), user)
    replies = [{"content_type": "text", "title": "<script>", "payload": EVIL}]
    meta.said({"text": EVIL, "quick_replies": replies}, user)
    menu = {"locale": "default", "call_to_actions": [{"type": "postback", "title": "<script>", "payload": "x"}]}
    profile = {"get_started": {"payload": "x"}, "persistent_menu": [menu]}
    meta.graph("POST", "me/messenger_profile", profile, token=PAGE_TOKEN)
    found = page(meta, who)
    assert found.count("<script") == 1
    assert "onerror=" not in found.replace("onerror=alert(1)&gt;", "")
    assert "<img src=x" not in found
