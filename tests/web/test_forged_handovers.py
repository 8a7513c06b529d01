"""What a platform says of a conversation counts where it is the platform's, of that page, and of somebody known."""

import hashlib
import hmac
import json

import pytest
import requests
from gateways import ENVIRON
from turns import asks, owner

from connectors_core.model import NATIVE_APP

PAGE = """
[apps.meta]
type = "meta"
app_secret = { env = "STAMP" }
verify_token = { env = "TOKEN" }

[endpoints.page]
type = "messenger"
app = "meta"
page_id = "17"
app_id = "11"
access_token = { env = "TOKEN" }
responders = ["bot", "desk"]

[endpoints.bot]
type = "desk"
token = { env = "TOKEN" }

[endpoints.desk]
type = "desk"
token = { env = "TOKEN" }

[[routes]]
between = ["page", "bot"]

[[routes]]
between = ["page", "desk"]
"""
INBOX = "263902037430900"
"""Meta's own id of the Page inbox."""


def event(**what):
    """Return one event of a person at the page."""
    at = 1000 * int(asks().at.timestamp())
    return {"sender": {"id": "5"}, "recipient": {"id": "17"}, "timestamp": at, **what}


def hook(page, *, of="17", place="messaging", secret=ENVIRON["STAMP"], **what):
    """Send Meta's webhook of one event, signed with a secret; return the status of the answer."""
    found = {"object": "page", "entry": [{"id": of, "time": 1, place: [event(**what)]}]}
    body = json.dumps(found).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={signature}"} if secret else {}
    answer = requests.post(f"{page.url}/hooks/meta", data=body, headers=headers, timeout=20)
    page.house.read("meta")
    return answer.status_code


PASSED = {"pass_thread_control": {"new_owner_app_id": INBOX, "metadata": ""}}


@pytest.fixture
def page(open_house, serve):
    """Give a page on Messenger, with a person who wrote there and whom the bot may answer."""
    site = serve(open_house(PAGE))
    assert hook(site, message={"mid": "m1", "text": "hello"}) == 200
    assert owner(site.house) == ""
    return site


@pytest.mark.parametrize("secret", ["", "secret-of-another-app"])
def test_a_handover_that_another_app_signed_is_refused(page, secret):
    """Whatever it says: it is not even kept."""
    before = len(page.house.rows("journal"))
    assert hook(page, secret=secret, **PASSED) == 403
    assert (len(page.house.rows("journal")), owner(page.house)) == (before, "")
    assert hook(page, **PASSED) == 200
    assert owner(page.house) == NATIVE_APP


def test_a_handover_of_another_page_moves_nothing_here(page):
    """The person of one page is nobody's at another, though one app signs for both."""
    assert hook(page, of="18", recipient={"id": "18"}, **PASSED) == 200
    assert owner(page.house) == ""
    assert [row.reason for row in page.house.rows("parked")] == ["unrouted"]


@pytest.mark.parametrize("name", ["desk", "bot", "ours", "native_app", "unknown", "999"])
def test_a_handover_to_somebody_whom_nobody_knows_gives_it_to_nobody_here(page, name):
    """Words of ours in the platform's news are ids like any other."""
    assert hook(page, pass_thread_control={"new_owner_app_id": name, "metadata": ""}) == 200
    assert owner(page.house) == "other"
