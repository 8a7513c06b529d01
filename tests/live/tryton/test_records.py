"""What is found, made and kept apart in Tryton: people, opportunities, and who they belong to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from processes import wait_for

from connectors.tryton.connector import Tryton as Connector
from connectors.tryton.outbound import chat
from connectors_core import Endpoint
from connectors_core.model import (
    Contact,
    ContactRef,
    ConversationRef,
    Handover,
    HandoverAction,
    Identity,
    Link,
    LinkStatus,
    Message,
    Origin,
    Scheme,
    Text,
)

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def crm(tryton):
    """Give the endpoint of the gateway's user."""
    rest = tryton.rest("key")
    return Endpoint.build("test", Connector(rest.settings, rest.http))


def link(number="16505551234", source="shop", name="Sheena Nelson", **changes):
    """Return the wish for a person who writes at a channel."""
    identities = (
        Identity(scheme=Scheme.WA_ID, value=number, verified=True),
        Identity(scheme=Scheme.PHONE, value=f"+{number}"),
    )
    values = {
        "status": LinkStatus.WANTED,
        "profile": Contact(name=name, identities=identities),
        "source": ConversationRef(endpoint=source, account="1", id=number),
        **changes,
    }
    return Link(endpoint="test", account="test", id="l1", at=AT, **values)


def made(crm, wish):
    """Return the ids of the party and of the opportunity."""
    contact, conversation = crm.deliver(wish, "k1").refs
    return contact.id, conversation.id


def party(tryton, **values):
    """Make a party, as an agent would."""
    return tryton.rest().create("party.party", values, verb="make")


