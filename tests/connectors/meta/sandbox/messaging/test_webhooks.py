"""What the callback hears of chats: messages, taps, receipts, echoes, reactions, edits, and what is unsent."""

import pytest
import requests
from sandboxes import APP, INSTAGRAM, MATEO, PAGE, PETER, wait_until

BOTH = [pytest.param("peter", PETER, PAGE, id="messenger"), pytest.param("mateo", MATEO, INSTAGRAM, id="instagram")]


def told(callback, name, most=1):
    """Return the events of a name once there are enough."""
    return wait_until(lambda: len(found := callback.items(name)) >= most and found)


@pytest.mark.parametrize(("who", "user", "account"), BOTH)
def test_a_text_names_person_account_and_time(meta, callback, who, user, account):
    """Times are milliseconds; the account that is meant stands in the entry."""
    mid = meta.chats("äöå https://example.com/a", who)
    (item,) = told(callback, "message")
    assert (item["sender"]["id"], item["recipient"]["id"]) == (user, account)
    assert item["message"] == {"mid": mid, "text": "äöå https://example.com/a"}
    assert item["timestamp"] > 10**12
    payload = callback.payloads[0]
    assert payload["object"] == {PAGE: "page", INSTAGRAM: "instagram"}[account]
    assert payload["entry"][0]["id"] == account
    wait_until(lambda: meta.find(mid, who)["status"] == "delivered")
    assert callback.refused == 0


@pytest.mark.parametrize(("who", "kind"), [("peter", "image"), ("mateo", "image"), ("peter", "file")])
def test_files_have_an_address_that_needs_no_token(meta, callback, who, kind):
    """Several pictures are one message; an address that was tampered with is none."""
    files = [("file", (f"{name}.png", b"\x89PNG\r\n", "image/png")) for name in "ab"]
    meta.control("POST", f"customers/{who}/files", files=files, data={"kind": kind, "caption": "Both of them"})
    (item,) = told(callback, "message")
    assert item["message"]["text"] == "Both of them"
    found = item["message"]["attachments"]
    assert [one["type"] for one in found] == [kind, kind]
    url = found[0]["payload"]["url"]
    assert requests.get(url, timeout=20).content == b"\x89PNG\r\n"
    assert requests.get(url + "0", timeout=20).status_code == 404


def test_a_sticker_comes_as_one(meta, callback):
    """Since 2026-08-30 as nothing else beside it."""
    meta.control("POST", "customers/peter/messages", {"sticker": "369239263222822"})
    (item,) = told(callback, "message")
    assert item["message"]["attachments"] == [{"type": "sticker", "payload": {"sticker_id": 369239263222822}}]


@pytest.mark.parametrize(("who", "user", "account"), BOTH)
def test_an_answer_names_what_it_answers(meta, callback, who, user, account):
    """And whether that was one's own."""
    first = meta.chats("One", who)
    theirs = meta.said("Two", user)
    meta.chats("Three", who, reply_to=theirs)
    meta.chats("Four", who, reply_to=first)
    heard = [item for item in told(callback, "message", 4) if "reply_to" in item["message"]]
    found = wait_until(lambda: len(heard) == 2 and heard)
    assert [item["message"]["reply_to"] for item in found] == [
        {"mid": theirs, "is_self_reply": False},
        {"mid": first, "is_self_reply": True},
    ]
    assert account == found[0]["recipient"]["id"]


@pytest.mark.parametrize(("who", "user", "account"), BOTH)
def test_a_quick_reply_and_a_button_bring_their_payload(meta, callback, who, user, account):
    """The one as a message, the other as a postback."""
    meta.chats(who=who)
    replies = [{"content_type": "text", "title": "Red", "payload": "PICK_RED"}]
    mid = meta.said({"text": "Which?", "quick_replies": replies}, user)
    meta.control("POST", f"customers/{who}/choices", {"message": mid, "choice": "PICK_RED"})
    buttons = [{"type": "postback", "title": "More", "payload": "MORE"}]
    payload = {"template_type": "button", "text": "Well?", "buttons": buttons}
    mid = meta.said({"attachment": {"type": "template", "payload": payload}}, user)
    meta.control("POST", f"customers/{who}/choices", {"message": mid, "choice": "0"})
    (item,) = told(callback, "postback")
    assert (item["postback"]["title"], item["postback"]["payload"]) == ("More", "MORE")
    assert item["postback"]["mid"]
    chosen = [one["message"] for one in callback.items("message") if "quick_reply" in one["message"]]
    assert [(one["text"], one["quick_reply"]) for one in chosen] == [("Red", {"payload": "PICK_RED"})]
    assert account == item["recipient"]["id"]


