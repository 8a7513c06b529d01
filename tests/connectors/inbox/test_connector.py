"""The inbox as a CRM: what the worker gives it is kept once, in its place, and named."""

import json
from typing import get_args

import attrs
import inboxes
import pytest
from inboxes import AT, message

from connectors.inbox.connector import Inbox
from connectors.inbox.pages import showing
from connectors.inbox.store import desk, people, thread
from connectors_core import Unreachable
from connectors_core.model import (
    Activity,
    ActivityKind,
    Contact,
    ContactRef,
    ConversationRef,
    Done,
    Failure,
    Identity,
    Link,
    LinkStatus,
    Media,
    MediaKind,
    MessageRef,
    Origin,
    Part,
    Reaction,
    Receipt,
    ReceiptKind,
    Revision,
    RevisionAction,
    Text,
    Unsupported,
)

PLACE = {"endpoint": "inbox", "account": "inbox"}


def rows(inbox, conversation):
    """Return the messages of a conversation."""
    with inbox.database.read() as db:
        return thread.page(db, int(conversation)).rows


def conversation_of(inbox, id_):
    """Return a conversation."""
    with inbox.database.read() as db:
        return desk.conversation(db, int(id_))


def own(words, inbox, conversation, name):
    """Keep a message of an agent, as the pages do."""
    arrival = desk.Arrival(key="", at=1.0, direction="out", origin="agent", author="Ann", parts=[])
    with inbox.database.write() as db:
        desk.arrivals.add(db, int(conversation), arrival, name, "accepted")


def receipt(kind, name, **changes):
    """Return what became of a message of the inbox."""
    about = (MessageRef(**PLACE, id=name),)
    return Receipt(
        endpoint="shop", account="100", id=f"{kind}", at=AT, kind=ReceiptKind(kind), messages=about, **changes
    )


def test_everything_can_be_kept():
    """Every part, every receipt, and a repetition does no harm."""
    able = Inbox.manifest.abilities
    assert set(able.parts) == set(get_args(Part))
    assert able.receipts == frozenset(ReceiptKind)
    assert able.idempotent
    assert able.makes_contacts


def test_a_first_message_makes_its_contact_and_its_conversation(inbox, crm):
    """And says what all three are called."""
    contact, conversation, name = crm.deliver(message(), "k1").refs
    assert [type(ref) for ref in (contact, conversation, name)] == [ContactRef, ConversationRef, MessageRef]
    (row,) = rows(inbox, conversation.id)
    assert (row.name, row.direction, showing.parts(row)) == (name.id, "in", [Text(body="Do you deliver on Saturdays?")])
    stored = conversation_of(inbox, conversation.id)
    assert (stored.channel, stored.account, stored.external_id, stored.unread) == ("shop", "100", "16505551234", 1)
    with inbox.database.read() as db:
        assert thread.contact(db, stored.contact_id).name == "Sheena Nelson"
        assert [one.value for one in thread.identities_of(db, stored.contact_id)] == ["+16505551234"]


def test_the_same_key_is_the_same_message(inbox, crm):
    """A repeated call answers with the same names and changes nothing."""
    first, again = crm.deliver(message(), "k1"), crm.deliver(message(), "k1")
    assert first == again
    assert len(rows(inbox, first.refs[1].id)) == 1
    assert conversation_of(inbox, first.refs[1].id).unread == 1


def test_a_conversation_is_known_by_its_own_name_and_by_the_channel_s(inbox, crm):
    """Whichever the worker gives, the message comes to the others."""
    refs = crm.deliver(message(), "k1").refs
    by_source = crm.deliver(message("m2"), "k2").refs
    own_name = message("m3", conversation=refs[1], source=ConversationRef(endpoint="shop", account="100", id="other"))
    by_name = crm.deliver(own_name, "k3").refs
    assert refs[1] == by_source[1] == by_name[1]
    assert len(rows(inbox, refs[1].id)) == 3


def test_one_person_on_two_channels_is_one_contact(crm):
    """A verified address ties them; each channel has its own conversation."""
    first = crm.deliver(message(), "k1").refs
    there = ConversationRef(endpoint="page", account="7", id="psid-1")
    second = crm.deliver(message("m2", endpoint="page", account="7", source=there), "k2").refs
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_an_address_that_nobody_vouches_for_ties_nobody(crm):
    """Else a claimed number would open somebody else's history."""
    first = crm.deliver(message(), "k1").refs
    claimed = Contact(name="Pablo", identities=(Identity(scheme="phone", value="+16505551234"),))
    there = ConversationRef(endpoint="page", account="7", id="psid-1")
    second = crm.deliver(message("m2", endpoint="page", account="7", source=there, profile=claimed), "k2").refs
    assert first[0] != second[0]


