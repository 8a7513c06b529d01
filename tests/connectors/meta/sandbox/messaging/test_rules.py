"""Who may be written to, and when: windows, tags, utility messages, private replies, people who do not want it."""

from time import time

import pytest
import requests
from sandboxes import MATEO, PAGE, PAGE_TOKEN, PETER

from connectors.meta.sandbox.store import comments, customers

DAY = 24 * 3600


def age(meta, who, seconds):
    """Let the last word of a person be so long ago."""
    with meta.sandbox.store.write() as db:
        customers.change(db, who, opened_at=time() - seconds)


def code(answer):
    """Return the code and the subcode of a refusal."""
    error = answer[1]["error"]
    return error["code"], error.get("error_subcode")


@pytest.mark.parametrize(("who", "to", "subcode"), [("peter", PETER, 2018278), ("mateo", MATEO, 2534022)])
def test_the_window_is_24_hours_and_a_human_has_7_days(meta, who, to, subcode):
    """After that nobody writes (MP/policy, 2026-09-28)."""
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    assert code(meta.say("x", to)) == (10, subcode)
    assert code(meta.say("x", to, **human)) == (10, subcode)
    meta.chats(who=who)
    assert meta.say("x", to)[0] == 200
    age(meta, who, DAY + 60)
    assert code(meta.say("x", to)) == (10, subcode)
    assert meta.say("x", to, **human)[0] == 200
    age(meta, who, 7 * DAY + 60)
    assert code(meta.say("x", to, **human)) == (10, subcode)


@pytest.mark.parametrize(("who", "to"), [("peter", PETER), ("mateo", MATEO)])
def test_an_ad_opens_7_days_from_the_first_message_on(meta, who, to):
    """The click alone opens nothing (MP/policy, 2026-09-28)."""
    meta.control("POST", f"customers/{who}/visits", {"way": "ad"})
    assert meta.say("x", to)[1]["error"]["code"] == 10
    meta.chats(who=who)
    age(meta, who, 6 * DAY)
    assert meta.say("x", to)[0] == 200
    meta.control("PATCH", f"customers/{who}", {"window": "closed"})
    assert meta.say("x", to)[1]["error"]["code"] == 10