def test_a_person_is_one_party_however_many_make_it_at_the_same_moment(crm, tryton):
    """Of parallel first messages in several conversations each finds what one of them made."""
    wishes = [link(source=f"shop{number}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda wish: made(crm, wish), wishes))
    assert len({one for one, _ in found}) == 1
    assert len({one for _, one in found}) == 6
    parties = tryton.rest().find("party.party", [["name", "=", "Sheena Nelson"]], ["code"], verb="look")
    assert [row["code"] for row in parties] == ["wa_id:16505551234"]


def test_of_parallel_first_posts_none_is_lost_and_none_doubled(crm, tryton):
    """Tryton allows one chat for a record, and refuses whoever makes it a moment later; they try again at once."""
    rest = tryton.rest("key")
    for turn in range(3):
        _, opportunity = made(crm, link(number=f"1650555000{turn}"))
        words = [f"{turn}/{number}" for number in range(12)]

        def say(text, opportunity=int(opportunity)):
            return chat.post(rest, opportunity, text, text, audience=chat.PUBLIC, verb="post")

        with ThreadPoolExecutor(12) as pool:
            numbers = list(pool.map(say, words))
        assert len(set(numbers)) == 12
        assert sorted(text for _, text in tryton.words(opportunity)) == sorted(words)


def test_the_same_conversation_finds_its_opportunity_again(crm):
    """Whoever has forgotten everything makes nothing twice."""
    assert made(crm, link()) == made(crm, link())


@pytest.mark.parametrize("button", ["lost", "cancel"])
def test_what_is_over_is_followed_by_a_new_opportunity_of_the_same_party(shop, tryton, button):
    """The conversation goes on there, and a late answer in the old chat still reaches the customer."""
    shop.phones.write("First")
    old = tryton.opened("First")
    tryton.agent().press(old["id"], button)
    shop.phones.write("Again")
    new = tryton.opened("Again")
    assert new["id"] != old["id"]
    assert new["party"]["id"] == old["party"]["id"]
    tryton.agent().say(new["id"], "Here")
    wait_for("the reply", lambda: len(shop.received()) == 1)
    tryton.agent().say(old["id"], "and there")
    wait_for("the other reply", lambda: len(shop.received()) == 2)
    assert [entry["content"]["body"] for entry in shop.received()] == ["Here", "and there"]
    shop.phones.write("Third")
    assert tryton.opened("Third")["id"] == new["id"]


def test_an_opportunity_goes_on_in_the_states_that_the_settings_call_open(open_shop, tryton):
    """Whoever wants to keep the talk in a lost one names that state."""
    shop = open_shop(more='open_states = ["lead", "lost"]\n')
    shop.phones.write("First")
    old = tryton.opened("First")
    tryton.agent().press(old["id"], "lost")
    shop.phones.write("Again")
    assert tryton.opened("Again")["id"] == old["id"]


def test_a_party_that_was_merged_is_followed(crm, tryton):
    """A new opportunity belongs to the party that took the other's place."""
    old, _ = made(crm, link())
    new = party(tryton, name="Sheena Nelson")
    tryton.agent("admin").merge(int(old), new)
    contact = ContactRef(endpoint="test", account="test", id=old)
    assert made(crm, link(source="other", contact=contact))[0] == str(new)


def test_a_party_that_was_put_away_stays_the_same_person(crm, tryton):
    """Nobody is made twice because somebody tidied up, and nobody is taken out again."""
    old, _ = made(crm, link())
    tryton.rest().write("party.party", int(old), {"active": False}, verb="put away")
    assert made(crm, link(source="other"))[0] == old


def test_a_known_number_is_recognised(crm, tryton):
    """The number that WhatsApp vouches for names the customer whom the business has already; two of them are nobody."""
    mechanisms = [["create", [{"type": "mobile", "value": "+16505551234"}]]]
    known = party(tryton, name="S. Nelson", contact_mechanisms=mechanisms)
    assert made(crm, link())[0] == str(known)
    assert made(crm, link(source="other"))[0] == str(known)
    twins = [["create", [{"type": "phone", "value": "+16315558151"}]]]
    both = {party(tryton, name=name, contact_mechanisms=twins) for name in ("Pablo", "Morales")}
    assert int(made(crm, link(number="16315558151"))[0]) not in both


@pytest.mark.parametrize("name", ["シーナ・ネルソン 🌸", "شينا نيلسون", "'Sheena' \\ <b>Nelson</b>", "x" * 3000])
def test_names_of_every_kind_arrive_as_they_are(crm, tryton, name):
    """In every script, with quotes and of any length."""
    number, _ = made(crm, link(name=name))
    row = tryton.rest().first("party.party", [["id", "=", int(number)]], ["name"], verb="look")
    assert row["name"] == name


def test_mapped_fields_fill_what_is_empty_and_nothing_else(open_shop, tryton):
    """An agent's own words are not written over by the next message."""
    rules = """
[[routes.map.sales]]
to = "opportunity.comment"
from = "event.text"

[[routes.map.sales]]
to = "contact.website"
value = "https://example.com/"

[[routes.map.sales]]
to = "opportunity.employee"
value = "Agent Two"
"""
    shop = open_shop(rules=rules)
    shop.phones.write("First")
    opportunity = tryton.opened("First")
    assert opportunity["employee"] == tryton.told["employees"][1]
    shop.phones.write("Second")
    tryton.opened("Second")
    fields = ["comment", "party.website"]
    row = tryton.rest().first("sale.opportunity", [["id", "=", opportunity["id"]]], fields, verb="look")
    assert (row["comment"], row["party"]["website"]) == ("First", "https://example.com/")


def test_a_handover_is_told_to_the_agents_and_assigned(crm, tryton):
    """They read who answered before and why; the mapped employee has it now."""
    _, opportunity = made(crm, link())
    handover = Handover(
        endpoint="test",
        account="test",
        id="h1",
        at=AT,
        conversation=ConversationRef(endpoint="test", account="test", id=opportunity),
        action=HandoverAction.PASS,
        previous_owner="faq_bot",
        new_owner="sales",
        summary="Wants a monstera",
        fields={"opportunity.employee": "Agent One"},
    )
    crm.deliver(handover, "k2")
    (row,) = tryton.chat(opportunity)
    assert (row["audience"], row["content"]) == ("internal", "[pass] faq_bot → sales\nWants a monstera")
    assert tryton.opportunities()[0]["employee"] == tryton.told["employees"][0]


def test_nothing_of_other_opportunities_and_other_gateways_is_sent(shop, tryton):
    """What agents say to a customer of somebody else, and what another gateway posts, reaches no phone of ours."""
    shop.phones.write("Hello")
    ours = tryton.opened("Hello")
    rest = tryton.rest()
    values = {"party": ours["party"]["id"], "company": tryton.told["company"], "description": "by hand"}
    foreign = rest.create("sale.opportunity", values, verb="make")
    tryton.agent().say(foreign, "not for a phone")
    chat.post(rest, ours["id"], "of another gateway", "other-1/1", audience=chat.PUBLIC, verb="post")
    tryton.agent().say(ours["id"], "for the phone")
    wait_for("the reply", shop.received)
    assert [entry["content"]["body"] for entry in shop.received()] == ["for the phone"]
    assert [row["audience"] for row in tryton.chat(foreign)] == ["public"]


def test_two_gateways_share_a_tryton(open_shop, tryton):
    """With a user each, one party of a person they both know, and every answer to the phone that it belongs to."""
    first, second = open_shop("first"), open_shop("second", user="second")
    first.phones.write("to the first")
    mine = tryton.opened("to the first")
    second.phones.write("to the second")
    theirs = tryton.opened("to the second")
    assert mine["id"] != theirs["id"]
    assert mine["party"]["id"] == theirs["party"]["id"]
    for turn in range(3):
        tryton.agent().say(mine["id"], f"first {turn}")
        tryton.agent().say(theirs["id"], f"second {turn}")
    for shop, name in ((first, "first"), (second, "second")):
        wait_for("the answers", lambda one=shop: len(one.received()) == 3)
        assert [entry["content"]["body"] for entry in shop.received()] == [f"{name} {turn}" for turn in range(3)]
    assert {row["audience"] for one in (mine, theirs) for row in tryton.chat(one["id"])} == {"public"}


def test_the_check_finds_everything_in_place(crm):
    """With the rights that the documentation names, and no more, nothing is missing."""
    found = list(crm.check())
    assert [one.level for one in found] == ["ok"] * 4, found
    assert "Lucky Shrub, in EUR" in " ".join(one.text for one in found)


def test_the_check_names_mapped_fields_that_do_not_exist(crm):
    """Before the first message needs them."""
    targets = ("contact.lang", "opportunity.comment", "contact.shoe_size", "opportunity.colour")
    found = [one.text for one in crm.check(targets) if one.level == "error"]
    assert [text.split(";")[0] for text in found] == [
        "party.party has no field shoe_size",
        "sale.opportunity has no field colour",
    ]


def test_words_of_others_are_marked(crm, tryton):
    """Who reads the chat sees what the customer said and what a bot answered."""
    _, opportunity = made(crm, link())
    message = Message(
        endpoint="test",
        account="test",
        id="m1",
        at=AT,
        conversation=ConversationRef(endpoint="test", account="test", id=opportunity),
        origin=Origin.BOT,
        parts=(Text(body="We open at nine"),),
    )
    crm.deliver(message, "k3")
    assert tryton.words(opportunity) == [("gateway", "[bot]\nWe open at nine")]
