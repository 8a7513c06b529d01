"""The log-in that every channel can offer: a link, a page, a code that is typed in the chat that asked."""

import gateways
import pytest
from bankers import LOG_IN, LOG_OUT, NUMBER, PABLO, SHEENA, button

from connectors_core import Unreachable
from connectors_core.model import (
    Choice,
    ChoiceKind,
    Contact,
    ContactRef,
    ConversationRef,
    Identity,
    Link,
    LinkStatus,
    Option,
    Origin,
)


def test_a_person_is_linked_by_the_code_that_they_type_in_their_chat(bank):
    """The chat and the customer become one person; the CRM hears it in its own names, and the person is told."""
    code = bank.prove(bank.offer())
    bank.type(code)
    assert bank.links() == [(LinkStatus.LINKED, "c-7")]
    assert bank.said() == "Your account is linked to this chat."
    assert bank.state() == ["linked"]
    assert [row.state for row in bank.house.rows("merges")] == ["merged"]


def test_the_code_is_brought_to_the_address_that_was_typed(bank):
    """With the language of the page, and for as long as it is good."""
    browser = bank.browser(language="es-MX,en;q=0.5")
    bank.desk.answers("customer", PABLO)
    browser.open(bank.offer())
    browser.post(step="address", address="00 1 (555) 010-0200")
    code = bank.bring()
    (told,) = bank.desk.told("send_code")
    assert (told.address, told.contact, told.language, told.minutes) == (
        Identity(scheme="phone", value=NUMBER),
        PABLO,
        "es",
        10,
    )
    assert (len(code), code.isdecimal(), code in repr(told)) == (6, True, False)


def test_the_message_with_the_code_is_answered_by_nobody(bank):
    """It reaches the CRM as a copy that must not be answered; words that are no code reach it as they are."""
    code = bank.prove(bank.offer())
    bank.type("hello?")
    bank.type(f" {code[:4]}-{code[5:]} ")
    words = [(one.parts[0].body, one.standby) for one in bank.desk.told() if one.origin is Origin.CONTACT]
    assert words == [("hello", False), ("hello?", False), (f" {code[:4]}-{code[5:]} ", True)]
    assert bank.state() == ["linked"]


def test_digits_of_other_scripts_are_digits(bank):
    """An Arabic keyboard has its own."""
    code = bank.prove(bank.offer())
    bank.type(code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
    assert bank.state() == ["linked"]


def test_a_number_is_only_a_number_where_nobody_waits_for_a_code(bank):
    """Eight digits in a chat without a log-in are words like any other."""
    bank.offer()
    bank.type("12345678")
    assert [one.standby for one in bank.desk.told()] == [False, False]


def test_the_button_is_a_link_where_the_channel_has_no_log_in(bank):
    """With an address that says nothing of anybody."""
    url = bank.offer()
    (part,) = bank.shop.told()[-1].parts
    assert [(one.kind, one.title) for one in part.options] == [(ChoiceKind.LINK, "Log in")]
    assert url.startswith("https://gate.example.com/link/")
    assert len(url.rpartition("/")[2]) == 32


def test_beside_other_answers_the_address_stands_in_the_words(bank):
    """A channel that carries a link as a button carries it alone."""
    more = Option(title="No", payload="no")
    url = bank.offer("b1", "ann", LOG_IN, more)
    (part,) = bank.shop.told()[-1].parts
    assert part.options == (more,)
    assert part.body == f"Are you a customer?\nLog in: {url}"


def test_a_channel_that_carries_words_alone_gets_the_address_as_words(make_bank):
    """And the address is in one piece."""
    bank = make_bank("ticker")
    url = bank.offer()
    assert bank.shop.texts() == [f"Are you a customer?\nLog in: {url}"]


def test_where_no_address_fits_the_button_is_refused(make_bank):
    """Half an address would lead nowhere."""
    bank = make_bank("telex")
    bank.house.arrive(gateways.message("hello"))
    bank.house.tell(button())
    bank.house.work()
    (refused,) = bank.house.rows("deliveries", state="refused")
    assert "does not fit into one message" in refused.reason


def test_a_retry_has_the_same_address(bank):
    """The person may have got the first one."""
    bank.house.arrive(gateways.message("hello"))
    bank.house.work()
    bank.shop.answers("send", Unreachable("shop is away"))
    bank.house.tell(button())
    bank.house.work()
    bank.house.later(60)
    bank.house.work()
    first, second = [one.parts[0].options[0].url for one in bank.shop.told()]
    assert first == second
    assert len(bank.house.rows("linkings")) == 1


def test_the_store_has_neither_the_address_nor_a_code(bank):
    """Who reads the database can link nobody."""
    url = bank.offer()
    code = bank.prove(url)
    rows = str([row._asdict() for row in bank.house.rows("linkings")])
    assert url.rpartition("/")[2] not in rows
    assert code.replace(" ", "") not in rows
    assert NUMBER not in rows


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('public_url = "https://gate.example.com"\n', "", "gateway.public_url"),
        ('secret = { env = "API_TOKEN" }\n', "", "gateway.secret"),
        ('type = "bank"', 'type = "desk"', "customers"),
    ],
)
def test_a_log_in_that_could_lead_nowhere_is_refused_with_the_reason(make_bank, old, new, reason):
    """Without an address of ours, a secret, or a CRM that has customers."""
    bank = make_bank(**{old: new})
    bank.house.arrive(gateways.message("hello"))
    bank.house.tell(button())
    bank.house.work()
    (refused,) = bank.house.rows("deliveries", state="refused")
    assert reason in refused.reason
    assert bank.shop.told() == []


