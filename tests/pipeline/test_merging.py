"""Who is one person with whom: by proof, by what an end says; each merge is told, and can be undone exactly."""

import peers
import pytest
from gateways import AT, TWO_ENDS, item, message, reply, webhook

from connectors_core.model import Contact, ContactRef, ConversationRef, Done, Identity, Link, LinkStatus
from connectors_core.store import merges

BRANCH = """
[endpoints.branch]
type = "phone"
app = "exchange"
number = "200"

[[routes]]
between = ["branch", "desk"]
"""
STREET = ConversationRef(endpoint="branch", account="200", id="bob")


def claims(*addresses, name="", scheme="phone", sure=False):
    """Return a profile with addresses that nobody vouches for, unless `sure`."""
    found = tuple(Identity(scheme=scheme, value=value, verified=sure) for value in addresses)
    return Contact(name=name, identities=found)


def at_desk(number):
    """Return what the desk calls somebody."""
    return ContactRef(endpoint="desk", account="desk", id=number)


def says(status, one, two, id_="", **changes):
    """Return a link about two people of the desk."""
    values = {"endpoint": "desk", "account": "desk", "id": id_ or f"{status}-{one}-{two}", "at": AT, "status": status}
    return Link(**{**values, "contact": at_desk(one), "other": at_desk(two), **changes})


def login(status, customer, id_="", **changes):
    """Return a link that ties the chat of Bob to a customer of the desk."""
    values = {"endpoint": "desk", "account": "desk", "id": id_ or f"{status}-{customer}", "at": AT, "status": status}
    values |= {"conversation": STREET, "contact": at_desk(customer), "reason": "login"}
    return Link(**{**values, **changes})


class Town:
    """A house with two channels, whose desk calls people 1, 2, 3 in the order in which they write."""

    def __init__(self, house, *, names=True):
        """Let the desk give names, or none until it is asked to."""
        self.house = house
        self.known = {}
        self.names = names
        peers.of("desk").always("send", self._named)

    def _named(self, told, _key):
        if not self.names or told.source is None:
            return Done()
        number = self.known.setdefault(told.source.id, str(len(self.known) + 1))
        return Done(refs=[at_desk(number)])

    def writes(self, person, id_, **changes):
        """Let somebody write to the shop, or to the branch, and let everybody hear of it."""
        account = {"shop": "100", "branch": "200"}[changes.setdefault("endpoint", "shop")]
        told = message(id_, person=person, account=account, **changes)
        self.house.journal("exchange", webhook(item(told, account=account)))
        self.house.read("exchange")
        self.house.work()

    def both(self, **changes):
        """Let Ann write to the shop and Bob to the branch; each claims the same number unless `changes` say more."""
        profile = claims("+447700900123")
        self.writes("ann", "m1", profile=profile, **changes)
        self.writes("bob", "m2", endpoint="branch", profile=profile, **changes)

    def told(self, *links):
        """Let the desk say something, and let everybody hear of it."""
        self.house.tell(*links)
        self.house.work()

    def sweep(self, after=5.0):
        """Let everybody be told who could not be told before, some seconds later."""
        self.house.later(after)
        self.house.sweep()

    def heard(self):
        """Return what the desk was told of who is who."""
        links = [one for one in peers.of("desk").told("link_account") if one.other is not None]
        return [(str(one.status), one.contact.id, one.other.id, one.reason) for one in links]

    def forest(self):
        """Return the parent of each contact, by its number in the order of age."""
        ids = [row.id for row in sorted(self.house.rows("contacts"), key=lambda row: row.id)]
        parents = {row.id: row.merged_into for row in self.house.rows("contacts")}
        return [ids.index(parents[one]) if parents[one] is not None else None for one in ids]

    def states(self):
        """Return the states of all merges."""
        return [row.state for row in sorted(self.house.rows("merges"), key=lambda row: row.id)]


@pytest.fixture
def town(open_house):
    """Give two channels and a desk."""
    return Town(open_house(TWO_ENDS + BRANCH))


def test_an_equal_number_proposes_and_merges_nobody(town):
    """What somebody types is no proof: the desk is asked, in its own names."""
    town.both()
    assert (town.forest(), town.states()) == ([None, None], ["proposed"])
    town.sweep()
    assert town.heard() == [("proposed", "1", "2", "phone")]


