"""Agents see who may be one person, say so, and take it back: names, notes and labels are as they were."""

import re
import threading

import gateways
import inboxes
import pytest
import requests
from gateways import item, webhook
from inboxes import AT, message, visible

from connectors.inbox.store import listing, merges, people, thread
from connectors_core import NoCounterpart
from connectors_core.model import Contact, ContactRef, ConversationRef, Identity, Link, LinkStatus
from connectors_core.web.app import build_web
from connectors_core.web.server import server

pytestmark = pytest.mark.own_tables

TOWN = """
[apps.exchange]
type = "exchange"
stamp = {{ env = "STAMP" }}

[endpoints.shop]
type = "phone"
app = "exchange"
number = "100"

[endpoints.branch]
type = "phone"
app = "exchange"
number = "200"

[endpoints.inbox]
type = "inbox"
database = "sqlite:///{folder}/inbox.db"
login = false

[[routes]]
between = ["shop", "inbox"]

[[routes]]
between = ["branch", "inbox"]
"""
CLAIM = Identity(scheme="phone", value="+447700900123")
OWN = {"sec-fetch-site": "same-origin"}


def ref(number):
    """Return what the inbox calls a contact."""
    return ContactRef(endpoint="inbox", account="inbox", id=str(number))


def link(status, one=1, two=2, reason="phone", **changes):
    """Return what the gateway says of two contacts."""
    values = {"endpoint": "shop", "account": "100", "id": f"{status}", "at": AT, "status": LinkStatus(status)}
    return Link(**{**values, "contact": ref(one), "other": ref(two), "reason": reason, **changes})


def arrive(crm):
    """Let Sheena write to the shop and Pablo to the page; return their contacts and conversations."""
    told = message("m1", profile=Contact(name="Sheena", identities=(CLAIM,)))
    there = ConversationRef(endpoint="page", account="7", id="psid-1")
    profile = Contact(name="S. Nelson", identities=(CLAIM,))
    other = message("m2", endpoint="page", account="7", source=there, profile=profile)
    return [crm.deliver(one, one.id).refs[:2] for one in (told, other)]


def state(inbox):
    """Return everything that undoing a merge has to restore."""
    with inbox.database.read() as db:
        contacts = thread.contacts_by_id(db, [1, 2])
        return (
            [(one.id, one.name, one.notes, one.named, one.merged_into) for one in contacts.values()],
            [(one.contact_id, one.value, one.verified) for one in thread.identities_of(db, 1, 2)],
            [(one.id, one.contact_id) for one in listing.of_contacts(db, [1, 2])],
            {key: [one.name for one in rows] for key, rows in listing.labels_of(db, [1, 2]).items()},
        )


def test_two_may_claim_one_address(inbox, crm):
    """What somebody claims is kept with them, whoever else has it."""
    arrive(crm)
    assert state(inbox)[1] == [(1, "+447700900123", False), (2, "+447700900123", False)]


def test_undoing_restores_names_notes_and_labels(inbox, crm):
    """Whatever was done to either while they were one stays with the one that it was done to."""
    arrive(crm)
    with inbox.database.write() as db:
        people.rename(db, 1, name="Sheena Nelson", notes="likes blue")
        people.rename(db, 2, name="", notes="asks for refunds")
    before = state(inbox)
    crm.deliver(link("proposed"), "k1")
    crm.deliver(link("linked"), "k2")
    with inbox.database.read() as db:
        assert merges.members(db, [2]) == [2, 1]
    crm.deliver(link("unlinked"), "k3")
    assert state(inbox) == before


def test_what_is_told_twice_is_done_once(inbox, crm):
    """In whatever order repetitions come."""
    arrive(crm)
    for status in ("proposed", "proposed", "linked", "linked", "unlinked", "unlinked", "declined"):
        crm.deliver(link(status), status)
    with inbox.database.read() as db:
        rows = merges.of_people(db, [1])
        assert merges.members(db, [1]) == [1]
    assert [row.state for row in rows] == ["undone"]


def test_merges_are_undone_in_any_order(inbox, crm):
    """Each cuts its own edge."""
    arrive(crm)
    crm.deliver(message("m3", person="15550100", name="Third"), "m3")
    crm.deliver(link("linked", 1, 2), "k1")
    crm.deliver(link("linked", 1, 3), "k2")
    crm.deliver(link("unlinked", 1, 2), "k3")
    with inbox.database.read() as db:
        assert (merges.members(db, [1]), merges.members(db, [2])) == ([1, 3], [2])