def test_linking_finds_or_makes_the_person(inbox, crm):
    """The conversation that a link made is the one that the next message comes to."""
    profile = message().profile
    link = Link(endpoint="shop", account="100", id="l1", at=AT, status=LinkStatus.WANTED, profile=profile)
    first = crm.deliver(link, "k1")
    assert crm.deliver(link, "k2") == first
    assert crm.deliver(message(), "k3").refs[:2] == first.refs
    assert conversation_of(inbox, first.refs[1].id).external_id == "16505551234"


@pytest.mark.parametrize(
    ("origin", "direction"), [("contact", "in"), ("bot", "out"), ("native_app", "out"), ("agent", "out")]
)
def test_a_message_stands_on_the_side_of_its_writer(inbox, crm, origin, direction):
    """What the business sent elsewhere is the business's, and waits for nobody to read it."""
    refs = crm.deliver(message(origin=Origin(origin)), "k1").refs
    (row,) = rows(inbox, refs[1].id)
    assert (row.origin, row.direction) == (origin, direction)
    assert conversation_of(inbox, refs[1].id).unread == (1 if direction == "in" else 0)


def test_an_unknown_part_is_kept_whole(inbox, crm):
    """Nothing is lost that a later version could read."""
    refs = crm.deliver(message(parts=(Unsupported(kind="poll_creation", raw={"q": "a\x00b"}),)), "k1").refs
    (row,) = rows(inbox, refs[1].id)
    assert showing.parts(row) == [Unsupported(kind="poll_creation", raw={"q": "a\x00b"})]


def test_words_that_a_database_cannot_take_are_taken(inbox, crm):
    """NUL and lone surrogates stop no conversation."""
    refs = crm.deliver(message(words="a\x00b \ud800", name="Nel\x00son \ud800"), "k1").refs
    assert len(rows(inbox, refs[1].id)) == 1


def test_a_reaction_changes_the_message_that_it_names(inbox, crm):
    """Another one replaces it, and none takes it back; there is no message of its own."""
    refs = crm.deliver(message(), "k1").refs
    for number, sign in enumerate(("👍", "❤️")):
        crm.deliver(message(f"r{number}", parts=(Reaction(message=refs[2], emoji=sign),)), f"r{number}")
    (row,) = rows(inbox, refs[1].id)
    assert json.loads(row.reactions) == {"Sheena Nelson": "❤️"}
    crm.deliver(message("r9", parts=(Reaction(message=refs[2], emoji=None),)), "r9")
    assert json.loads(rows(inbox, refs[1].id)[0].reactions) == {}


def test_an_edit_keeps_what_was_there_before(inbox, crm):
    """And happens once, however often it is delivered."""
    refs = crm.deliver(message(), "k1").refs
    change = message("e1", parts=(Revision(message=refs[2], action=RevisionAction.EDIT), Text(body="On Sundays?")))
    for _ in range(2):
        crm.deliver(change, "k2")
    (row,) = rows(inbox, refs[1].id)
    assert showing.parts(row) == [Text(body="On Sundays?")]
    assert [one["parts"] for one in json.loads(row.revisions)] == [
        [{"body": "Do you deliver on Saturdays?", "part": "text"}]
    ]


def test_an_edit_that_a_later_one_has_overtaken_changes_nothing(inbox, crm):
    """Platforms number edits, and promise no order; the last words are those of the highest number."""
    refs = crm.deliver(message(), "k1").refs
    for number in (2, 1):
        edit = Revision(message=refs[2], action=RevisionAction.EDIT, number=number)
        crm.deliver(message(f"e{number}", parts=(edit, Text(body=f"Edit {number}"))), f"e{number}")
    (row,) = rows(inbox, refs[1].id)
    assert showing.parts(row) == [Text(body="Edit 2")]


def test_a_deleted_message_is_marked_and_not_forgotten(inbox, crm):
    """The page hides it; the database still has it."""
    refs = crm.deliver(message(), "k1").refs
    crm.deliver(message("d1", parts=(Revision(message=refs[2], action=RevisionAction.DELETE),)), "k2")
    (row,) = rows(inbox, refs[1].id)
    assert row.deleted
    assert showing.parts(row) == [Text(body="Do you deliver on Saturdays?")]


def test_a_change_of_a_message_that_is_not_here_changes_nothing(inbox, crm):
    """It may be older than the inbox."""
    refs = crm.deliver(message(), "k1").refs
    stranger = MessageRef(**PLACE, id="nobody-knows")
    assert crm.deliver(message("r1", parts=(Reaction(message=stranger, emoji="👍"),)), "k2").refs[:2] == refs[:2]
    assert json.loads(rows(inbox, refs[1].id)[0].reactions) == {}