def test_a_claim_of_somebody_elses_number_gets_nothing(town):
    """An attacker who claims a verified number is neither merged nor told; the victim's chat is untouched."""
    town.writes("ann", "m1", profile=claims("+447700900123", name="Ann", sure=True))
    town.writes("mallory", "m2", endpoint="branch", profile=claims("+447700900123", name="Mallory"))
    town.sweep()
    assert town.forest() == [None, None]
    assert peers.of("branch").calls == peers.of("shop").calls == []
    assert peers.of("desk").told()[-1].profile.name == "Mallory"
    town.house.tell(reply("r1", person="ann"))
    town.house.work()
    assert (peers.of("shop").texts(), peers.of("branch").texts()) == (["hi"], [])


def test_what_an_attacker_claims_later_merges_nobody_either(town):
    """Nor when a bot collected the number in the chat and calls it verified: it is somebody else's conversation."""
    town.writes("ann", "m1", profile=claims("+447700900123", sure=True))
    town.writes("mallory", "m2", endpoint="branch", profile=None)
    street = ConversationRef(endpoint="branch", account="200", id="mallory")
    news = {"endpoint": "desk", "account": "desk", "at": AT, "status": LinkStatus.CHANGED, "conversation": street}
    town.told(Link(**news, id="c1", profile=claims("+447700900123", name="Mal", sure=True)))
    assert town.forest() == [None, None]
    assert town.states() == ["proposed"]
    assert [row.verified for row in town.house.rows("identities")] == [True, False]
    assert [row.name for row in town.house.rows("contacts")] == ["", "Mal"]


def test_the_desk_accepts_and_undoes(town):
    """Accepting joins two trees; undoing cuts that edge, and the two are never proposed again for the same reason."""
    town.both()
    town.sweep()
    town.told(says("linked", "1", "2", reason="agent"))
    assert (town.forest(), town.states()) == ([None, 0], ["merged"])
    town.told(says("unlinked", "1", "2"))
    assert (town.forest(), town.states()) == ([None, None], ["undone"])
    assert [one[0] for one in town.heard()] == ["proposed", "linked", "unlinked"]
    town.writes("ann", "m3", profile=claims("+44 7700 900123"))
    assert town.states() == ["undone"]


def test_the_desk_declines(town):
    """The question is answered once and for all."""
    town.both()
    town.sweep()
    town.told(says("declined", "1", "2"))
    town.told(says("declined", "1", "2", id_="again"))
    town.writes("ann", "m3", profile=claims("+44 7700 900123"))
    assert (town.forest(), town.states()) == ([None, None], ["declined"])
    assert [one[0] for one in town.heard()] == ["proposed", "declined"]


def test_an_end_hears_of_it_when_it_has_names_for_both(town):
    """Who is nobody at the desk yet cannot be proposed there; later it is."""
    town.names = False
    town.both()
    town.sweep()
    assert town.heard() == []
    town.names = True
    town.writes("ann", "m3")
    town.writes("bob", "m4", endpoint="branch")
    town.sweep(after=60.0)
    assert town.heard() == [("proposed", "1", "2", "phone")]
    assert town.house.rows("merge_news") == []


def test_replies_go_back_where_they_came_from(town):
    """Merge, reply, undo, reply: each conversation keeps the identity that wrote."""
    town.both()
    for number, status in enumerate(["linked", "unlinked"]):
        town.told(says(status, "1", "2"))
        town.house.tell(reply(f"a{number}", "to ann"), reply(f"b{number}", "to bob", conversation=STREET))
        town.house.work()
    assert peers.of("shop").texts() == ["to ann"] * 2
    assert peers.of("branch").texts() == ["to bob"] * 2
    assert [one.contact.id for one in peers.of("shop").told()] == ["ann"] * 2


def test_a_log_in_makes_the_chat_a_part_of_the_customer(town):
    """Whom nobody has met yet becomes a contact of its own, so that the log-out has something to cut."""
    town.writes("bob", "m1", endpoint="branch")
    town.told(login("linked", "17", profile=Contact(name="Pablo Morales")))
    assert town.forest() == [1, None]
    assert town.heard() == [("linked", "17", "1", "login")]
    town.told(login("linked", "17", id_="again"))
    assert town.states() == ["merged"]
    town.told(login("unlinked", "17"))
    assert (town.forest(), town.states()) == ([None, None], ["undone"])
    assert town.heard()[-1] == ("unlinked", "17", "1", "login")


def test_two_chats_of_one_customer_are_one_person(town):
    """Logged in from both, seen as one, and one log-out takes one chat away."""
    town.both()
    town.told(login("linked", "17", id_="l1", conversation=message("m1").conversation), login("linked", "17", id_="l2"))
    assert town.forest() == [2, 2, None]
    with town.house.store.read() as db:
        ann = min(row.id for row in town.house.rows("contacts"))
        assert len(merges.groups_of(db, [ann])[ann]) == 3
    town.told(login("unlinked", "17"))
    assert town.forest() == [2, None, None]