def test_contacts_that_are_not_there_are_refused(crm):
    """The gateway learns it, and nothing is made."""
    with pytest.raises(NoCounterpart, match="has no two such contacts"):
        crm.deliver(link("linked", 1, "nobody"), "k1")


def test_a_search_finds_all_conversations_of_a_person(inbox, crm):
    """By the name of one channel, the chat in the other too."""
    arrive(crm)
    crm.deliver(link("linked"), "k1")
    with inbox.database.read() as db:
        found = listing.page(db, listing.Filter(user=1, words="Sheena", state="any"))
    assert {row.channel for row in found.rows} == {"shop", "page"}


def test_an_answer_is_given_once(small, door, ann):
    """A second press does nothing while the first is on its way; after a minute it may be given again."""
    arrive(inboxes.endpoint(small))
    inboxes.endpoint(small).deliver(link("proposed"), "k1")
    for _ in range(2):
        ann.post("/c/1/person", {"merge": 1, "answer": "same"})
    (told,) = door.told(Link)
    assert (told.status, told.contact, told.other, told.reason) == (LinkStatus.LINKED, ref(1), ref(2), "agent")
    assert "Your answer is on its way." in visible(ann.get("/c/1").text)
    with small.database.write() as db:
        db.execute(merges.update(merges.merges).values(asked_at=1.0))
    ann.post("/c/1/person", {"merge": 1, "answer": "apart"})
    assert [one.status for one in door.told(Link)] == [LinkStatus.LINKED, LinkStatus.DECLINED]


@pytest.mark.parametrize("form", [{"merge": 1, "answer": "undo"}, {"merge": 99, "answer": "same"}, {"answer": "same"}])
def test_what_was_not_asked_is_not_answered(small, door, ann, form):
    """Old pages and made-up forms tell the gateway nothing."""
    arrive(inboxes.endpoint(small))
    inboxes.endpoint(small).deliver(link("proposed"), "k1")
    assert ann.post("/c/1/person", form).status_code == 200
    assert ann.post("/c/1/person", {"merge": 1, "answer": "perhaps"}).status_code == 404
    assert door.told(Link) == []


@pytest.fixture
def town(open_house, tmp_path):
    """Give a gateway of two channels and an inbox, where two people claim one number."""
    house = open_house(TOWN.format(folder=tmp_path))
    for id_, name, endpoint, account in (("m1", "sheena", "shop", "100"), ("m2", "nelson", "branch", "200")):
        profile = Contact(name=name.title(), identities=(CLAIM,))
        told = gateways.message(id_, person=name, endpoint=endpoint, account=account, profile=profile)
        house.journal("exchange", webhook(item(told, account=account)))
        house.read("exchange")
        house.work()
    # A sweep of the worker's own may have found no names yet.
    house.later(5.0)
    house.sweep()
    return house


@pytest.fixture
def pages(town):
    """Serve the inbox of the town; give its address."""
    web = server(build_web(town.gateway), "127.0.0.1", 0)
    runner = threading.Thread(target=web.run)
    runner.start()
    gateways.wait_until(lambda: web.started)
    yield f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}/inbox"
    web.should_exit = True
    runner.join(20)
    assert not runner.is_alive()


def panel(pages, conversation=1):
    """Return the words of the panel."""
    page = requests.get(f"{pages}/c/{conversation}", timeout=20).text
    return visible(re.search(r'<aside class="panel".*?</aside>', page, re.DOTALL)[0])


def answers(town, pages, answer):
    """Press a button, and let the gateway do it."""
    requests.post(f"{pages}/c/1/person", {"merge": 1, "answer": answer}, headers=OWN, timeout=20)
    town.read("inbox")
    town.work()


def test_an_agent_joins_two_chats_and_undoes_it(town, pages):
    """From the question to one person with two channels, and back."""
    before = panel(pages)
    assert "May be the same person as Nelson Both gave this phone number · branch" in before
    answers(town, pages, "same")
    joined = panel(pages)
    assert "May be the same person" not in joined
    assert "Sheena = Nelson Joined by Agent" in joined
    assert joined.count("+447700900123 claimed") == 2
    assert "branch · Open now" in joined
    answers(town, pages, "undo")
    after = panel(pages)
    assert "Sheena = Nelson" not in after
    assert "branch · Open now" not in after
    assert [row.merged_into for row in town.rows("contacts")] == [None, None]


def test_an_agent_says_that_they_are_two(town, pages):
    """It is not asked again."""
    answers(town, pages, "apart")
    assert "May be the same person" not in panel(pages)
    assert [row.state for row in town.rows("merges")] == ["declined"]
