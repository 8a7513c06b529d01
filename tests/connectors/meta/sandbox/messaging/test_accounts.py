"""What can be asked of pages, accounts, people and tokens, and who hears their webhooks."""

import pytest
import requests
from sandboxes import APP, INSTAGRAM, INSTAGRAM_TOKEN, MATEO, PAGE, PAGE_TOKEN, PETER, SECRET, wait_until

from connectors_core import Secret

APP_TOKEN = Secret(f"{APP}|{SECRET.reveal()}")


def test_a_page_and_its_account_tell_who_they_are(meta):
    """What was asked for, and no more."""
    asked = f"{PAGE}?fields=name,instagram_business_account"
    assert meta.graph("GET", asked, token=PAGE_TOKEN)[1] == {
        "name": "Lucky Shrub",
        "instagram_business_account": {"id": INSTAGRAM},
        "id": PAGE,
    }
    for token in (PAGE_TOKEN, INSTAGRAM_TOKEN):
        assert meta.graph("GET", f"{INSTAGRAM}?fields=username", token=token)[1]["username"] == "luckyshrub"
    assert meta.graph("GET", f"{PAGE}?fields=colour", token=PAGE_TOKEN)[1]["error"]["code"] == 100


def test_a_person_who_wrote_has_a_profile(meta):
    """With a picture that can be loaded."""
    meta.chats()
    meta.chats(who="mateo")
    found = meta.graph("GET", f"{PETER}?fields=first_name,last_name,profile_pic", token=PAGE_TOKEN)[1]
    assert (found["first_name"], found["last_name"]) == ("Peter", "Chang")
    assert requests.get(found["profile_pic"], timeout=20).content.startswith(b"\x89PNG")
    for token in (PAGE_TOKEN, INSTAGRAM_TOKEN):
        told = meta.graph("GET", f"{MATEO}?fields=name,username", token=token)[1]
        assert (told["name"], told["username"]) == ("Mateo Silva", "mateosilva")
    assert "error" in meta.graph("GET", PETER, token=INSTAGRAM_TOKEN)[1]


def test_a_person_may_have_no_profile(meta):
    """Who has none, who switched it off, and whoever the app may not ask about."""
    amara = meta.control("GET", "customers/amara")["user_id"]
    meta.chats(who="amara")
    meta.chats()
    assert meta.graph("GET", amara, token=PAGE_TOKEN)[1]["error"]["error_subcode"] == 2018218
    meta.control("PATCH", "customers/peter", {"profile": "none"})
    assert meta.graph("GET", PETER, token=PAGE_TOKEN)[1]["error"]["error_subcode"] == 2018218
    meta.control("PATCH", "customers/peter", {"profile": "shown"})
    meta.control("POST", "faults", {"fault": "profile_refused", "next": 1, "call": "profile"})
    assert meta.graph("GET", PETER, token=PAGE_TOKEN)[1]["error"]["error_subcode"] == 2018247
    assert meta.graph("GET", PETER, token=PAGE_TOKEN)[0] == 200


def test_a_page_blocks_somebody_and_relents(meta):
    """Who is blocked can neither write nor be written to."""
    meta.chats()
    body = {"user_ids": [{"id": PETER}], "actions": ["block_user"]}
    assert meta.graph("POST", f"{PAGE}/moderate_conversations", body, token=PAGE_TOKEN)[0] == 200
    assert meta.say("x")[1]["error"]["code"] == 200
    refused = meta.session.post(f"{meta.url}/sandbox/customers/peter/messages", json={"text": "x"}, timeout=20)
    assert refused.status_code == 400
    body["actions"] = ["unblock_user"]
    assert meta.graph("POST", f"{PAGE}/moderate_conversations", body, token=PAGE_TOKEN)[0] == 200
    assert meta.say("x")[0] == 200
    body["actions"] = ["tickle"]
    assert meta.graph("POST", f"{PAGE}/moderate_conversations", body, token=PAGE_TOKEN)[1]["error"]["code"] == 100


