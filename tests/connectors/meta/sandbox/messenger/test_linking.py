"""Account linking: the button, the way to the log-in page and back, and the token."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sandboxes import PAGE, PAGE_TOKEN, PETER, wait_until

from connectors.meta.sandbox.store import facts

LOGIN = "https://www.example.com/authorize?shop=1"


@pytest.fixture
def query(meta):
    """Tap a log-in button; return what the log-in page is told."""
    meta.chats()
    buttons = [{"type": "account_link", "url": LOGIN}]
    payload = {"template_type": "button", "text": "Log in", "buttons": buttons}
    mid = meta.said({"attachment": {"type": "template", "payload": payload}})
    url = meta.control("POST", "customers/peter/login", {"message": mid, "choice": "0"})["url"]
    assert url.startswith(f"{LOGIN}&")
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def look_up(meta, token):
    """Ask whose token it is; return the answer."""
    return meta.graph("GET", f"me?fields=recipient&account_linking_token={token}", token=PAGE_TOKEN)[1]


def test_a_token_names_the_person_once(meta, query):
    """MP/identity/account-linking."""
    token = query["account_linking_token"]
    assert look_up(meta, token) == {"recipient": PETER, "id": PAGE}
    assert look_up(meta, token)["error"]["code"] == 10303


def test_a_token_is_good_for_five_minutes(meta, query):
    """Then it is none."""
    token = query["account_linking_token"]
    with meta.sandbox.store.write() as db:
        kept = facts.get(db, f"linking {token}")
        facts.put(db, f"linking {token}", {**kept, "until": kept["until"] - 301})
    assert look_up(meta, token)["error"]["code"] == 10303


def test_coming_back_with_a_code_links_and_a_call_unlinks(meta, callback, query):
    """Once; without a code nothing is linked."""
    back = query["redirect_uri"]
    answer = meta.session.get(f"{back}?authorization_code=4711", allow_redirects=False, timeout=20)
    assert (answer.status_code, answer.headers["location"]) == (303, "/phones/peter")
    assert meta.session.get(f"{back}?authorization_code=4711", timeout=20).status_code == 400
    (event,) = wait_until(lambda: callback.items("account_linking"))
    assert event["account_linking"] == {"status": "linked", "authorization_code": "4711"}
    answer = meta.graph("POST", "me/unlink_accounts", {"psid": PETER}, token=PAGE_TOKEN)
    assert answer == (200, {"result": "unlink account success"})
    _, event = wait_until(lambda: len(found := callback.items("account_linking")) == 2 and found)
    assert event["account_linking"] == {"status": "unlinked"}


def test_coming_back_without_a_code_links_nothing(meta, callback, query):
    """The person gave up."""
    meta.session.get(query["redirect_uri"], allow_redirects=False, timeout=20)
    wait_until(lambda: meta.control("GET", "account")["webhooks_waiting"] == 0)
    assert callback.items("account_linking") == []