def test_an_agent_undoes_a_link(bank):
    """The chat and the customer are two again, and the person may link another account."""
    bank.type(bank.prove(bank.offer()))
    undone = Link(
        endpoint="desk",
        account="desk",
        id="undo-1",
        at=gateways.AT,
        status=LinkStatus.UNLINKED,
        reason="login",
        conversation=ConversationRef(endpoint="shop", account="100", id="ann"),
        contact=ContactRef(endpoint="desk", account="desk", id="c-7"),
    )
    bank.house.tell(undone)
    bank.settle()
    assert bank.state() == []
    assert [row.state for row in bank.house.rows("merges")] == ["undone"]
    bank.type(bank.prove(bank.offer("b2"), who=SHEENA))
    assert bank.links()[-1] == (LinkStatus.LINKED, "c-8")


def test_an_agent_who_parts_the_two_contacts_undoes_the_link(bank):
    """By the CRM's own names of both, without naming a conversation: the chat is told so too."""
    bank.type(bank.prove(bank.offer()))
    ann = {"endpoint": "desk", "account": "desk"}
    named = gateways.reply("n1", "hi", contact=ContactRef(**ann, id="p-1"))
    bank.house.tell(named)
    bank.house.sql(
        "INSERT INTO links (noun, endpoint, account, external_id, local_id, linked_at)"
        " SELECT 'contact', 'desk', 'desk', 'p-1', contact_id, 0 FROM conversations"
    )
    parted = Link(
        **ann,
        id="part-1",
        at=gateways.AT,
        status=LinkStatus.UNLINKED,
        reason="agent",
        contact=ContactRef(**ann, id="p-1"),
        other=ContactRef(**ann, id="c-7"),
    )
    bank.house.tell(parted)
    bank.settle()
    assert bank.state() == []
    assert bank.links()[-1] == (LinkStatus.UNLINKED, "c-7")


def test_the_person_logs_out_by_a_tap(bank):
    """The button is an answer that this program understands, where the platform has no log-out of its own."""
    bank.type(bank.prove(bank.offer()))
    bank.house.tell(button("b2", "ann", LOG_OUT))
    bank.house.work()
    (option,) = bank.shop.told()[-1].parts[0].options
    assert option.kind is ChoiceKind.REPLY
    tap = gateways.message("tap", parts=(Choice(title="Log out", payload=option.payload),))
    bank.house.arrive(tap)
    bank.settle()
    assert bank.links() == [(LinkStatus.LINKED, "c-7"), (LinkStatus.UNLINKED, "c-7")]
    assert bank.said() == "Your account is no longer linked here."
    assert [row.state for row in bank.house.rows("merges")] == ["undone"]


