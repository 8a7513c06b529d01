"""`/PAGE_ID/messages` and `/IG_ID/messages`: what is taken, and what is refused with which words."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sandboxes import INSTAGRAM, INSTAGRAM_TOKEN, MATEO, PAGE, PAGE_TOKEN, PETER, TOKEN

CHANNELS = [
    pytest.param("peter", PETER, PAGE, PAGE_TOKEN, id="messenger"),
    pytest.param("mateo", MATEO, PAGE, PAGE_TOKEN, id="instagram by its page"),
    pytest.param("mateo", MATEO, INSTAGRAM, INSTAGRAM_TOKEN, id="instagram by itself"),
]


@pytest.fixture
def page(meta):
    """Let both windows be open."""
    meta.chats(who="peter")
    meta.chats(who="mateo")
    return meta


def template(kind, **payload):
    """Return a message with a template."""
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **payload}}}


def postback(title="Yes", payload="YES"):
    """Return a button."""
    return {"type": "postback", "title": title, "payload": payload}


CARD = {"title": "Succulent", "subtitle": "12 euros", "buttons": [postback()]}
SURVEY = {
    "title": "Rate us",
    "business_privacy": {"url": "https://www.example.com"},
    "feedback_screens": [{"questions": [{"id": "q1", "type": "csat"}]}],
}
RECEIPT = {
    "recipient_name": "Peter Chang",
    "order_number": "12",
    "currency": "EUR",
    "payment_method": "Visa",
    "summary": {"total_cost": 12},
    "elements": [{"title": "Succulent", "price": 12}],
}
BOTH = {
    "text": {"text": "Hello"},
    "quick replies": {"text": "Well?", "quick_replies": [{"content_type": "text", "title": "Yes", "payload": "Y"}]},
    "buttons": template("button", text="Well?", buttons=[postback()]),
    "cards": template("generic", elements=[CARD] * 10),
    "products": template("product", elements=[{"id": "1"}]),
}
MESSENGER_ONLY = {
    "sticker": {"sticker_id": 369239263222822},
    "coupon": template("coupon", title="10% off", coupon_code="TEN"),
    "receipt": template("receipt", **RECEIPT),
    "survey": template("customer_feedback", **SURVEY),
    "picture grid": template(
        "image_grid",
        elements=[{"title": "New", "images": [{"url": "https://a.example/1"}, {"url": "https://a.example/2"}]}],
    ),
    "phone button": template(
        "button", text="Call", buttons=[{"type": "phone_number", "title": "Call", "payload": "+15550783881"}]
    ),
}
INSTAGRAM_ONLY = {
    "heart": {"attachment": {"type": "like_heart"}},
    "own post": {"attachment": {"type": "MEDIA_SHARE", "payload": {"id": "17918195224117851"}}},
}


@pytest.mark.parametrize(("who", "to", "node", "token"), CHANNELS)
@pytest.mark.parametrize("name", BOTH)
def test_what_both_take(page, who, to, node, token, name):
    """The answer names person and message, and the phone shows it."""
    status, answer = page.say(BOTH[name], to, node, token)
    assert status == 200, answer
    assert set(answer) == {"recipient_id", "message_id"}
    assert answer["recipient_id"] == to
    assert page.find(answer["message_id"], who)["status"] == "delivered"


@pytest.mark.parametrize("name", MESSENGER_ONLY)
def test_what_messenger_takes_alone(page, name):
    """Instagram knows none of it."""
    assert page.say(MESSENGER_ONLY[name])[0] == 200
    assert page.say(MESSENGER_ONLY[name], MATEO)[1]["error"]["code"] == 100


@pytest.mark.parametrize("name", INSTAGRAM_ONLY)
def test_what_instagram_takes_alone(page, name):
    """Messenger knows none of it."""
    assert page.say(INSTAGRAM_ONLY[name], MATEO)[0] == 200
    assert page.say(INSTAGRAM_ONLY[name])[1]["error"]["code"] == 100


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"text": ""}, id="no words"),
        pytest.param({"text": "x", "sticker_id": 1}, id="two things"),
        pytest.param({"text": "x", "colour": "red"}, id="an unknown key"),
        pytest.param({"text": "x" * 2001}, id="too many characters"),
        pytest.param(
            {"text": "x", "quick_replies": [{"content_type": "text", "title": "Y", "payload": "Y"}] * 14},
            id="too many quick replies",
        ),
        pytest.param(
            {"text": "x", "quick_replies": [{"content_type": "text", "title": "Y" * 21, "payload": "Y"}]},
            id="a long quick reply",
        ),
        pytest.param(template("button", text="x" * 641, buttons=[postback()]), id="a long text with buttons"),
        pytest.param(template("button", text="x", buttons=[]), id="no button"),
        pytest.param(template("button", text="x", buttons=[postback()] * 4), id="too many buttons"),
        pytest.param(template("button", text="x", buttons=[postback("x" * 21)]), id="a long button"),
        pytest.param(template("button", text="x", buttons=[postback(payload="x" * 1001)]), id="a long payload"),
        pytest.param(template("generic", elements=[CARD] * 11), id="too many cards"),
        pytest.param(template("generic", elements=[{**CARD, "title": "x" * 81}]), id="a long title"),
        pytest.param(template("generic", elements=[{"title": "alone"}]), id="a card with a title alone"),
        pytest.param(template("media", elements=[]), id="no media"),
        pytest.param(template("receipt", **{**RECEIPT, "elements": [{"title": "x", "price": 1}] * 101}), id="receipt"),
        pytest.param(template("coupon", title="x"), id="a coupon without a code"),
        pytest.param(template("list", elements=[]), id="a template of old"),
        pytest.param({"attachment": {"type": "image", "payload": {}}}, id="a file that is nowhere"),
        pytest.param(
            {"attachment": {"type": "image", "payload": {"url": "ftp://x", "is_reusable": True}}}, id="no web address"
        ),
        pytest.param({"attachments": [{"type": "video", "payload": {"attachment_id": "1"}}]}, id="films side by side"),
    ],
)
def test_what_messenger_does_not_take(page, message):
    """A wrong parameter is error 100, and nothing reaches the phone."""
    status, answer = page.say(message)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert len(page.chat("peter")) == 1


def test_instagram_counts_bytes(page):
    """1,000 of UTF-8, whatever the number of characters (IG/send-message, 2026-06-30)."""
    assert page.say("é" * 500, MATEO)[0] == 200
    assert page.say("é" * 501, MATEO)[1]["error"]["code"] == 100
    assert page.say("é" * 2000)[0] == 200


def test_instagram_makes_no_contact_buttons(page):
    """Since 2026-10-05 the request passes, and no button is there."""
    replies = [{"content_type": "user_email"}, {"content_type": "text", "title": "Yes", "payload": "Y"}]
    asked = {"text": "Your address?", "quick_replies": replies}
    assert len(page.find(page.said(asked), "peter")["content"]["quick_replies"]) == 2
    assert len(page.find(page.said(asked, MATEO), "mateo")["content"]["quick_replies"]) == 1


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"messaging_type": "NEWS"}, "messaging_type"),
        ({"messaging_type": "MESSAGE_TAG"}, "tag"),
        ({"tag": "HUMAN_AGENT"}, "MESSAGE_TAG"),
        ({"messaging_type": "MESSAGE_TAG", "tag": "BIRTHDAY"}, "tag"),
        ({"messaging_type": "UTILITY"}, "template"),
        ({"notification_type": "LOUD"}, "notification_type"),
        ({"persona_id": "4711"}, "persona_id"),
        ({"colour": "red"}, "colour"),
        ({"recipient": {}}, "recipient"),
        ({"recipient": {"id": PETER, "comment_id": "1"}}, "recipient"),
        ({"recipient": {"user_ref": "x"}}, "user_ref"),
        ({"recipient": {"notification_messages_token": "x"}}, "notification_messages_token"),
        ({"recipient": {"phone_number": "+15550783881"}}, "phone_number"),
    ],
)
def test_what_may_stand_beside_a_message(page, more, word):
    """The refusal names what is wrong."""
    status, answer = page.graph(
        "POST", f"{PAGE}/messages", {"recipient": {"id": PETER}, "message": {"text": "x"}, **more}, token=PAGE_TOKEN
    )
    assert (status, answer["error"]["code"]) == (400, 100)
    assert word in answer["error"]["message"]


@pytest.mark.parametrize("tag", ["CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "ACCOUNT_UPDATE"])
def test_removed_tags_are_an_error(page, tag):
    """Since 2026-04-27 (MP/changelog)."""
    status, answer = page.say("x", messaging_type="MESSAGE_TAG", tag=tag)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert answer["error"]["message"] == "(#100) Message tag is no longer supported."


def test_nobody_is_not_written_to(page):
    """With the subcode of each channel."""
    assert page.say("x", "4711")[1]["error"]["error_subcode"] == 2018001
    error = page.say("x", "4711", INSTAGRAM, INSTAGRAM_TOKEN)[1]["error"]
    assert error["error_subcode"] == 2534014


def test_a_token_is_good_for_its_own_objects(page):
    """The number's for no page, Instagram's for no page and nobody of Messenger."""
    assert page.say("x", token=TOKEN)[1]["error"]["error_subcode"] == 33
    assert page.say("x", token=INSTAGRAM_TOKEN)[1]["error"]["error_subcode"] == 33
    assert page.say("x", PETER, INSTAGRAM, INSTAGRAM_TOKEN)[0] == 400


def test_me_is_whose_the_token_is(page):
    """A page, or an Instagram account."""
    assert page.graph("GET", "me", token=PAGE_TOKEN)[1]["id"] == PAGE
    assert page.graph("GET", "me", token=INSTAGRAM_TOKEN)[1]["id"] == INSTAGRAM
    assert page.say("x", node="me")[0] == 200
    assert page.say("x", MATEO, "me", INSTAGRAM_TOKEN)[0] == 200


def test_objects_may_come_as_json_in_a_form(page):
    """As in Meta's own examples with curl."""
    fields = {"recipient": json.dumps({"id": PETER}), "message": '{"text": "by form"}'}
    headers = {"authorization": f"Bearer {PAGE_TOKEN.reveal()}"}
    answer = page.session.post(f"{page.url}/v26.0/{PAGE}/messages", data=fields, headers=headers, timeout=20)
    assert page.find(answer.json()["message_id"], "peter")["content"]["text"] == "by form"


