"""Outside the chat: ads, links, comments, posts, stories, shares."""

import pytest
from sandboxes import INSTAGRAM, INSTAGRAM_TOKEN, MATEO, PAGE, PAGE_TOKEN, PETER, wait_until


def changes(callback):
    """Return every change that was told, with its field."""
    entries = [entry for payload in callback.payloads for entry in payload["entry"]]
    return [(one["field"], one["value"]) for entry in entries for one in entry.get("changes", [])]


@pytest.mark.parametrize(
    ("who", "title"), [("peter", "Free shipping this week"), ("mateo", "Succulents for your desk")]
)
def test_an_ad_comes_along_with_the_first_message(meta, callback, who, title):
    """And with that one alone."""
    meta.control("POST", f"customers/{who}/visits", {"way": "ad", "ref": "SUMMER"})
    meta.chats("How much?", who)
    meta.chats("Hello?", who)
    first, second = wait_until(lambda: len(found := callback.items("message")) == 2 and found)
    referral = first["message"]["referral"]
    assert (referral["source"], referral["type"], referral["ref"]) == ("ADS", "OPEN_THREAD", "SUMMER")
    assert referral["ads_context_data"]["ad_title"] == title
    assert "referral" not in second["message"]


@pytest.mark.parametrize(("who", "source"), [("peter", "SHORTLINK"), ("mateo", "SHORTLINKS")])
def test_a_link_into_a_thread_is_told_at_once(meta, callback, who, source):
    """As an event of its own."""
    meta.chats(who=who)
    meta.control("POST", f"customers/{who}/visits", {"way": "link", "ref": "coupon"})
    (item,) = wait_until(lambda: callback.items("referral"))
    assert item["referral"] == {"ref": "coupon", "source": source, "type": "OPEN_THREAD"}


def test_a_link_comes_along_with_get_started(meta, callback):
    """MP/webhooks/webhook-events/messaging_postbacks."""
    meta.graph("POST", "me/messenger_profile", {"get_started": {"payload": "START"}}, token=PAGE_TOKEN)
    meta.control("POST", "customers/peter/visits", {"way": "link", "ref": "coupon"})
    meta.control("POST", "customers/peter/choices", {"choice": "get_started"})
    (item,) = wait_until(lambda: callback.items("postback"))
    assert item["postback"]["payload"] == "START"
    assert item["postback"]["referral"]["ref"] == "coupon"


def test_a_page_hears_of_comments_and_posts(meta, callback):
    """Said, changed, removed."""
    made = meta.control("POST", "customers/peter/comments", {"text": "Price?"})
    meta.control("PATCH", "customers/peter/comments", {"comment": made["id"], "text": "Prices?"})
    meta.control("PATCH", "customers/peter/comments", {"comment": made["id"]})
    post = meta.control("POST", "customers/peter/comments", {"text": "Lovely shop", "kind": "post"})
    told = wait_until(lambda: len(found := changes(callback)) == 4 and found)
    assert {field for field, _ in told} == {"feed"}
    values = [value for _, value in told]
    assert [(one["item"], one["verb"], one.get("message")) for one in values] == [
        ("comment", "add", "Price?"),
        ("comment", "edited", "Prices?"),
        ("comment", "remove", None),
        ("status", "add", "Lovely shop"),
    ]
    assert values[0]["from"] == {"id": PETER, "name": "Peter Chang"}
    assert values[0]["comment_id"] == made["id"]
    assert values[3]["post_id"] == post["id"]
    assert post["id"].startswith(f"{PAGE}_")


@pytest.mark.parametrize(
    ("kind", "field"), [("comment", "comments"), ("live", "live_comments"), ("mention", "mentions")]
)
def test_comments_of_instagram_by_facebook_login(meta, callback, kind, field):
    """In `changes`, with `comment_id`; of a mention the ids alone."""
    made = meta.control("POST", "customers/mateo/comments", {"text": "Price?", "kind": kind})
    ((told, value),) = wait_until(lambda: changes(callback))
    assert (told, value["comment_id"]) == (field, made["id"])
    if kind != "mention":
        assert value["from"] == {"id": MATEO, "username": "mateosilva"}
        assert value["media"]["media_product_type"] == {"comment": "FEED", "live": "LIVE"}[kind]


def test_comments_of_instagram_by_its_own_login(meta, callback):
    """The field stands in the entry itself, and the id is called so."""
    fields = {"subscribed_fields": "comments,messages"}
    assert meta.graph("POST", f"{INSTAGRAM}/subscribed_apps", fields, token=INSTAGRAM_TOKEN)[0] == 200
    made = meta.control("POST", "customers/mateo/comments", {"text": "Price?"})
    (payload,) = wait_until(lambda: callback.payloads)
    (entry,) = payload["entry"]
    assert (entry["field"], entry["value"]["id"]) == ("comments", made["id"])


def test_a_story_is_answered_and_mentioned(meta, callback):
    """The one as an answer, the other as an attachment with its picture."""
    meta.control("POST", "customers/mateo/stories", {"text": "Love this!"})
    file = {"file": ("story.png", b"\x89PNG", "image/png")}
    meta.control("POST", "customers/mateo/files", files=file, data={"kind": "story_mention"})
    answer, mention = wait_until(lambda: len(found := callback.items("message")) == 2 and found)
    assert set(answer["message"]["reply_to"]["story"]) == {"id", "url"}
    assert answer["message"]["text"] == "Love this!"
    (one,) = mention["message"]["attachments"]
    assert one["type"] == "story_mention"
    assert one["payload"]["url"].startswith(meta.url)


@pytest.mark.parametrize(("who", "kind"), [("peter", "post"), ("mateo", "ig_post")])
def test_a_post_is_shared(meta, callback, who, kind):
    """With its id, title and address."""
    meta.control("POST", f"customers/{who}/shares")
    (item,) = wait_until(lambda: callback.items("message"))
    (one,) = item["message"]["attachments"]
    assert one["type"] == kind
    assert {"url", "title"} < set(one["payload"])


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("peter", "stories", {"text": "x"}),
        ("peter", "comments", {"text": "x", "kind": "live"}),
        ("mateo", "comments", {"text": "x", "kind": "post"}),
        ("peter", "comments", {"text": " "}),
        ("peter", "visits", {"way": "train"}),
        ("sheena", "inbox", {"text": " "}),
        ("sheena", "shares", {}),
        ("sheena", "visits", {"way": "ad"}),
        ("sheena", "comments", {"text": "x"}),
        ("peter", "thread", {"action": "steal"}),
        ("peter", "choices", {"choice": "get_started"}),
    ],
)
def test_what_a_channel_has_not_is_refused(meta, who, path, body):
    """In words."""
    found = meta.session.post(f"{meta.url}/sandbox/customers/{who}/{path}", json=body, timeout=20)
    assert found.status_code in (400, 404)
    assert found.json()["error"]