def test_a_plain_link_is_a_name_and_no_merge(town):
    """A CRM that says what it calls somebody for whom it had no name has joined nobody."""
    town.names = False
    town.writes("bob", "m1", endpoint="branch")
    town.told(login("linked", "17", reason=""))
    assert (town.forest(), town.states()) == ([None], [])
    town.writes("bob", "m2", endpoint="branch")
    assert peers.of("desk").told()[-1].contact == at_desk("17")


def test_another_customer_of_the_same_chat_is_merged(town):
    """The desk has called Bob something else: what it says now joins the two, and can be undone."""
    town.writes("bob", "m1", endpoint="branch")
    town.told(login("linked", "17", reason=""))
    assert (town.forest(), town.house.rows("merges")[0].reason) == ([1, None], "agent")


@pytest.mark.parametrize(
    ("link", "why"),
    [
        (says("linked", "1", "99"), "never told of"),
        (says("linked", "1", "2", other=ContactRef(endpoint="branch", account="200", id="bob")), "calls them itself"),
        (says("proposed", "1", "2"), "cannot propose"),
        (login("linked", "1", conversation=ConversationRef(endpoint="else", account="1", id="x")), "no route joins"),
        (login("linked", "1", contact=ContactRef(endpoint="branch", account="200", id="bob")), None),
    ],
)
def test_an_end_speaks_of_its_own_people_alone(town, link, why):
    """What is forged or unknown merges nobody, and is parked with the reason."""
    town.both()
    town.told(link)
    assert set(town.forest()) == {None}
    if why is not None:
        assert [why in row.text for row in town.house.rows("parked")] == [True]


def test_a_verified_address_merges_two_who_are_known(town):
    """Both platforms vouch for it; as a merge it can be undone, and then it is not made again."""
    town.writes("ann", "m1", profile=None)
    town.writes("bob", "m2", endpoint="branch", profile=claims("k@x.org", scheme="email", sure=True))
    town.writes("ann", "m3", profile=claims("k@x.org", scheme="email", sure=True))
    assert (town.forest(), town.house.rows("merges")[0].reason) == ([None, 0], "platform")
    town.told(says("unlinked", "1", "2"))
    town.writes("ann", "m4", profile=claims("k@x.org", scheme="email", sure=True))
    assert (town.forest(), town.states()) == ([None, None], ["undone"])
    town.writes("ann", "m5", profile=claims("9", scheme="badge", sure=True))
    town.writes("bob", "m6", endpoint="branch", profile=claims("9", scheme="badge", sure=True))
    assert (town.forest(), town.states()) == ([None, None], ["undone", "proposed"])


def test_a_number_that_many_claim_proposes_few(town):
    """The sixth to claim it is nobody's namesake, so that claims cannot flood the desk."""
    for number in range(12):
        town.writes(f"p{number}", f"m{number}", profile=claims("+447700900123"))
    assert len(town.house.rows("match_keys")) == 5
    assert len(town.house.rows("merges")) == 10


def test_nobody_claims_addresses_without_end(town):
    """A contact keeps so many claims and no more."""
    for number in range(40):
        town.writes("ann", f"m{number}", profile=claims(f"+4477009001{number:02}"))
    assert len(town.house.rows("identities")) == 32


def test_nobody_is_more_contacts_than_a_person_can_be(town, monkeypatch):
    """A merge beyond the limit is refused with what to do."""
    monkeypatch.setattr("connectors_core.pipeline.kinship.MOST_MEMBERS", 2)
    for number in range(3):
        town.writes(f"p{number}", f"m{number}")
    town.told(says("linked", "1", "2"), says("linked", "2", "3"))
    assert town.forest() == [None, 0, None]
    assert ["undo merges" in row.text for row in town.house.rows("parked")] == [True]


def test_the_mapping_document_reads_the_whole_person(open_house):
    """A rule that fills the CRM's phone finds the number that the person's other chat told."""
    rules = '\n[[routes.map.desk]]\nto = "note"\nfrom = "contact.phones[0]"\n'
    town = Town(open_house(TWO_ENDS + rules + BRANCH))
    town.writes("ann", "m1", profile=None)
    town.writes("bob", "m2", endpoint="branch", profile=claims("+447700900123"))
    town.told(says("linked", "1", "2"))
    town.writes("ann", "m3", profile=None)
    assert [one.fields.get("note") for one in peers.of("desk").told()][-1] == "+447700900123"
