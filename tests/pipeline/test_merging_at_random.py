"""Whatever comes in whatever order: nothing of anybody moves, nothing closes a circle, and everything can be undone."""

import random

import pytest
from gateways import AT, TWO_ENDS, item, message, together, webhook

from connectors_core.model import Contact, ContactRef, Identity, Link, LinkStatus
from connectors_core.store import journal, merges, people

BRANCH = """
[endpoints.branch]
type = "phone"
app = "exchange"
number = "200"

[[routes]]
between = ["branch", "desk"]
"""
PERSONS = [f"p{number}" for number in range(8)]
ACCOUNTS = {"shop": "100", "branch": "200"}
CLAIMS = [Identity(scheme="phone", value=f"+44770090012{number}") for number in range(3)]
PROOFS = [Identity(scheme="email", value=f"k{number}@example.com", verified=True) for number in range(3)]


class World:
    """A house with people, and what has to stay as it was."""

    def __init__(self, house, seed):
        """Let everybody write once; the desk calls them by their own names."""
        self.house = house
        self.random = random.Random(seed)
        self.count = 0
        self.at = {person: self.random.choice(["shop", "branch"]) for person in PERSONS}
        for person in PERSONS:
            self.writes(person, ())
        with house.store.write() as db:
            rows = list(house.rows("links", noun="contact"))
            people.add_links(db, [((people.CONTACT, "desk", "desk", row.external_id), row.local_id) for row in rows])
        self.homes = self.conversations()
        self.leaves = {row.external_id: row.local_id for row in house.rows("links", noun="contact", endpoint="desk")}

    def writes(self, person, identities):
        """Let somebody write, with addresses."""
        self.count += 1
        endpoint = self.at[person]
        profile = Contact(name=person, identities=tuple(identities))
        told = message(f"m{self.count}", person=person, endpoint=endpoint, account=ACCOUNTS[endpoint], profile=profile)
        self.house.journal("exchange", webhook(item(told, account=ACCOUNTS[endpoint])))
        self.house.read("exchange")

    def says(self, status, one, two):
        """Let the desk say something of two people."""
        self.count += 1
        contact, other = (ContactRef(endpoint="desk", account="desk", id=name) for name in (one, two))
        values = {"endpoint": "desk", "account": "desk", "id": f"l{self.count}", "at": AT, "status": status}
        self.house.tell(Link(**values, contact=contact, other=other))

    def step(self):
        """Do one thing at random."""
        pair = self.random.sample(PERSONS, 2)
        match self.random.randrange(6):
            case 0:
                self.writes(pair[0], [self.random.choice(CLAIMS)])
            case 1:
                self.writes(pair[0], [self.random.choice(PROOFS)])
            case 2 | 3:
                self.says(LinkStatus.LINKED, *pair)
            case 4:
                self.says(LinkStatus.UNLINKED, *pair)
            case 5:
                self.says(LinkStatus.DECLINED, *pair)

    def conversations(self):
        """Return who and where each conversation is answered."""
        found = self.house.rows("conversations")
        return sorted((row.id, row.contact_id, row.endpoint, row.account, row.external_id) for row in found)

    def check(self, addresses):
        """Fail where anything moved, or where the edges and what they rest on tell two stories."""
        rows = self.house.rows("contacts")
        parents = {row.id: row.merged_into for row in rows if row.merged_into is not None}
        for row in rows:
            chain = merges.chain(parents, row.id)
            assert len(set(chain)) == len(chain) <= len(PERSONS), "a circle"
        active = {row.loser_id: row.winner_id for row in self.house.rows("merges") if row.state == merges.MERGED}
        assert active == parents
        assert all(row.reason in ("platform", "agent") for row in self.house.rows("merges") if row.loser_id)
        assert self.conversations() == self.homes
        found = {row.external_id: row.local_id for row in self.house.rows("links", noun="contact", endpoint="desk")}
        assert found == self.leaves
        now = {(row.contact_id, row.scheme, row.value, row.verified) for row in self.house.rows("identities")}
        assert addresses <= now, "an address left its contact"
        return now


@pytest.mark.parametrize("seed", range(5))
def test_any_order_keeps_everything_where_it_was(open_house, seed):
    """Forty things at random; then every merge is undone, and the forest is that of the beginning."""
    world = World(open_house(TWO_ENDS + BRANCH), seed)
    addresses = set()
    for _ in range(40):
        world.step()
        addresses = world.check(addresses)
    assert any(row.state == merges.UNDONE for row in world.house.rows("merges"))
    named = {leaf: name for name, leaf in world.leaves.items()}
    for row in sorted(world.house.rows("merges"), key=lambda _: world.random.random()):
        if row.state == merges.MERGED:
            world.says(LinkStatus.UNLINKED, named[row.contact_id], named[row.other_id])
    for person in PERSONS:
        for other in PERSONS:
            world.says(LinkStatus.UNLINKED, person, other)
    assert {row.merged_into for row in world.house.rows("contacts")} == {None}
    world.check(addresses)


@pytest.mark.parametrize("seed", range(3))
def test_claims_alone_merge_nobody(open_house, seed):
    """However many, in whatever order."""
    world = World(open_house(TWO_ENDS + BRANCH), seed)
    for _ in range(25):
        claims = [Identity(scheme=one.scheme, value=one.value) for one in world.random.sample(CLAIMS + PROOFS, 2)]
        world.writes(world.random.choice(PERSONS), claims)
    assert {row.merged_into for row in world.house.rows("contacts")} == {None}
    assert {row.state for row in world.house.rows("merges")} == {merges.PROPOSED}


def test_two_ends_at_once_never_close_a_circle(open_house):
    """Each joins and parts whomever it likes, while the other does: what is left is a forest that its rows explain."""
    office = '\n[endpoints.office]\ntype = "desk"\ntoken = { env = "TOKEN" }\n'
    ways = "".join(f'\n[[routes]]\nbetween = ["{channel}", "office"]\n' for channel in ACCOUNTS)
    world = World(open_house(TWO_ENDS + BRANCH + office + ways), 1)
    house = world.house
    with house.store.write() as db:
        names = [((people.CONTACT, "office", "office", name), leaf) for name, leaf in world.leaves.items()]
        people.add_links(db, names)

    def talk(end):
        chance = random.Random(end)
        for number in range(25):
            one, two = chance.sample(PERSONS, 2)
            status = chance.choice([LinkStatus.LINKED, LinkStatus.LINKED, LinkStatus.UNLINKED])
            refs = [ContactRef(endpoint=end, account=end, id=name) for name in (one, two)]
            values = {"endpoint": end, "account": end, "id": f"{end}{number}", "at": AT, "status": status}
            house.tell(Link(**values, contact=refs[0], other=refs[1]), source=end)

    assert together(lambda: talk("desk"), lambda: talk("office")) == [None, None]
    world.check(set())
    assert {row.state for row in house.rows("journal")} == {journal.READ}
    assert house.rows("parked") == []
