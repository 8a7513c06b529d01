"""The log-in of a platform that has its own: its button, its token, its way back, its code."""

import gateways
import peers
import pytest
from bankers import LOG_OUT, NUMBER, PABLO, button, returned

from connectors_core import Rejected, Unreachable
from connectors_core.model import ChoiceKind, ContactRef, ConversationRef, Link, LinkStatus

BACK = "https://platform.example.com/linked?session=5"
ANN = ConversationRef(endpoint="shop", account="100", id="ann")
TAPPED = f"account_linking_token=t-1&redirect_uri={BACK.replace('=', '%3D').replace('?', '%3F')}"


@pytest.fixture
def bank(make_bank):
    """Give a channel that has a log-in of its own."""
    return make_bank("portal")


def prove(bank, browser, url):
    """Log in on the page that the platform's button opened; return the way back that it offers."""
    bank.desk.answers("customer", PABLO)
    browser.open(f"{url}?{TAPPED}")
    browser.post(step="address", address=NUMBER)
    page = browser.post(step="code", code=bank.bring())
    assert "Pablo Morales" in page.text
    return page.text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")


def code_in(back):
    """Return the code that goes to the platform."""
    assert back.startswith(f"{BACK}&authorization_code=")
    return back.rpartition("=")[2]


def test_a_person_is_linked_by_the_platforms_own_log_in(bank):
    """Button, page, way back, news: and the platform need not be told what it said itself."""
    url = bank.offer()
    (option,) = bank.shop.told()[-1].parts[0].options
    assert option.kind is ChoiceKind.LOGIN
    bank.shop.answers("login_chat", ANN)
    back = prove(bank, bank.browser(), url)
    assert peers.of("shop").calls[-1].noun == "t-1"
    bank.house.arrive(returned(code_in(back)))
    bank.settle()
    assert bank.links() == [(LinkStatus.LINKED, "c-7")]
    assert bank.said() == "Your account is linked to this chat."


def test_a_forwarded_button_is_refused(bank):
    """The platform names another person than the one whose chat asked."""
    url, browser = bank.offer(), bank.browser()
    bank.house.arrive(gateways.message("hello-bob", person="bob"))
    bank.shop.answers("login_chat", ConversationRef(endpoint="shop", account="100", id="bob"))
    page = browser.open(f"{url}?{TAPPED}")
    assert page.status_code == 403
    assert "not for your chat" in page.text
    assert bank.house.rows("linkings")[0].back == ""


@pytest.mark.parametrize(("answer", "status"), [(Rejected("elsewhere"), 403), (Unreachable("away"), 503)])
def test_what_the_platform_does_not_vouch_for_is_refused(bank, answer, status):
    """An address that is not its own, a token that was used."""
    browser = bank.browser()
    bank.shop.answers("login_chat", answer)
    assert browser.open(f"{bank.offer()}?{TAPPED}").status_code == status
    assert "<form" not in browser.page.text


def test_the_page_may_be_opened_again(bank):
    """The platform's token is asked once, as it is good once."""
    url, browser = bank.offer(), bank.browser()
    bank.shop.answers("login_chat", ANN, Rejected("used"))
    assert browser.open(f"{url}?{TAPPED}").status_code == 200
    assert browser.open(f"{url}?{TAPPED}").status_code == 200
    assert browser.open(f"{url}?{TAPPED.replace('platform', 'attacker')}").status_code == 403


def test_a_replayed_code_links_nobody(bank):
    """Nor one from another chat, nor the one of another kind."""
    url = bank.offer()
    bank.shop.answers("login_chat", ANN)
    code = code_in(prove(bank, bank.browser(), url))
    bank.house.arrive(gateways.message("hello-bob", person="bob"))
    bank.house.arrive(returned(code, "bob", "l1"), returned("x" * 32, "ann", "l2"))
    bank.settle()
    assert bank.links() == []
    bank.house.arrive(returned(code, "ann", "l3"), returned(code, "ann", "l4"))
    bank.settle()
    assert bank.links() == [(LinkStatus.LINKED, "c-7")]


def test_the_platforms_log_out_undoes_the_link(bank):
    """Said by the platform, it is undone here and told at the CRM."""
    url = bank.offer()
    bank.shop.answers("login_chat", ANN)
    bank.house.arrive(returned(code_in(prove(bank, bank.browser(), url))))
    bank.settle()
    bank.house.tell(button("b2", "ann", LOG_OUT))
    bank.house.work()
    assert bank.shop.told()[-1].parts[0].options[0].kind is ChoiceKind.LOGOUT
    gone = Link(
        endpoint="shop",
        account="100",
        id="gone-1",
        at=gateways.AT,
        status=LinkStatus.UNLINKED,
        conversation=ANN,
        contact=ContactRef(endpoint="shop", account="100", id="ann"),
    )
    bank.house.arrive(gone)
    bank.settle()
    assert bank.links()[-1] == (LinkStatus.UNLINKED, "c-7")
    assert bank.state() == []


def test_an_agent_undoes_the_link_at_the_platform_too(bank):
    """The channel hears it."""
    url = bank.offer()
    bank.shop.answers("login_chat", ANN)
    bank.house.arrive(returned(code_in(prove(bank, bank.browser(), url))))
    bank.settle()
    desk = {"endpoint": "desk", "account": "desk"}
    undone = Link(
        **desk,
        id="undo",
        at=gateways.AT,
        status=LinkStatus.UNLINKED,
        reason="login",
        conversation=ANN,
        contact=ContactRef(**desk, id="c-7"),
    )
    bank.house.tell(undone)
    bank.settle()
    assert bank.links("shop")[-1][0] is LinkStatus.UNLINKED
    assert bank.state() == []


def test_without_the_platforms_token_the_code_is_typed_in_the_chat(bank):
    """For people whose platform has no log-in there: the same button works by the code."""
    bank.type(bank.prove(bank.offer()))
    assert bank.links() == [(LinkStatus.LINKED, "c-7")]
