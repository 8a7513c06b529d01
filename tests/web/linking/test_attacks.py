"""What attackers try on the log-in pages and in the chats."""

import re
from datetime import UTC, datetime

import gateways
import peers
import pytest
from bankers import NUMBER, PABLO, PUBLIC, SHEENA, button

from connectors_core.model import Contact, Identity, LinkStatus

BOT = {
    "[[routes]]": """
[endpoints.bot]
type = "desk"
token = { env = "TOKEN" }

[[routes]]
between = ["shop", "bot"]

[[routes]]
"""
}
"""A bot beside the CRM."""


def test_a_forwarded_link_links_nobody_but_the_chat_that_asked(bank):
    """The victim logs in at the attacker's link, and types the code where they chat: nothing happens there."""
    code = bank.prove(bank.offer("b1", "mallory"))
    bank.house.arrive(gateways.message("hello-ann", person="ann"))
    bank.type(code, "ann")
    assert bank.links() == []
    assert bank.state() == ["proven"]
    assert [row.misses for row in bank.house.rows("linkings")] == [0]
    assert not bank.desk.told()[-1].standby


def test_a_code_is_good_once(bank):
    """Typed again it is a number like any other."""
    code = bank.prove(bank.offer())
    bank.type(code)
    bank.type(code, id_="again")
    assert bank.links() == [(LinkStatus.LINKED, "c-7")]
    assert not bank.desk.told()[-1].standby


def test_a_link_is_good_once(bank):
    """Opened again, by whomever, it says that it was used and nothing else."""
    url = bank.offer()
    bank.type(bank.prove(url))
    page = bank.browser().open(url)
    assert "Pablo" not in page.text
    assert "<form" not in page.text


def test_a_guess_in_the_chat_is_counted_and_the_fifth_is_the_last(bank):
    """Then the right code is wrong as well."""
    code = bank.prove(bank.offer()).replace(" ", "")
    for number in range(5):
        bank.type(f"{(int(code) + number + 1) % 10**8:08d}", id_=f"guess-{number}")
    assert bank.said() == "That was wrong too often. Log in again."
    assert bank.shop.texts()[-2] == "This code is not right. You have 1 more tries."
    bank.type(code, id_="right")
    assert (bank.state(), bank.links()) == (["dead"], [])


def test_a_guess_on_the_page_is_counted_and_the_fifth_is_the_last(bank):
    """Before it is looked at, so that guesses at the same moment count too."""
    url, browser = bank.offer(), bank.browser()
    bank.desk.answers("customer", PABLO)
    browser.open(url)
    browser.post(step="address", address=NUMBER)
    code = bank.bring()
    proof = browser.field("proof")

    def guess(number):
        other = bank.browser()
        other.headers, other.url = dict(browser.headers), url
        return other._ask("POST", {}, data={"proof": proof, "step": "code", "code": f"{number:06d}"}).status_code

    wrong = [number for number in range(100, 112) if f"{number:06d}" != code]
    found = gateways.together(*(lambda n=n: guess(n) for n in wrong[:10]))
    assert sorted(found) == [422] * 5 + [429] * 5
    assert guess(int(code)) == 429
    assert bank.state() == ["open"]


def test_two_pages_at_once_link_once(bank):
    """The same code from two messages of one batch and of two."""
    code = bank.prove(bank.offer())
    first, second = (gateways.message(f"m{n}", code, "ann") for n in (1, 2))
    bank.house.arrive(first, second)
    bank.settle()
    assert bank.links() == [(LinkStatus.LINKED, "c-7")]


def test_two_browsers_at_once_prove_one_customer(bank):
    """Who is second finds the log-in done."""
    url = bank.offer()
    bank.desk.always("customer", PABLO)
    browser = bank.browser()
    browser.open(url)
    browser.post(step="address", address=NUMBER)
    code, proof = bank.bring(), browser.field("proof")

    def enter():
        other = bank.browser()
        other.headers, other.url = dict(browser.headers), url
        return other._ask("POST", {}, data={"proof": proof, "step": "code", "code": code}).status_code

    assert set(gateways.together(enter, enter)) <= {200, 303}
    assert bank.state() == ["proven"]


def test_the_code_is_shown_to_the_browser_that_logged_in_alone(bank):
    """Whoever else has the link, sees neither the code nor who logged in."""
    url = bank.offer()
    code = bank.prove(url)
    page = bank.browser().open(url)
    assert page.status_code == 409
    assert code not in page.text
    assert "Pablo" not in page.text


