"""One person is one contact with one conversation, by whatever names they write; nobody is taken for another."""

from datetime import UTC, datetime

import peers
import pytest
from gateways import AT, TWO_ENDS, item, message, reply, together, webhook

from connectors_core.errors import NoCounterpart, Unreachable
from connectors_core.model import (
    Contact,
    ContactRef,
    ConversationRef,
    Done,
    Handover,
    HandoverAction,
    Identity,
    Link,
    LinkStatus,
)

BRANCH = """
[endpoints.branch]
type = "phone"
app = "exchange"
number = "200"

[[routes]]
between = ["branch", "desk"]
"""


def link(status=LinkStatus.LINKED, person="ann", **changes):
    """Return what the desk tells about the person of a conversation."""
    values = {
        "endpoint": "desk",
        "account": "desk",
        "id": f"l-{status}-{person}",
        "at": AT,
        "status": status,
        "conversation": ConversationRef(endpoint="shop", account="100", id=person),
        "contact": ContactRef(endpoint="desk", account="desk", id="customer-7"),
    }
    return Link(**{**values, **changes})


@pytest.mark.parametrize(
    "names",
    [
        [("bsuid-1", []), ("447700900123", ["bsuid-1"])],
        [("447700900123", []), ("bsuid-1", ["447700900123"])],
        [("447700900123", ["bsuid-1"]), ("bsuid-1", []), ("447700900123", [])],
    ],
)
def test_a_person_with_a_number_and_a_user_id_is_one(house, names):
    """The user id alone first, the number later, then both: one contact, one conversation."""
    for number, (name, aliases) in enumerate(names):
        house.arrive(message(f"m{number}", person=name, aliases=aliases))
    assert len(house.rows("contacts")) == len(house.rows("conversations")) == 1
    assert len({row.lane_id for row in house.rows("deliveries")}) == 1


def test_one_batch_may_introduce_all_names_of_a_person(house):
    """The names join within a batch as they do across batches."""
    first, both = message("m1", person="bsuid-1"), message("m2", person="4477", aliases=["bsuid-1"])
    house.journal("exchange", webhook(item(first, both, message("m3", person="4477"))))
    house.read("exchange")
    assert len(house.rows("contacts")) == len(house.rows("conversations")) == 1


def test_two_first_messages_at_once_open_one_conversation(house):
    """A customer who writes twice in a second has one conversation, whoever reads."""
    for number in range(6):
        house.journal("exchange", webhook(item(message(f"m{number}"))))
    together(*(house.reader("exchange", worker).run_once for worker in (1, 2, 3)))
    house.read("exchange")
    assert len(house.rows("contacts")) == len(house.rows("conversations")) == 1


def test_a_conversation_answers_to_the_identity_that_wrote_last(house):
    """Brazil's ninth digit: the reply goes to the number as it wrote, kept as it came."""
    house.arrive(message("m1", person="5511987654321", aliases=["bsuid-1"]))
    house.arrive(message("m2", person="551187654321", aliases=["bsuid-1"]))
    house.tell(reply("r1", person="5511987654321"))
    house.work()
    (told,) = peers.of("shop").told()
    assert told.conversation == ConversationRef(endpoint="shop", account="100", id="551187654321")
    assert len(house.rows("conversations")) == 1


def test_the_same_person_at_two_accounts_has_two_conversations(open_house):
    """A reply leaves by the number that was written to; ids of two accounts are never mixed."""
    house = open_house(TWO_ENDS + BRANCH)
    house.arrive(message("m1"))
    house.journal("exchange", webhook(item(message("m2", endpoint="branch", account="200"), account="200")))
    house.read("exchange")
    found = [(row.endpoint, row.account) for row in house.rows("conversations")]
    assert found == [("shop", "100"), ("branch", "200")]
    branch = ConversationRef(endpoint="branch", account="200", id="ann")
    house.tell(reply("r1", conversation=branch))
    house.work()
    assert (peers.of("shop").texts(), peers.of("branch").texts()) == ([], ["hi"])


def verified(value, *, sure=True):
    """Return a profile with an address."""
    return Contact(name="Ann", identities=(Identity(scheme="phone", value=value, verified=sure),))


def test_a_verified_address_brings_two_accounts_of_a_person_together(open_house):
    """The platform vouches for the number: one contact, still two conversations."""
    house = open_house(TWO_ENDS + BRANCH)
    house.arrive(message("m1", profile=verified("+447700900123")))
    other = message("m2", endpoint="branch", account="200", profile=verified("+447700900123"))
    house.journal("exchange", webhook(item(other, account="200")))
    house.read("exchange")
    assert (len(house.rows("contacts")), len(house.rows("conversations"))) == (1, 2)
    assert len(house.rows("identities")) == 1


def test_an_unverified_address_merges_nobody(open_house):
    """What somebody typed is no proof of who they are."""
    house = open_house(TWO_ENDS + BRANCH)
    house.arrive(message("m1", profile=verified("+447700900123", sure=False)))
    other = message("m2", endpoint="branch", account="200", profile=verified("+447700900123", sure=False))
    house.journal("exchange", webhook(item(other, account="200")))
    house.read("exchange")
    assert len(house.rows("contacts")) == 2


