"""One person stays one person: user ids without numbers, users who hide their number, new numbers, parents of ids."""

import json

import peers
import pytest
from gateways import AT

from connectors_core.model import ContactRef, ConversationRef, Done, Link, LinkStatus, Message, Origin, Text

SETTINGS = """
[apps.meta]
type = "meta"
app_secret = { env = "STAMP" }
verify_token = { env = "STAMP" }

[endpoints.shop]
type = "whatsapp"
app = "meta"
phone_number_id = "106540352242922"
access_token = { env = "TOKEN" }

[endpoints.branch]
type = "whatsapp"
app = "meta"
phone_number_id = "106540352242999"
access_token = { env = "TOKEN" }

[endpoints.desk]
type = "desk"
token = { env = "TOKEN" }

[[routes]]
between = ["shop", "desk"]

[[routes]]
between = ["branch", "desk"]
"""
OLD, NEW, USER, NEW_USER = "16505551234", "12195555358", "US.13491208655302741918", "US.98765432109876543210"
PARENT = "US.ENT.11815799212886844830"


def webhook(number, message, account="106540352242922", **contact):
    """Return the body of a webhook with one message."""
    base = {"id": f"wamid.{number}", "timestamp": str(1749416383 + number)}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": account},
        "messages": [{**base, **message}],
    }
    if contact:
        value["contacts"] = [contact]
    change = {"field": "messages", "value": value}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1022", "changes": [change]}]}).encode()


def words(number, account="106540352242922", name="Sheena Nelson", **who):
    """Return a text of somebody: `who` is any of wa_id, user_id, parent_user_id."""
    text = {"type": "text", "text": {"body": f"words {number}"}}
    ids = {"from": "wa_id", "from_user_id": "user_id", "from_parent_user_id": "parent_user_id"}
    sender = {key: who[its] for key, its in ids.items() if its in who}
    return webhook(number, {**text, **sender}, account, profile={"name": name}, **who)


def changed(number, **system):
    """Return the system message of a new number."""
    told = {"body": "User changed number", "type": "user_changed_number", **system}
    return webhook(number, {"type": "system", "from": OLD, "system": told})


CHANGE = {"wa_id": NEW, "user_id": NEW_USER, "previous_user_id": USER}


class Street:
    """A house whose WhatsApp has two numbers, and whose desk gives everybody a number."""

    def __init__(self, house):
        """Nobody is known."""
        self.house = house
        self.known = {}
        peers.of("desk").always("send", self._named)

    def _named(self, told, _key):
        number = self.known.setdefault(told.source.id, str(len(self.known) + 1))
        return Done(refs=[ContactRef(endpoint="desk", account="desk", id=number)])

    def hears(self, *bodies):
        """Let webhooks arrive, and everybody hear of them."""
        for body in bodies:
            self.house.journal("meta", body)
            self.house.read("meta")
            self.house.work()
        self.house.later(5.0)
        self.house.sweep()

    @property
    def people(self):
        """How many people there are: contacts that are part of no other."""
        return sum(row.merged_into is None for row in self.house.rows("contacts"))

    @property
    def names(self):
        """By what names the people are known at the two numbers."""
        return {row.external_id for row in self.house.rows("links", noun="contact") if row.endpoint != "desk"}

    @property
    def identities(self):
        """The verified addresses of all."""
        return {row.value for row in self.house.rows("identities") if row.verified}


@pytest.fixture
def street(open_house):
    """Give the house."""
    return Street(open_house(SETTINGS))


def test_a_user_id_first_and_the_number_later(street):
    """What came without a number is the same person's as what comes with it."""
    street.hears(words(1, user_id=USER), words(2, wa_id=OLD, user_id=USER), words(3, wa_id=OLD))
    assert (street.people, len(street.house.rows("contacts")), len(street.house.rows("conversations"))) == (1, 1, 1)
    assert street.names == street.identities == {OLD, USER}


def test_somebody_hides_the_number(street):
    """Who takes a user name writes without a number from then on, in the same conversation."""
    street.hears(words(1, wa_id=OLD, user_id=USER), words(2, user_id=USER))
    assert (len(street.house.rows("contacts")), len(street.house.rows("conversations"))) == (1, 1)
    assert street.identities == {OLD, USER}


