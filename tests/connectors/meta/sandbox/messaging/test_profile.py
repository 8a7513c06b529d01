"""What people see of a business beside the chat, and the names under which its agents write."""

import pytest
from sandboxes import INSTAGRAM, INSTAGRAM_TOKEN, MATEO, PAGE, PAGE_TOKEN, wait_until

MENU = [
    {
        "locale": "default",
        "call_to_actions": [
            {"type": "postback", "title": "Talk to an agent", "payload": "CARE"},
            {"type": "web_url", "title": "Shop now", "url": "https://www.example.com/"},
        ],
    }
]
BREAKERS = [{"locale": "default", "call_to_actions": [{"question": "Where are you?", "payload": "WHERE"}]}]


def profile(meta, method, content=None, node="me", token=PAGE_TOKEN, query=""):
    """Call the edge; return the status and the answer."""
    return meta.graph(method, f"{node}/messenger_profile{query}", content, token=token)


def test_a_profile_is_set_read_and_taken_away(meta):
    """Field by field."""
    content = {"get_started": {"payload": "START"}, "ice_breakers": BREAKERS, "persistent_menu": MENU}
    assert profile(meta, "POST", content) == (200, {"result": "success"})
    names = "?fields=get_started,ice_breakers,greeting"
    assert profile(meta, "GET", query=names)[1] == {
        "data": [{"get_started": {"payload": "START"}, "ice_breakers": BREAKERS}]
    }
    assert profile(meta, "DELETE", {"fields": ["ice_breakers"]}) == (200, {"result": "success"})
    assert profile(meta, "GET", query="?fields=ice_breakers")[1] == {"data": []}


def test_instagram_has_a_profile_of_its_own(meta):
    """On the page's edge as another platform, and on its own."""
    assert profile(meta, "POST", {"platform": "instagram", "ice_breakers": BREAKERS})[0] == 200
    assert profile(meta, "GET", query="?fields=ice_breakers")[1] == {"data": []}
    own = profile(meta, "GET", node=INSTAGRAM, token=INSTAGRAM_TOKEN, query="?fields=ice_breakers")
    assert own[1]["data"][0]["ice_breakers"] == BREAKERS
    greeting = {"platform": "instagram", "greeting": [{"locale": "default", "text": "Hello"}]}
    assert profile(meta, "POST", greeting)[1]["error"]["code"] == 100


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({}, "Requires"),
        ({"persistent_menu": MENU}, "Get Started"),
        ({"ice_breakers": [{**BREAKERS[0], "locale": "de_DE"}]}, "default"),
        ({"ice_breakers": [{"locale": "default", "call_to_actions": BREAKERS[0]["call_to_actions"] * 5}]}, "4"),
        ({"greeting": [{"locale": "default", "text": "x" * 161}]}, "160"),
        ({"whitelisted_domains": ["http://example.com"]}, "https"),
        ({"account_linking_url": "example.com"}, "URL"),
        ({"commands": [{"locale": "default", "commands": [{"name": "x"}]}]}, "description"),
        ({"get_started": {"payload": "x" * 1001}}, "1000"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused(meta, content, word):
    """With what is wrong."""
    error = profile(meta, "POST", content)[1]["error"]
    assert error["code"] == 100
    assert word in error["message"]


def test_the_start_button_stays_while_there_is_a_menu(meta):
    """The menu goes first."""
    profile(meta, "POST", {"get_started": {"payload": "START"}, "persistent_menu": MENU})
    assert profile(meta, "DELETE", {"fields": ["get_started"]})[1]["error"]["code"] == 100
    assert profile(meta, "DELETE", {"fields": ["persistent_menu", "get_started"]})[0] == 200


def test_ten_changes_in_ten_minutes(meta):
    """The eleventh is one too many."""
    answers = [profile(meta, "POST", {"ice_breakers": BREAKERS}) for _ in range(11)]
    assert [status for status, _ in answers] == [200] * 10 + [400]
    assert answers[-1][1]["error"]["code"] == 613


def test_what_is_tapped_comes_as_a_postback(meta, callback):
    """Start, an ice breaker, an item of the menu."""
    profile(meta, "POST", {"get_started": {"payload": "START"}, "ice_breakers": BREAKERS, "persistent_menu": MENU})
    for choice in ("get_started", "Where are you?", "Talk to an agent"):
        meta.control("POST", "customers/peter/choices", {"choice": choice})
    found = wait_until(lambda: len(found := callback.items("postback")) == 3 and found)
    assert [item["postback"]["payload"] for item in found] == ["START", "WHERE", "CARE"]


def test_a_persona_is_made_used_and_dropped(meta):
    """By its id."""
    person = {"name": "Sam", "profile_picture_url": "https://www.example.com/sam.jpg"}
    made = meta.graph("POST", f"{PAGE}/personas", person, token=PAGE_TOKEN)[1]["id"]
    assert meta.graph("GET", f"{PAGE}/personas", token=PAGE_TOKEN)[1] == {"data": [{**person, "id": made}]}
    meta.chats()
    meta.chats(who="mateo")
    assert meta.find(meta.said("Sam here", persona_id=made), "peter")["content"]["persona"]["id"] == made
    page = meta.session.get(f"{meta.url}/phones/peter", timeout=20).text
    assert '<p class="label" dir="auto">Sam</p>' in page
    assert meta.say("Sam here", MATEO, persona_id=made)[1]["error"]["code"] == 100
    assert meta.graph("GET", made, token=PAGE_TOKEN)[1]["name"] == "Sam"
    assert meta.graph("DELETE", made, token=PAGE_TOKEN)[0] == 200
    assert meta.graph("GET", made, token=PAGE_TOKEN)[1]["error"]["error_subcode"] == 33
