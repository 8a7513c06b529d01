"""Logging in at the CRM's own authorization server: by authorization code, with PKCE, once, in one browser."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authorizers import Authorizer
from bankers import PABLO, PUBLIC
from starlette.responses import JSONResponse, PlainTextResponse

from connectors_core import NoCounterpart, Unreachable
from connectors_core.model import Grant, LinkStatus

BACK = f"{PUBLIC}/link/back"


@pytest.fixture
def authorizer():
    """Give an authorization server that knows this gateway."""
    found = Authorizer(BACK)
    yield found
    found.close()


@pytest.fixture
def bank(make_bank, authorizer):
    """Give a CRM whose customers log in there."""
    return make_bank(**{'type = "bank"': f'type = "bank"\nserver = "{authorizer.url}"'})


def begin(browser, url):
    """Press the button; return where the browser is sent, and where it would come back to from there."""
    browser.open(url)
    sent = browser.post(step="login").headers["location"]
    return sent, requests.get(sent, allow_redirects=False, timeout=20).headers.get("location", "")


def test_a_person_logs_in_and_types_the_code(bank, authorizer):
    """The CRM is given the grant, and says who it is."""
    browser = bank.browser()
    bank.desk.answers("customer", PABLO)
    _, back = begin(browser, bank.offer())
    browser.open(browser.open(back).headers["location"])
    assert bank.desk.told("customer") == [Grant(token=authorizer.tokens[0], scope="openid")]
    bank.type(browser.code)
    assert bank.links() == [(LinkStatus.LINKED, "c-7")]


def test_a_public_client_has_no_secret(make_bank, authorizer):
    """PKCE is its proof."""
    authorizer.secret = None
    bank = make_bank(**{'type = "bank"': f'type = "bank"\npublic = true\nserver = "{authorizer.url}"'})
    browser = bank.browser()
    bank.desk.answers("customer", PABLO)
    _, back = begin(browser, bank.offer())
    assert browser.open(back).status_code == 303


def test_what_is_asked_for_is_said_exactly(bank, authorizer):
    """One address to come back to, a state and a challenge of their own each time, and what the address had before."""
    browser, url = bank.browser(), bank.offer()
    first, _ = begin(browser, url)
    begin(browser, url)
    assert parse_qs(urlsplit(first).query)["tenant"] == ["7"]
    one, two = authorizer.asked
    assert (one["redirect_uri"], one["scope"], one["client_id"]) == (BACK, "openid profile", "gate&way")
    assert one["state"] != two["state"]
    assert one["code_challenge"] != two["code_challenge"]
    assert authorizer.url in browser.open(url).headers["content-security-policy"]


def test_a_replayed_return_is_nobodys(bank):
    """State and code are good once."""
    browser = bank.browser()
    bank.desk.always("customer", PABLO)
    _, back = begin(browser, bank.offer())
    assert browser.open(back).status_code == 303
    assert browser.open(back).status_code == 404
    assert len(bank.desk.told("customer")) == 1


def test_a_log_in_that_another_browser_began_is_nobodys(bank):
    """An attacker who begins and has a victim come back gets nothing, and may not go on either."""
    attacker, victim = bank.browser(), bank.browser()
    bank.desk.always("customer", PABLO)
    _, back = begin(attacker, bank.offer())
    assert victim.open(back).status_code == 404
    assert bank.desk.told("customer") == []
    assert bank.state() == ["open"]


def test_the_state_of_another_log_in_is_not_good_for_this_one(bank):
    """Two log-ins of one browser: the code of the one, the state of the other."""
    browser = bank.browser()
    _, first = begin(browser, bank.offer("b1"))
    _, second = begin(browser, bank.offer("b2", "bob"))
    code = parse_qs(urlsplit(first).query)["code"][0]
    state = parse_qs(urlsplit(second).query)["state"][0]
    assert browser.open(f"{BACK}?code={code}&state={state}").status_code == 403
    assert bank.state() == ["open", "open"]
    assert bank.desk.told("customer") == []


@pytest.mark.parametrize("query", ["", "?state=", "?state=x&code=y", "?code=y", f"?state={'a' * 43}&code=c"])
def test_a_return_that_nobody_began_is_nobodys(bank, query):
    """Whatever it says."""
    browser = bank.browser()
    browser.open(bank.offer())
    assert browser.open(f"{BACK}{query}").status_code == 404


def test_a_refusal_is_said_plainly(bank, authorizer):
    """In our words: the server's could be anybody's."""
    authorizer.refuses = True
    browser = bank.browser()
    _, back = begin(browser, bank.offer())
    page = browser.open(back)
    assert page.status_code == 403
    assert "The log-in was not finished" in page.text
    assert "no</b>" not in page.text


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("<html>", 200),
        JSONResponse([1]),
        JSONResponse({"token_type": "bearer"}),
        JSONResponse({"access_token": 7, "token_type": "bearer"}),
        JSONResponse({"access_token": "a\nb", "token_type": "bearer"}),
        JSONResponse({"access_token": "abc", "token_type": "mac"}),
        JSONResponse({"error": "invalid_grant"}),
    ],
)
def test_what_is_no_grant_links_nobody(bank, authorizer, answer):
    """And breaks nothing."""
    authorizer.answer = answer
    browser = bank.browser()
    _, back = begin(browser, bank.offer())
    assert browser.open(back).status_code == 403
    assert bank.state() == ["open"]


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [(NoCounterpart("nobody"), 403, "not as one of our customers"), (Unreachable("away"), 503, "does not work now")],
)
def test_a_log_in_that_is_no_customers_says_so(bank, answer, status, words):
    """Here the person has proved who they are, so that there is nothing to hide from them."""
    browser = bank.browser()
    bank.desk.answers("customer", answer)
    _, back = begin(browser, bank.offer())
    page = browser.open(back)
    assert page.status_code == status
    assert words in page.text


def test_an_authorization_server_that_is_away_is_said(bank, authorizer):
    """And the person tries again."""
    browser = bank.browser()
    _, back = begin(browser, bank.offer())
    authorizer.close()
    assert browser.open(back).status_code == 503