@pytest.mark.parametrize(
    ("token", "kind", "scope"),
    [(PAGE_TOKEN, "PAGE", "pages_messaging"), (INSTAGRAM_TOKEN, "USER", "instagram_business_manage_messages")],
)
def test_a_token_tells_what_it_is_good_for(meta, token, kind, scope):
    """To the app, and to nobody for a token that is none."""
    found = meta.graph("GET", f"debug_token?input_token={token.reveal()}", token=APP_TOKEN)[1]["data"]
    assert (found["type"], found["is_valid"], scope in found["scopes"]) == (kind, True, True)
    assert not meta.graph("GET", "debug_token?input_token=x", token=APP_TOKEN)[1]["data"]["is_valid"]


def test_a_token_of_instagram_login_is_refreshed(meta):
    """For sixty days; others are not."""
    path = "refresh_access_token?grant_type=ig_refresh_token&access_token="
    answer = meta.session.get(f"{meta.url}/{path}{INSTAGRAM_TOKEN.reveal()}", timeout=20)
    assert answer.json()["expires_in"] == 60 * 24 * 3600
    assert "error" in meta.session.get(f"{meta.url}/{path}{PAGE_TOKEN.reveal()}", timeout=20).json()


def test_a_page_hears_what_it_subscribed_to(meta, callback):
    """The fields one by one; the account behind it whatever they are."""
    edge = f"{PAGE}/subscribed_apps"
    wrong = {"subscribed_fields": "messages,gossip"}
    assert meta.graph("POST", edge, wrong, token=PAGE_TOKEN)[1]["error"]["code"] == 100
    assert meta.graph("POST", edge, {}, token=PAGE_TOKEN)[1]["error"]["code"] == 100
    right = {"subscribed_fields": "messaging_postbacks"}
    assert meta.graph("POST", edge, right, token=PAGE_TOKEN) == (200, {"success": True})
    row = meta.graph("GET", edge, token=PAGE_TOKEN)[1]["data"][0]
    assert (row["id"], row["subscribed_fields"]) == (APP, ["messaging_postbacks"])
    meta.chats(who="peter")
    mid = meta.chats(who="mateo")
    wait_until(lambda: meta.control("GET", "account")["webhooks_waiting"] == 0)
    assert [item["message"]["mid"] for item in callback.items("message")] == [mid]
    assert meta.graph("DELETE", edge, token=PAGE_TOKEN)[0] == 200
    assert meta.graph("GET", edge, token=PAGE_TOKEN)[1] == {"data": []}
    meta.chats(who="mateo")
    wait_until(lambda: meta.control("GET", "account")["webhooks_waiting"] == 0)
    assert len(callback.items("message")) == 1


def test_an_account_subscribes_by_itself(meta, callback):
    """Then its own fields count."""
    edge = f"{INSTAGRAM}/subscribed_apps"
    assert meta.graph("POST", edge, {"subscribed_fields": "messages"}, token=INSTAGRAM_TOKEN)[0] == 200
    mid = meta.chats(who="mateo")
    meta.control("POST", "customers/mateo/messages", {"reaction": "❤️", "to": mid})
    wait_until(lambda: meta.control("GET", "account")["webhooks_waiting"] == 0)
    assert (len(callback.items("message")), len(callback.items("reaction"))) == (1, 0)


def test_the_app_subscribes_to_each_object(meta, callback):
    """With the fields that it has."""
    values = {"callback_url": callback.url, "verify_token": "the word of the sandbox's callback"}
    for name, fields in (("page", "messages,feed"), ("instagram", "messages,messaging_seen")):
        asked = {**values, "object": name, "fields": fields}
        assert meta.graph("POST", f"{APP}/subscriptions", asked, token=APP_TOKEN) == (200, {"success": True})
    wrong = {**values, "object": "instagram", "fields": "feed"}
    assert meta.graph("POST", f"{APP}/subscriptions", wrong, token=APP_TOKEN)[1]["error"]["code"] == 100
    rows = meta.graph("GET", f"{APP}/subscriptions", token=APP_TOKEN)[1]["data"]
    found = {row["object"]: [one["name"] for one in row["fields"]] for row in rows}
    assert (found["page"], found["instagram"]) == (["messages", "feed"], ["messages", "messaging_seen"])


def test_an_error_of_a_page_has_no_words_of_whatsapp(meta):
    """It says everything in its message; also of a token that is good for nothing."""
    error = meta.say("")[1]["error"]
    assert set(error) == {"message", "type", "code", "fbtrace_id"}
    unknown = meta.say("x", token=Secret("nobody's"))
    assert (unknown[0], unknown[1]["error"]["message"]) == (401, "Invalid OAuth access token.")