def test_a_phone_number_and_an_address_come_as_payload(meta, callback):
    """What the person gives stands in both places."""
    meta.chats()
    mid = meta.said({"text": "How can we reach you?", "quick_replies": [{"content_type": "user_email"}]})
    body = {"message": mid, "choice": "user_email", "answers": {"value": "pablo@example.com"}}
    meta.control("POST", "customers/peter/choices", body)
    found = wait_until(lambda: [one for one in callback.items("message") if "quick_reply" in one["message"]])
    assert found[0]["message"]["quick_reply"] == {"payload": "pablo@example.com"}


def test_survey_and_coupon_come_back(meta, callback):
    """As events of their own, not as messages."""
    meta.chats()
    question = {"id": "q1", "type": "csat"}
    survey = {
        "template_type": "customer_feedback",
        "title": "Rate us",
        "business_privacy": {"url": "https://www.example.com"},
        "feedback_screens": [{"questions": [question]}],
    }
    mid = meta.said({"attachment": {"type": "template", "payload": survey}})
    answers = {"words": "Very good"}
    meta.control("POST", "customers/peter/choices", {"message": mid, "choice": "5", "answers": answers})
    coupon = {"template_type": "coupon", "title": "10% off", "coupon_code": "TEN", "payload": "summer"}
    mid = meta.said({"attachment": {"type": "template", "payload": coupon}})
    meta.control("POST", "customers/peter/choices", {"message": mid, "choice": "coupon"})
    (item,) = told(callback, "messaging_feedback")
    assert item["messaging_feedback"]["feedback_screens"] == [
        {
            "screen_id": 0,
            "questions": {
                "q1": {"type": "csat", "payload": "5", "follow_up": {"type": "free_form", "payload": "Very good"}}
            },
        }
    ]
    (item,) = told(callback, "template")
    assert item["template"] == {"type": "coupon", "payload": "summer", "coupon_code": "TEN"}


def test_messenger_tells_delivery_and_reading_by_time(meta, callback):
    """With ids or without, as both happen."""
    meta.chats()
    mid = meta.said("One")
    (item,) = told(callback, "delivery")
    assert item["delivery"]["mids"] == [mid]
    meta.control("PATCH", "account", {"mids": False})
    meta.said("Two")
    second = told(callback, "delivery", 2)[1]
    assert set(second["delivery"]) == {"watermark"}
    meta.control("POST", "customers/peter/read")
    (item,) = told(callback, "read")
    assert item["read"]["watermark"] >= second["delivery"]["watermark"]


def test_instagram_tells_reading_by_message_and_no_delivery(meta, callback):
    """Each message that was read."""
    meta.chats(who="mateo")
    mids = [meta.said(text, MATEO) for text in ("One", "Two")]
    meta.control("POST", "customers/mateo/read")
    assert [item["read"] for item in told(callback, "read", 2)] == [{"mid": mid} for mid in mids]
    assert callback.items("delivery") == []


def test_without_receipts_nobody_hears_of_reading(meta, callback):
    """Nor of anything, where the fault menu says never."""
    meta.chats()
    meta.control("PATCH", "customers/peter", {"receipts": False})
    meta.said("One")
    told(callback, "delivery")
    meta.control("POST", "customers/peter/read")
    meta.control("POST", "faults", {"fault": "receipts_never", "next": 1})
    meta.said("Two")
    wait_until(lambda: meta.control("GET", "account")["webhooks_waiting"] == 0)
    assert len(callback.items("delivery")) == 1
    assert callback.items("read") == []