def test_typing_and_seen_show_on_the_phone(page):
    """They are no messages."""
    for action in ("typing_on", "mark_seen", "typing_off"):
        body = {"recipient": {"id": PETER}, "sender_action": action}
        assert page.graph("POST", f"{PAGE}/messages", body, token=PAGE_TOKEN) == (200, {"recipient_id": PETER})
    assert [entry["status"] for entry in page.chat("peter")] == ["read"]


def test_a_business_reacts_and_takes_it_back(page):
    """Any emoji on Messenger, love alone on Instagram."""
    for who, to, reaction, face in (("peter", PETER, "🎉", "🎉"), ("mateo", MATEO, "love", "❤️")):
        mid = page.chat(who)[0]["id"]
        body = {"recipient": {"id": to}, "sender_action": "react", "payload": {"message_id": mid, "reaction": reaction}}
        assert page.graph("POST", f"{PAGE}/messages", body, token=PAGE_TOKEN)[0] == 200
        assert page.find(mid, who)["marks"] == {"business": face}
        back = {**body, "sender_action": "unreact", "payload": {"message_id": mid}}
        assert page.graph("POST", f"{PAGE}/messages", back, token=PAGE_TOKEN)[0] == 200
        assert page.find(mid, who)["marks"] == {}
    wrong = {**body, "payload": {"message_id": mid, "reaction": "🎉"}}
    assert page.graph("POST", f"{PAGE}/messages", wrong, token=PAGE_TOKEN)[1]["error"]["code"] == 100


def test_more_than_ten_films_a_second_are_too_many(page):
    """Error 613, until the limits are switched off."""
    film = {"attachment": {"type": "video", "payload": {"attachment_id": "1"}}}
    with ThreadPoolExecutor(20) as threads:
        codes = [answer["error"]["code"] for _, answer in threads.map(page.say, [film] * 60)]
    assert set(codes) == {100, 613}
    page.control("PATCH", "account", {"limits": False})
    assert page.say(film)[1]["error"]["code"] == 100