def test_a_sign_of_life_is_shown_and_not_kept(inbox, crm):
    """Typing is for now; having looked is told by receipts."""
    refs = crm.deliver(message(), "k1").refs
    crm.deliver(message("t1", parts=(Activity(kind=ActivityKind.TYPING),)), "k2")
    assert crm.deliver(message("t2", parts=(Activity(kind=ActivityKind.SEEN),)), "k3") == Done()
    assert conversation_of(inbox, refs[1].id).typing_at is not None
    assert len(rows(inbox, refs[1].id)) == 1


def test_receipts_only_move_forward(inbox, crm):
    """A late one changes nothing; a failure says why, in the channel's words and its number."""
    refs = crm.deliver(message(), "k1").refs
    own("hi", inbox, refs[1].id, "out-1")
    for kind, expected in (("sent", "sent"), ("read", "read"), ("delivered", "read")):
        crm.deliver(receipt(kind, "out-1"), kind)
        assert rows(inbox, refs[1].id)[-1].status == expected
    own("hi", inbox, refs[1].id, "out-2")
    crm.deliver(receipt("failed", "out-2", failure=Failure(code=131047, title="Too late", detail="24 hours")), "f")
    row = rows(inbox, refs[1].id)[-1]
    assert (row.status, row.failure_code, row.failure_text) == ("failed", "131047", "Too late: 24 hours")


def test_a_receipt_about_a_stranger_s_message_is_nothing(crm):
    """It was perhaps erased."""
    assert crm.deliver(receipt("read", "gone"), "k1") == Done()


def test_the_person_s_name_is_the_channel_s_until_an_agent_gives_one(inbox, crm):
    """And without one it is the channel's again."""
    refs = crm.deliver(message(), "k1").refs
    contact = int(refs[0].id)

    def name_after(changed, key):
        crm.deliver(message(key, name=changed), key)
        with inbox.database.read() as db:
            return thread.contact(db, contact).name

    assert name_after("Sheena", "k2") == "Sheena"
    with inbox.database.write() as db:
        desk.arrivals.touch(db, int(refs[1].id))
        people.rename(db, contact, name="Ms Nelson", notes="")
    assert name_after("Nelson", "k3") == "Ms Nelson"


def test_mapped_fields_are_kept_with_the_contact(inbox, crm):
    """Later values win, and others stay."""
    refs = crm.deliver(message(fields={"city": "Berlin", "tier": 1}), "k1").refs
    crm.deliver(message("m2", fields={"tier": 2}), "k2")
    with inbox.database.read() as db:
        row = thread.contact(db, int(refs[0].id))
    assert json.loads(row.fields) == {"city": "Berlin", "tier": 2}


def test_a_file_keeps_the_gateway_s_name(inbox, crm):
    """The page opens it by that."""
    file = Media(kind=MediaKind.IMAGE, id="kept-1", mime="image/png", caption="this one")
    refs = crm.deliver(message(parts=(file,)), "k1").refs
    assert showing.parts(rows(inbox, refs[1].id)[0]) == [file]
    assert conversation_of(inbox, refs[1].id).last_line == "this one"


def test_a_database_that_is_away_is_tried_again(tmp_path):
    """Nothing was written, and the error names no path and no word of the message."""
    lost = inboxes.endpoint(inboxes.connector(f"sqlite:///{tmp_path / 'no' / 'folder' / 'inbox.db'}"))
    with pytest.raises(Unreachable, match="inbox cannot use its database"):
        lost.deliver(message(), "k1")


def test_check_says_that_nobody_can_log_in(inbox, crm):
    """Until there is somebody who can."""
    assert [finding.level for finding in crm.check()] == ["warning"]
    inboxes.add_user(inbox)
    assert [finding.level for finding in crm.check()] == ["ok"]


def test_a_message_in_a_chat_of_two_is_the_person_s_own(inbox, crm):
    """What they are called may be learnt after their first words, which then bear that name too."""
    person = Identity(scheme="psid", value="4821", scope="100", verified=True)
    told = Contact(name="Messenger user · 4821", identities=(person,))
    refs = crm.deliver(message(person="4821", profile=told), "k1").refs
    assert [row.author for row in rows(inbox, refs[1].id)] == [""]


def test_a_group_message_names_its_writer(inbox, crm):
    """Several people write into one conversation."""
    refs = crm.deliver(message(), "k1").refs
    other = attrs.evolve(message("m2"), profile=Contact(name="Pablo Morales"))
    crm.deliver(other, "k2")
    assert [row.author for row in rows(inbox, refs[1].id)] == ["Sheena Nelson", "Pablo Morales"]