def test_a_phone_that_comes_online_has_what_waited(meta, callback):
    """Then it is delivered."""
    meta.chats()
    meta.control("PATCH", "customers/peter", {"online": False})
    mid = meta.said("One")
    assert meta.find(mid, "peter")["status"] == "sent"
    meta.control("PATCH", "customers/peter", {"online": True})
    (item,) = told(callback, "delivery")
    assert item["delivery"]["mids"] == [mid]


def test_an_echo_of_messenger_brings_app_and_metadata_back(meta, callback):
    """Instagram's has neither."""
    meta.chats(who="peter")
    meta.chats(who="mateo")
    meta.said({"text": "One", "metadata": "the key"})
    meta.said({"text": "Two", "metadata": "the key"}, MATEO)
    echoes = wait_until(
        lambda: len(found := [one for one in callback.items("message") if "is_echo" in one["message"]]) == 2 and found
    )
    by_account = {one["sender"]["id"]: one["message"] for one in echoes}
    assert (by_account[PAGE]["app_id"], by_account[PAGE]["metadata"]) == (int(APP), "the key")
    assert set(by_account[INSTAGRAM]) == {"is_echo", "mid", "text"}


@pytest.mark.parametrize(("who", "user", "account"), BOTH)
def test_a_reaction_and_its_end(meta, callback, who, user, account):
    """With the name and the emoji, or without."""
    meta.chats(who=who)
    mid = meta.said("One", user)
    for emoji in ("❤️", ""):
        meta.control("POST", f"customers/{who}/messages", {"reaction": emoji, "to": mid})
    found = [item["reaction"] for item in told(callback, "reaction", 2)]
    assert found == [
        {"mid": mid, "action": "react", "reaction": "love", "emoji": "❤️"},
        {"mid": mid, "action": "unreact"},
    ]
    assert meta.find(mid, who)["marks"] == {}
    assert account == callback.items("reaction")[0]["recipient"]["id"]


@pytest.mark.parametrize(("who", "number"), [("peter", 1), ("mateo", "1")])
def test_a_message_is_edited_five_times_at_most(meta, callback, who, number):
    """Instagram counts in text."""
    mid = meta.chats("one ticket", who)
    for _ in range(5):
        meta.control("POST", f"customers/{who}/messages", {"text": "two tickets", "edit": mid})
    assert told(callback, "message_edit", 5)[0]["message_edit"] == {
        "mid": mid,
        "text": "two tickets",
        "num_edit": number,
    }
    refused = meta.session.post(
        f"{meta.url}/sandbox/customers/{who}/messages", json={"text": "three", "edit": mid}, timeout=20
    )
    assert refused.status_code == 400


def test_instagram_tells_what_is_unsent(meta, callback):
    """Messenger does not."""
    mids = {who: meta.chats(who=who) for who in ("peter", "mateo")}
    for who, mid in mids.items():
        meta.control("POST", f"customers/{who}/deleted", {"message": mid})
    gone = wait_until(lambda: [one["message"] for one in callback.items("message") if "is_deleted" in one["message"]])
    assert gone == [{"mid": mids["mateo"], "is_deleted": True}]
    assert meta.find(mids["peter"], "peter")["deleted"]


def test_several_events_of_both_accounts_come_in_one_body(meta, callback):
    """Each object for itself, each entry with all its items."""
    meta.control("POST", "faults", {"fault": "batch", "next": 2, "seconds": 3.0, "most": 3})
    for number in range(3):
        meta.chats(f"peter {number}", "peter")
        meta.chats(f"mateo {number}", "mateo")
    wait_until(lambda: len(callback.items("message")) == 6)
    assert len(callback.payloads) == 2
    for payload in callback.payloads:
        assert [len(entry["messaging"]) for entry in payload["entry"]] == [3]


def test_a_webhook_of_messenger_comes_twice(meta, callback):
    """As the fault menu says, and it lists whom it struck."""
    meta.control("POST", "faults", {"fault": "duplicate", "next": 1, "seconds": 0, "account": PAGE})
    meta.chats(who="mateo")
    mid = meta.chats()
    wait_until(lambda: [one["message"]["mid"] for one in callback.items("message")].count(mid) == 2)
    (struck,) = meta.control("GET", "faults/injected/0")["data"]
    assert (struck["customer"], struck["into"], struck["message"]) == ("peter", "messages", mid)