def test_a_person_without_a_profile_is_a_person(house):
    """Names and numbers are optional; the id of the platform is enough."""
    house.arrive(message("m1", profile=None))
    (contact,) = house.rows("contacts")
    assert (contact.name, contact.username) == ("", "")
    house.work()
    assert peers.of("desk").texts() == ["hello"]


def test_an_event_without_conversation_or_person_is_stored(house):
    """Some news concern an account alone."""
    house.arrive(message("m1", conversation=None, contact=None, profile=None))
    (event,) = house.rows("events")
    assert (event.conversation_id, event.contact_id) == (None, None)
    house.work()
    assert peers.of("desk").texts() == ["hello"]


def test_a_link_from_the_crm_ties_its_id_to_the_person(house):
    """From then on every message names the person as the CRM does."""
    house.arrive(message("m1"))
    house.tell(link())
    house.arrive(message("m2"))
    house.work()
    first, second = peers.of("desk").told()
    assert second.contact == ContactRef(endpoint="desk", account="desk", id="customer-7")
    assert second.conversation is None
    assert len(house.rows("contacts")) == 1
    assert first.id == "m1"


def test_a_link_that_is_undone_or_names_nobody_ties_nothing(house):
    """`unlinked` gives nobody a name, and a link about an unknown conversation is parked."""
    house.arrive(message("m1"))
    house.tell(link(LinkStatus.UNLINKED), link(person="stranger"))
    assert [row.external_id for row in house.rows("links", endpoint="desk")] == []
    assert [row.reason for row in house.rows("parked")] == ["unrouted"]


def test_a_person_unknown_at_the_crm_is_made_there_once(house):
    """`send` says that nobody is there: `link_account` makes the person, and `send` goes out again."""
    desk = peers.of("desk")
    person = ContactRef(endpoint="desk", account="desk", id="customer-1")
    talk = ConversationRef(endpoint="desk", account="desk", id="talk-1")
    desk.answers("send", NoCounterpart())
    desk.answers("link_account", Done(refs=[person, talk]))
    house.arrive(message("m1"), message("m2"))
    house.work()
    assert [call.verb for call in desk.calls] == ["send", "link_account", "send", "send"]
    (wanted,) = desk.told("link_account")
    assert (wanted.status, wanted.source) == (
        LinkStatus.WANTED,
        ConversationRef(endpoint="shop", account="100", id="ann"),
    )
    assert [(one.contact, one.conversation) for one in desk.told()[1:]] == [(person, talk)] * 2
    assert desk.keys()[0] == desk.keys()[1] != desk.keys("link_account")[0]


def test_a_person_who_was_made_is_not_made_again_when_the_send_fails(house):
    """The link is stored although the message did not go out: its next attempt finds the person."""
    desk = peers.of("desk")
    person = ContactRef(endpoint="desk", account="desk", id="customer-1")
    desk.answers("send", NoCounterpart(), Unreachable())
    desk.answers("link_account", Done(refs=[person]))
    house.arrive(message("m1"))
    house.work()
    assert house.states() == ["waiting"]
    house.later(60)
    house.work()
    assert [call.verb for call in desk.calls] == ["send", "link_account", "send", "send"]
    assert desk.told()[-1].contact == person


def test_nobody_is_made_where_the_connector_cannot(house):
    """A channel without `link_account` refuses, and the agent is told."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    peers.of("shop").answers("send", NoCounterpart("Ann has left"))
    house.work()
    assert house.states(target="shop") == ["refused"]
    assert house.status("r1") == "failed"


def test_a_link_that_is_wanted_arrives_with_the_whole_person(open_house):
    """A target that gets a link without a profile is told what the store knows of the person."""
    house = open_house(TWO_ENDS)
    house.arrive(message("m1", profile=verified("+447700900123")))
    at_home = {"endpoint": "shop", "account": "100"}
    wanted = link(
        LinkStatus.CHANGED,
        **at_home,
        contact=ContactRef(**at_home, id="ann"),
        previous=Identity(scheme="wa_id", value="4477"),
    )
    house.arrive(wanted)
    house.work()
    (told,) = peers.of("desk").told("link_account")
    assert told.profile.name == "Ann"
    assert [one.value for one in told.profile.identities] == ["+447700900123", "4477"]


def test_a_handover_reaches_the_ends_that_know_what_it_is(house):
    """The desk is told that control moved; the shop's channel has no such hook and is left alone."""
    common = {"at": datetime.now(UTC), "conversation": message("m1").conversation}
    house.arrive(message("m1"))
    taken = {"action": HandoverAction.TAKE, "new_owner": "77", "metadata": "a complaint"}
    house.arrive(Handover(endpoint="shop", account="100", id="h1", **taken, **common))
    house.tell(Handover(endpoint="desk", account="desk", id="h2", action=HandoverAction.RELEASE, **common))
    house.work()
    told = [(one.new_owner, one.metadata) for one in peers.of("desk").told("hand_over")]
    assert told == [("other", "a complaint"), ("other", "")]
    assert {row.target for row in house.rows("deliveries", verb="hand_over")} == {"desk"}
