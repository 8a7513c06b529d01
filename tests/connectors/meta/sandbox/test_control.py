"""The control API: customers and the state of the account, for pages, tests and scripts."""

import pytest
from sandboxes import SECRET, TOKEN, VERIFY


def refused(meta, method, path, content):
    """Return the code and the status of a call that is refused."""
    answer = meta.session.request(method, f"{meta.url}/sandbox/{path}", json=content, timeout=20)
    assert not answer.ok
    return answer.status_code, answer.json()["error"]


def test_a_new_sandbox_has_three_customers_and_a_group(meta):
    """One of them shows no number."""
    people = [one for one in meta.control("GET", "customers")["data"] if one["channel"] == "whatsapp"]
    assert [(one["name"], bool(one["wa_id"]), one["username"]) for one in people] == [
        ("Sheena Nelson", True, ""),
        ("Pablo Morales", True, ""),
        ("Barbara J. Johnson", False, "bjjohnson"),
        ("Succulent friends", False, ""),
    ]


def test_a_customer_can_be_added(meta):
    """With a number, or with a username alone; both write at once."""
    one = meta.control("POST", "customers", {"name": "One", "wa_id": "+1 (650) 555-7777"})
    two = meta.control("POST", "customers", {"name": "Two", "username": "@two"})
    three = meta.control("POST", "customers", {"name": "Three"})
    assert (one["wa_id"], two["username"]) == ("16505557777", "two")
    assert three["username"].startswith("user")
    assert len({one["user_id"], two["user_id"], three["user_id"]}) == 3
    for person in (one, two, three):
        assert meta.write(who=person["id"])


def test_each_channel_has_people(meta):
    """Two of Messenger and two of Instagram, who have user names."""
    people = meta.control("GET", "customers")["data"]
    found = [(one["channel"], one["name"], one["username"]) for one in people if one["channel"] != "whatsapp"]
    assert found == [
        ("messenger", "Peter Chang", ""),
        ("messenger", "Amara Diallo", ""),
        ("instagram", "Mateo Silva", "mateosilva"),
        ("instagram", "Yuki Tanaka", "yuki.plants"),
    ]


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
def test_somebody_can_be_added_to_each_channel(meta, channel):
    """Who can write at once."""
    made = meta.control("POST", "customers", {"name": "One", "channel": channel})
    assert (made["channel"], made["wa_id"]) == (channel, "")
    assert meta.control("POST", f"customers/{made['id']}/messages", {"text": "hello"})["id"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({}, "name"),
        ({"name": "x", "channel": "pigeon"}, "channel"),
        ({"name": " "}, "name"),
        ({"name": "x", "wa_id": "12"}, "digits"),
        ({"name": "x", "wa_id": "+1 650 555 1234"}, "already"),
        ({"name": "x", "wa_id": "15550783881"}, "already"),
    ],
)
def test_a_customer_that_cannot_be_is_refused(meta, content, word):
    """With what is wrong."""
    status, text = refused(meta, "POST", "customers", content)
    assert status == 400
    assert word in text


def test_unread_messages_are_counted(meta):
    """Until the phone's page is looked at."""
    meta.write()
    meta.sent()
    meta.sent()
    assert meta.control("GET", "customers/sheena")["unread"] == 2
    assert meta.control("POST", "customers/sheena/read") == {"read": 2}
    assert meta.control("GET", "customers/sheena")["unread"] == 0


def test_the_account_shows_no_secret(meta):
    """Nor does anything else that can be read."""
    for path in ("account", "customers", "templates"):
        text = meta.session.get(f"{meta.url}/sandbox/{path}", timeout=20).text
        assert not any(secret.reveal() in text for secret in (SECRET, TOKEN, VERIFY))


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "customers/nobody", None, 404),
        ("PATCH", "customers/nobody", {"online": True}, 404),
        ("POST", "customers/nobody/messages", {"type": "text", "text": {"body": "x"}}, 404),
        ("POST", "customers/sheena/messages", {"type": "template", "template": {}}, 400),
        ("POST", "customers/sheena/messages", {"type": "text", "text": {}}, 400),
        ("POST", "customers/sheena/messages", {}, 400),
        ("POST", "customers/sheena/choices", {"message": "wamid.x", "choice": "y"}, 400),
        ("POST", "customers/sheena/played", {"message": "wamid.x"}, 400),
        ("POST", "customers/sheena/number", {"wa_id": "16505555678"}, 400),
        ("POST", "customers/sheena/files", {}, 400),
        ("POST", "templates", {"name": "x"}, 400),
        ("PATCH", "templates/4711", {"status": "PAUSED"}, 400),
        ("POST", "faults", {"fault": "on holiday", "next": 1}, 400),
        ("GET", "nothing", None, 404),
        ("GET", "files/4711", None, 404),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(meta, method, path, content, status):
    """As JSON, whatever was asked."""
    assert refused(meta, method, path, content)[0] == status


def test_a_body_that_is_no_object_is_refused(meta):
    """Nor one that is too large."""
    for body in (b"[]", b"{", b"x" * 300_000):
        answer = meta.session.post(f"{meta.url}/sandbox/customers", data=body, timeout=20)
        assert answer.status_code == 400