def test_a_code_that_was_brought_is_of_use_to_the_browser_that_asked_alone(bank):
    """A stolen link does not go on with somebody else's log-in."""
    url, browser = bank.offer(), bank.browser()
    bank.desk.answers("customer", PABLO)
    browser.open(url)
    browser.post(step="address", address=NUMBER)
    code, thief = bank.bring(), bank.browser()
    thief.open(url)
    assert thief.post(step="code", code=code).status_code == 429
    assert browser.post(step="code", code=code).status_code == 200


def test_an_address_that_nobody_has_looks_like_one_that_somebody_has(bank):
    """Status, headers and every word are the same, before and after, for right and wrong codes."""
    seen = []
    for id_, answer in (("b1", PABLO), ("b2", None)):
        url, browser = bank.offer(id_), bank.browser()
        bank.desk.always("customer", answer)
        browser.open(url)
        first = browser.post(step="address", address=NUMBER)
        bank.bring()
        second = browser.post(step="code", code="000000")
        pages = [re.sub(r'value="[^"]*"', "", one.text) for one in (first, second)]
        headers = [sorted(set(one.headers) - {"date", "set-cookie"}) for one in (first, second)]
        seen.append(([first.status_code, second.status_code], pages, headers))
    assert seen[0] == seen[1]


def test_the_crm_is_not_asked_before_the_page_has_answered(bank):
    """So that the time says nothing either."""
    browser = bank.browser()
    browser.open(bank.offer())
    browser.post(step="address", address=NUMBER)
    assert bank.desk.told("customer") == []
    bank.bring()
    assert len(bank.desk.told("customer")) == 1


def test_in_a_chat_of_many_only_its_own_person_can_be_linked(bank):
    """Another member who logs in and types the code there is not made one with the first."""
    group = {"conversation": gateways.message("x", person="group").conversation}
    bank.house.arrive(gateways.message("hello-ann", person="ann", **group))
    bank.house.work()
    bank.house.tell(button("b1", "group"))
    bank.house.work()
    code = bank.prove(bank.address())
    bank.house.arrive(gateways.message("typed-by-mallory", code, "mallory", **group))
    bank.settle()
    assert (bank.links(), bank.state()) == ([], ["proven"])
    bank.house.arrive(gateways.message("typed-by-ann", code, "ann", **group))
    bank.settle()
    assert bank.links() == [(LinkStatus.LINKED, "c-7")]


def test_an_old_code_is_no_code(bank):
    """Ten minutes on the page; the link itself half an hour."""
    url, browser = bank.offer(), bank.browser()
    bank.desk.answers("customer", PABLO)
    browser.open(url)
    browser.post(step="address", address=NUMBER)
    code = bank.bring()
    bank.house.later(11 * 60)
    assert browser.post(step="code", code=code).status_code == 422
    bank.house.later(20 * 60)
    assert browser.open(url).status_code == 404


def test_an_old_code_in_the_chat_is_words(bank):
    """A quarter of an hour is left for typing it."""
    code = bank.prove(bank.offer())
    bank.house.later(16 * 60)
    bank.type(code)
    assert bank.links() == []


def test_an_earlier_code_is_not_good_for_another_address(bank):
    """The code of one's own number proves nothing about somebody else's."""
    url, browser = bank.offer(), bank.browser()
    bank.desk.answers("customer", PABLO, SHEENA)
    browser.open(url)
    browser.post(step="address", address=NUMBER)
    mine = bank.bring()
    browser.open(f"{url}?other=1")
    browser.post(step="address", address="+15550100299")
    bank.bring()
    assert browser.post(step="code", code=mine).status_code == 422


@pytest.mark.parametrize("proof", ["", "A" * 32, None])
def test_a_form_of_another_site_is_refused(bank, proof):
    """It cannot know what the page carries for this browser."""
    browser = bank.browser()
    browser.open(bank.offer())
    proof = bank.browser().headers.get("x", "") if proof is None else proof
    answer = browser._ask("POST", {"origin": "https://attacker.example"}, data={"proof": proof, "step": "address"})
    assert answer.status_code == 403
    assert [row.codes for row in bank.house.rows("linkings")] == [0]