def test_who_logs_in_as_somebody_else_is_the_first_customer_no_more(bank):
    """One chat is one customer."""
    bank.type(bank.prove(bank.offer()))
    bank.type(bank.prove(bank.offer("b2"), who=SHEENA))
    assert bank.links()[-2:] == [(LinkStatus.UNLINKED, "c-7"), (LinkStatus.LINKED, "c-8")]
    assert bank.state() == ["linked"]


def test_core_brings_the_code_by_a_chat_at_that_very_number(make_bank):
    """Where the CRM has no way of its own, and the window there is open."""
    bank = make_bank(bank="branch")
    known = Contact(name="Pablo", identities=(Identity(scheme="wa_id", value=NUMBER[1:], verified=True),))
    bank.house.arrive(gateways.message("other", person=NUMBER[1:], profile=known))
    url, browser = bank.offer(), bank.browser()
    bank.desk.answers("customer", PABLO)
    browser.open(url)
    browser.post(step="address", address=NUMBER)
    bank.house.errands()
    bank.settle()
    brought = bank.shop.told()[-1]
    assert brought.conversation.id == NUMBER[1:]
    browser.post(step="code", code=brought.parts[0].body[:6])
    bank.type(browser.code)
    assert bank.links() == [(LinkStatus.LINKED, "c-7")]


def test_core_brings_no_code_to_a_chat_that_only_looks_like_the_number(make_bank):
    """Some platforms number people, and anybody may claim a number."""
    bank = make_bank(bank="branch")
    claimed = Contact(name="Mallory", identities=(Identity(scheme="phone", value=NUMBER),))
    bank.house.arrive(gateways.message("other", person=NUMBER[1:], profile=claimed))
    url, browser = bank.offer(), bank.browser()
    before = len(bank.shop.told())
    bank.desk.answers("customer", PABLO)
    browser.open(url)
    browser.post(step="address", address=NUMBER)
    bank.house.errands()
    bank.settle()
    assert len(bank.shop.told()) == before


def test_what_is_over_is_forgotten(bank):
    """Those that linked somebody stay, as that is what they say."""
    bank.type(bank.prove(bank.offer()))
    bank.offer("b2", "bob")
    bank.house.later(2 * 3600)
    bank.house.sweep()
    assert bank.state() == ["linked"]
    assert bank.house.rows("code_requests") == []


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("de-AT", "ltr", "Konto verknüpfen"),
        ("es", "ltr", "Vincular su cuenta"),
        ("fr-CA,en;q=0.2", "ltr", "Lier votre compte"),
        ("ar", "rtl", "ربط حسابك"),
        ("ja", "ltr", "Link your account"),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(bank, language, direction, words):
    """Or English, where it is none of ours."""
    page = bank.browser(language=language).open(bank.offer())
    assert f'dir="{direction}"' in page.text
    assert words in page.text


def test_the_page_speaks_the_language_of_the_person_first(bank):
    """As the channel tells it; so do the words in the chat."""
    german = Contact(name="ann", language="de_DE")
    bank.house.arrive(gateways.message("hi", profile=german))
    url = bank.offer()
    assert "Konto verknüpfen" in bank.browser(language="fr").open(url).text
    bank.type(bank.prove(url))
    assert bank.said() == "Ihr Konto ist mit diesem Chat verknüpft."


def test_the_page_says_whose_chat_it_is_by_what_is_known_when_it_is_opened(bank):
    """A platform that is asked for a name may tell it after the button went out."""
    url = bank.offer()
    bank.house.sql("UPDATE contacts SET name = 'Sheena Nelson'")
    assert "For the chat of Sheena Nelson" in bank.browser().open(url).text