def test_a_number_and_a_user_id_that_were_met_apart_are_joined(street):
    """As soon as one webhook has both; each conversation keeps the name that wrote."""
    street.hears(words(1, wa_id=OLD), words(2, user_id=USER))
    assert street.people == 2
    street.hears(words(3, wa_id=OLD, user_id=USER))
    assert street.people == 1
    (merge,) = street.house.rows("merges")
    assert (merge.state, merge.reason) == ("merged", "platform")
    told = [one for one in peers.of("desk").told("link_account") if one.other is not None]
    assert [(one.status, one.contact.id, one.other.id) for one in told] == [(LinkStatus.LINKED, "1", "2")]
    assert [row.external_id for row in street.house.rows("conversations")] == [OLD, USER]


@pytest.mark.parametrize("order", ["change first", "new id first", "change only", "new number first"])
def test_a_new_number(street, order):
    """One person with both numbers and all names, whatever comes first."""
    old, new = words(1, wa_id=OLD, user_id=USER), words(3, wa_id=NEW, user_id=NEW_USER)
    orders = {
        "change first": [old, changed(2, **CHANGE), new],
        "new id first": [old, new, changed(2, **CHANGE)],
        "change only": [changed(2, **CHANGE), new, old],
        "new number first": [new, changed(2, **CHANGE), old],
    }
    street.hears(*orders[order])
    assert street.people == 1
    assert street.names == {OLD, NEW, USER, NEW_USER}
    assert {OLD, NEW, NEW_USER} <= street.identities


def test_a_new_number_is_told_to_the_desk(street):
    """With the address of before, and the new ones."""
    street.hears(words(1, wa_id=OLD, user_id=USER), changed(2, **CHANGE))
    (told,) = peers.of("desk").told("link_account")
    assert (told.status, told.previous.value, told.contact.id) == (LinkStatus.CHANGED, OLD, "1")


def test_a_parent_id_joins_two_portfolios(street):
    """The same person at two numbers of linked portfolios has another user id at each, and one parent."""
    street.hears(words(1, user_id=USER, parent_user_id=PARENT))
    street.hears(words(2, account="106540352242999", user_id=NEW_USER, parent_user_id=PARENT))
    assert (street.people, len(street.house.rows("conversations"))) == (1, 2)
    assert street.identities == {USER, NEW_USER, PARENT}


def test_a_parent_id_that_is_told_later_merges(street):
    """Both portfolios vouch for it; each chat keeps its own user id."""
    street.hears(words(1, user_id=USER), words(2, account="106540352242999", user_id=NEW_USER))
    assert street.people == 2
    street.hears(words(3, user_id=USER, parent_user_id=PARENT))
    street.hears(words(4, account="106540352242999", user_id=NEW_USER, parent_user_id=PARENT))
    assert street.people == 1


def test_brazils_ninth_digit_proposes(street):
    """Two spellings of one number are two people until somebody says otherwise: WhatsApp vouches for each as it is."""
    street.hears(words(1, wa_id="5511987654321"), words(2, account="106540352242999", wa_id="551187654321"))
    assert street.people == 2
    assert [(row.state, row.reason) for row in street.house.rows("merges")] == [("proposed", "phone")]


def test_a_reply_after_a_merge_goes_to_the_id_that_wrote(street):
    """Two met apart, joined, and split again: each conversation is answered where it is."""
    street.hears(words(1, wa_id=OLD), words(2, user_id=USER), words(3, wa_id=OLD, user_id=USER))
    rows = street.house.rows("conversations")
    before = [(row.endpoint, row.external_id) for row in rows]
    two = {"contact": ContactRef(endpoint="desk", account="desk", id="1")}
    two |= {"other": ContactRef(endpoint="desk", account="desk", id="2")}
    undo = Link(endpoint="desk", account="desk", id="u", at=AT, status=LinkStatus.UNLINKED, **two)
    street.house.tell(undo)
    assert street.people == 2
    here = {"endpoint": "shop", "account": "106540352242922"}
    street.house.tell(
        Message(
            endpoint="desk",
            account="desk",
            id="r1",
            at=AT,
            origin=Origin.AGENT,
            parts=(Text(body="hi"),),
            conversation=ConversationRef(**here, id=USER),
        )
    )
    (reply,) = street.house.rows("deliveries", target="shop")
    event = next(row for row in street.house.rows("events") if row.id == reply.event_id)
    assert event.conversation_id == next(row.id for row in rows if row.external_id == USER)
    assert [(row.endpoint, row.external_id) for row in street.house.rows("conversations")] == before