def test_a_form_without_the_cookie_is_refused(bank):
    """Another site's form brings none, and another browser's page carries another word."""
    url, browser = bank.offer(), bank.browser()
    browser.open(url)
    browser.headers.pop("cookie")
    assert browser.post(step="address", address=NUMBER).status_code == 403


def test_a_page_of_one_linking_is_no_page_of_another(bank):
    """What a form carries is good for its own linking."""
    browser = bank.browser()
    browser.open(bank.offer("b1"))
    proof = browser.field("proof")
    browser.open(bank.offer("b2", "bob"))
    assert browser._ask("POST", {}, data={"proof": proof, "step": "address", "address": NUMBER}).status_code == 403


def test_no_header_says_where_people_are_sent(bank):
    """Every address is made of the settings."""
    browser = bank.browser()
    browser.open(bank.offer(), host="attacker.example", **{"x-forwarded-host": "attacker.example"})
    assert "attacker" not in browser.page.text
    answer = browser._ask(
        "POST",
        {"host": "attacker.example"},
        data={"proof": browser.field("proof"), "step": "address", "address": NUMBER},
    )
    assert answer.headers["location"].startswith("/link/")


@pytest.mark.parametrize("query", ["next=https://attacker.example", "redirect_uri=https://attacker.example/"])
def test_there_is_no_open_redirect(bank, query):
    """A channel without a log-in of its own sends nobody anywhere."""
    url = bank.offer()
    code = bank.prove(f"{url}?{query}&account_linking_token=t")
    assert len(code) == 9
    assert bank.house.rows("linkings")[0].back == ""


def test_names_are_words(bank):
    """Not markup, whatever people call themselves."""
    name = '"><script>alert(1)</script>{{7*7}}{0}'
    bank.house.arrive(gateways.message("hi", profile=Contact(name=name)))
    page = bank.browser().open(bank.offer())
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}{0}" in page.text


def test_what_is_typed_is_not_repeated(bank):
    """Neither an address nor a code."""
    browser = bank.browser()
    browser.open(bank.offer())
    page = browser.post(step="address", address="<img src=x onerror=alert(1)>")
    assert page.status_code == 422
    assert "onerror" not in page.text


@pytest.mark.parametrize("name", ["unknown", "x" * 300, "%2e%2e", "back"])
def test_an_unknown_link_says_what_every_dead_link_says(bank, name):
    """Nobody learns from it whether there ever was one."""
    browser = bank.browser()
    dead = browser.open(f"{PUBLIC}/link/{'a' * 32}")
    page = browser.open(f"{PUBLIC}/link/{name}")
    assert (page.status_code, page.text) == (dead.status_code, dead.text) == (404, dead.text)


def test_pages_are_kept_nowhere_and_framed_by_nobody(bank):
    """And tell no other site their address."""
    headers = bank.browser().open(bank.offer()).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    cookie = headers["set-cookie"]
    assert cookie.startswith("__Host-linking=")
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert word in cookie


def test_no_bot_reads_a_code_that_core_brings(make_bank):
    """Whoever else answers that chat gets no copy of it, nor hears of it when the chat is handed over."""
    bank = make_bank(bank="branch", **{'number = "100"': 'number = "100"\nresponders = ["bot", "desk"]'} | BOT)
    known = Contact(name="Pablo", identities=(Identity(scheme="wa_id", value=NUMBER[1:], verified=True),))
    bank.house.arrive(gateways.message("other", person=NUMBER[1:], profile=known, at=datetime.now(UTC)))
    browser = bank.browser()
    browser.open(bank.offer())
    bank.desk.answers("customer", PABLO)
    browser.post(step="address", address=NUMBER)
    bank.house.errands()
    bank.settle()
    code = bank.shop.texts()[-1][:6]
    taken = gateways.reply("r1", "Hello", person=NUMBER[1:], at=datetime.now(UTC))
    bank.house.tell(taken)
    bank.house.work()
    bot = peers.of("bot")
    assert code.isdigit()
    assert bot.texts()[-1] == "Hello"
    assert bot.told("hand_over")[-1].last
    assert code not in f"{bot.calls}"


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a" * 9000, b"&".join(b"a=1" for _ in range(50))])
def test_a_form_that_is_none_is_refused(bank, body):
    """Without a fault of ours."""
    browser = bank.browser()
    browser.open(bank.offer())
    assert browser._ask("POST", {}, data=body).status_code in (400, 403)