def test_a_window_that_is_closed_by_hand_leaves_the_human_agent(meta):
    """As if a day had passed."""
    meta.chats()
    meta.control("PATCH", "customers/peter", {"window": "closed"})
    assert code(meta.say("x")) == (10, 2018278)
    assert meta.say("x", messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT")[0] == 200


def test_a_reaction_and_a_link_open_the_window_too(meta):
    """MP/send-messages, 2026-05-05."""
    meta.chats()
    mid = meta.said("x")
    for act, body in (("messages", {"reaction": "👍", "to": mid}), ("visits", {"way": "link"})):
        meta.control("PATCH", "customers/peter", {"window": "closed"})
        meta.control("POST", f"customers/peter/{act}", body)
        assert meta.say("x")[0] == 200


def utility(name="order_update", **more):
    """Return a utility message."""
    components = [
        {"type": "header", "parameters": [{"type": "text", "text": "Order"}]},
        {"type": "body", "parameters": [{"type": "text", "text": "566701"}]},
    ]
    return {"template": {"name": name, "language": {"code": "en"}, "components": components, **more}}


def test_a_utility_message_needs_no_window(meta):
    """And shows what its template says."""
    mid = meta.said(utility(), messaging_type="UTILITY")
    shown = meta.find(mid, "peter")["content"]["shown"]
    assert shown == {"header": "Order update", "body": "Good news! Your order 566701 is on its way."}


@pytest.mark.parametrize(
    ("message", "to"),
    [
        pytest.param(utility("nothing"), PETER, id="an unknown template"),
        pytest.param(utility(components=[]), PETER, id="no parameters"),
        pytest.param(utility(), MATEO, id="Instagram"),
    ],
)
def test_a_utility_message_that_does_not_fit_is_refused(meta, message, to):
    """There are none on Instagram."""
    assert meta.say(message, to, messaging_type="UTILITY")[1]["error"]["code"] == 100


def test_templates_of_a_page_are_made_listed_and_deleted(meta):
    """Of the category utility alone, and approved at once; the number's are others."""
    body = {"type": "BODY", "text": "We are closed on {{1}}.", "example": {"body_text": [["Monday"]]}}
    made = {"name": "closing_day", "language": "en", "category": "UTILITY", "components": [body]}
    status, answer = meta.graph("POST", f"{PAGE}/message_templates", made, token=PAGE_TOKEN)
    assert (status, answer["status"], answer["category"]) == (200, "APPROVED", "UTILITY")
    rows = meta.graph("GET", f"{PAGE}/message_templates", token=PAGE_TOKEN)[1]["data"]
    assert [row["name"] for row in rows] == ["appointment_update", "closing_day", "order_update"]
    wrong = {**made, "name": "sale", "category": "MARKETING"}
    assert meta.graph("POST", f"{PAGE}/message_templates", wrong, token=PAGE_TOKEN)[1]["error"]["code"] == 100
    assert meta.graph("DELETE", f"{PAGE}/message_templates?name=closing_day", token=PAGE_TOKEN)[0] == 200
    components = [{"type": "body", "parameters": [{"type": "text", "text": "Monday"}]}]
    gone = meta.say(utility("closing_day", components=components), messaging_type="UTILITY")
    assert gone[1]["error"]["code"] == 100


@pytest.mark.parametrize("trait", ["blocks", "gone"])
def test_people_who_cannot_be_reached(meta, trait):
    """Who blocked the business, or left."""
    meta.chats()
    meta.control("PATCH", "customers/peter", {trait: True})
    assert code(meta.say("x")) == {"blocks": (551, 1545041), "gone": (200, 1545041)}[trait]
    meta.control("PATCH", "customers/peter", {trait: False})
    assert meta.say("x")[0] == 200


def answered(meta, recipient):
    """Answer privately; return status and answer."""
    body = {"recipient": recipient, "message": {"text": "Thank you for your comment"}}
    return meta.graph("POST", f"{PAGE}/messages", body, token=PAGE_TOKEN)


@pytest.mark.parametrize(
    ("who", "kind", "name"),
    [("peter", "comment", "comment_id"), ("peter", "post", "post_id"), ("mateo", "comment", "comment_id")],
)
def test_a_comment_is_answered_privately_once(meta, who, kind, name):
    """It names the person, opens no window, and a second one is refused."""
    made = meta.control("POST", f"customers/{who}/comments", {"text": "Price?", "kind": kind})
    status, answer = answered(meta, {name: made["id"]})
    assert (status, answer["recipient_id"]) == (200, {"peter": PETER, "mateo": MATEO}[who])
    assert meta.find(answer["message_id"], who)["content"]["comment"] == "Price?"
    assert answered(meta, {name: made["id"]})[1]["error"]["code"] == {"peter": 10900, "mateo": 100}[who]
    assert meta.say("x", {"peter": PETER, "mateo": MATEO}[who])[1]["error"]["code"] == 10


@pytest.mark.parametrize(("who", "expected"), [("peter", (10903, None)), ("mateo", (100, 2534025))])
def test_a_comment_of_last_week_is_not_answered(meta, who, expected):
    """After seven days it is too late."""
    made = meta.control("POST", f"customers/{who}/comments", {"text": "Price?"})
    with meta.sandbox.store.write() as db:
        comments.change(db, made["id"], at=time() - 7 * DAY - 60)
    assert code(answered(meta, {"comment_id": made["id"]})) == expected


def test_what_is_no_comment_is_not_answered(meta):
    """An unknown one, one that was removed, a post that is called a comment."""
    made = meta.control("POST", "customers/peter/comments", {"text": "Hello", "kind": "post"})
    assert code(answered(meta, {"comment_id": made["id"]}))[0] == 10900
    assert code(answered(meta, {"comment_id": "4711"}))[0] == 10900
    meta.control("PATCH", "customers/peter/comments", {"comment": made["id"]})
    assert code(answered(meta, {"post_id": made["id"]}))[0] == 10900


@pytest.mark.parametrize(
    ("fault", "to", "expected"),
    [
        ("account_locked", PETER, (10, 1893063)),
        ("unavailable", PETER, (200, 1545041)),
        ("meta_fault", MATEO, (2, None)),
        ("access_disabled", MATEO, (200, 2534041)),
        ("token_revoked", PETER, (190, None)),
        ("rate_limit", PETER, (613, None)),
        ("window_closed", PETER, (10, 2018278)),
        ("window_closed", MATEO, (10, 2534022)),
    ],
)
def test_the_fault_menu_knows_both(meta, fault, to, expected):
    """Once, with the code of the channel, and then no more."""
    meta.chats(who="peter")
    meta.chats(who="mateo")
    meta.control("POST", "faults", {"fault": fault, "next": 1})
    assert code(meta.say("x", to)) == expected
    assert meta.say("x", to)[0] == 200


@pytest.mark.parametrize("fault", ["unpaid", "maintenance", "template_paused", "refused_at_once"])
def test_faults_of_whatsapp_spare_both(meta, fault):
    """They keep their turn."""
    meta.chats()
    meta.control("POST", "faults", {"fault": fault, "next": 1})
    assert meta.say("x")[0] == 200


def test_a_dropped_answer_leaves_the_message(meta):
    """It was sent, and nobody knows but the echo."""
    meta.chats()
    meta.control("POST", "faults", {"fault": "drop_after", "next": 1, "customer": "peter"})
    with pytest.raises(requests.ConnectionError):
        meta.say("x")
    assert [entry["content"]["text"] for entry in meta.chat("peter")][1:] == ["x"]
