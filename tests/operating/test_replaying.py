"""Reading journaled bytes again with a newer connector."""

import attrs
import peers
import pytest
from gateways import TWO_ENDS, echo, item, message, receipt, reply, texts, webhook

from connectors_core.model import Identity, codec
from connectors_core.operating import differences
from connectors_core.operating.replaying import replay
from connectors_core.store import journal

ALL = journal.Choice()
TWO_NUMBERS = TWO_ENDS.replace(
    "[endpoints.desk]",
    '[endpoints.branch]\ntype = "phone"\napp = "exchange"\nnumber = "200"\n\n'
    '[[routes]]\nbetween = ["branch", "desk"]\n\n'
    "[endpoints.desk]",
)


def again(house, choice=ALL, **options):
    """Replay what `choice` names; return the report."""
    with house.store.read() as db:
        rows = journal.chosen(db, choice, 0, 1000)
    return replay(house.gateway, rows, **options)


def kinds(report):
    """Return the kinds of all changes."""
    return [change.kind for change in report.changes]


def open_items(house):
    """Return the reasons of what is still parked."""
    return [row.reason for row in house.rows("parked") if row.settled_at is None]


@pytest.fixture
def newer(monkeypatch):
    """Return a function that installs a connector that reads otherwise: `change` gets each document or None for all."""

    def install(change):
        def read(piece):
            return [codec.from_dict(found) for document in piece.json() for found in change(dict(document))]

        monkeypatch.setattr("playground._events", read)

    return install


def test_the_same_connector_reads_the_same(house):
    """Nothing changes, and nothing goes out twice, not even with `deliver`."""
    house.arrive(message("m1"), message("m2"), receipt("read", "nothing"))
    house.work()
    report = again(house, deliver=True)
    house.work()
    assert (report.rows, report.changes, report.delivered) == (3, [], 0)
    assert peers.of("desk").texts() == ["hello", "hello"]


def test_what_is_read_otherwise_is_stored_and_shown(house, newer):
    """The difference names the fields, and nothing is delivered."""
    house.arrive(message("m1", "old words"))
    house.work()
    newer(lambda document: [{**document, "parts": [{"part": "text", "body": "new words"}]}])
    report = again(house, deliver=True)
    house.work()
    (change,) = report.changes
    heading, _, *lines = differences.lines(change)
    assert heading == f"journal {change.journal_id}, event {change.event_id}: message of shop changed"
    assert lines == ['-parts[0].body = "old words"', '+parts[0].body = "new words"']
    assert texts(house.rows("events")) == ["new words"]
    assert peers.of("desk").texts() == ["old words"]
    assert again(house).changes == []


def test_dry_changes_nothing(house, newer):
    """It shows the same differences as the real one will."""
    house.arrive(message("m1", "old words"))
    newer(lambda document: [{**document, "parts": [{"part": "text", "body": "new words"}]}])
    assert kinds(again(house, dry=True)) == ["changed"]
    assert texts(house.rows("events")) == ["old words"]


@pytest.mark.parametrize("deliver", [False, True])
def test_new_events_are_stored_and_delivered_only_on_demand(house, newer, deliver):
    """A newer connector finds a second message in old bytes."""
    house.arrive(message("m1"))
    house.work()
    newer(lambda document: [document, {**document, "id": "m1b", "parts": [{"part": "text", "body": "found"}]}])
    report = again(house, deliver=deliver)
    house.work()
    assert kinds(report) == ["added"]
    assert texts(house.rows("events")) == ["hello", "found"]
    assert peers.of("desk").texts() == (["hello", "found"] if deliver else ["hello"])


def test_what_was_found_without_delivering_can_be_delivered_later_and_only_once(house, newer):
    """First look, then send."""
    house.arrive(message("m1"))
    house.work()
    newer(lambda document: [document, {**document, "id": "m1b", "parts": [{"part": "text", "body": "found"}]}])
    again(house)
    assert again(house, deliver=True).delivered == 1
    assert again(house, deliver=True).delivered == 0
    house.work()
    assert peers.of("desk").texts() == ["hello", "found"]


def test_an_event_that_gets_another_name_is_the_same_event(house, newer):
    """A connector that names events better does not have them delivered again."""
    house.arrive(message("m1"))
    house.work()
    newer(lambda document: [{**document, "id": "better"}])
    report = again(house, deliver=True)
    house.work()
    assert (kinds(report), report.delivered) == (["changed"], 0)
    assert [row.external_id for row in house.rows("events")] == ["better"]
    assert len(peers.of("desk").texts()) == 1


def test_what_is_not_read_any_more_stays_stored(house, newer):
    """It may have been delivered; the difference says so."""
    house.arrive(message("m1"))
    newer(lambda _document: [])
    assert kinds(again(house)) == ["removed"]
    assert len(house.rows("events")) == 1


def test_a_parked_item_that_can_be_read_now_is_settled(house, newer):
    """And goes on its way with `deliver`."""
    house.journal("exchange", webhook(item({"fault": "malformed"})))
    house.read("exchange")
    assert open_items(house) == ["malformed"]
    newer(lambda _document: [codec.to_dict(message("m1", "at last"))])
    report = again(house, journal.Choice(parked=True), deliver=True)
    house.work()
    assert (report.settled, report.parked, open_items(house)) == (1, 0, [])
    assert peers.of("desk").texts() == ["at last"]


def test_a_parked_item_that_still_cannot_be_read_stays_as_it_is(house):
    """Its number and time stay, and its neighbours are read."""
    house.journal("exchange", webhook(item({"fault": "malformed"}), item(message("m1"))))
    house.read("exchange")
    before = house.rows("parked")
    report = again(house, journal.Choice(parked=True))
    assert (report.settled, report.parked) == (0, 1)
    assert house.rows("parked") == before


def test_an_account_that_was_added_gets_what_was_parked(open_house):
    """Unrouted items find the endpoint that the settings have today."""
    before = open_house()
    before.journal("exchange", webhook(item(message("m1", endpoint="branch", account="200"), account="200")))
    before.read("exchange")
    assert open_items(before) == ["unrouted"]
    after = open_house(TWO_NUMBERS)
    assert again(after, journal.Choice(parked=True), deliver=True).delivered == 1
    after.work()
    assert open_items(after) == []
    assert peers.of("desk").texts() == ["hello"]


def test_a_message_that_no_route_took_waits_until_it_is_delivered(open_house):
    """A replay without `deliver` leaves it on the list, one with it takes it off."""
    alone = open_house(TWO_ENDS.replace('[[routes]]\nbetween = ["shop", "desk"]', ""))
    alone.arrive(message("m1"))
    assert open_items(alone) == ["unrouted"]
    routed = open_house()
    again(routed)
    assert open_items(routed) == ["unrouted"]
    again(alone, deliver=True)
    assert open_items(alone) == ["unrouted"]
    again(routed, deliver=True)
    routed.work()
    assert open_items(routed) == []
    assert peers.of("desk").texts() == ["hello"]


def test_a_row_that_could_not_be_taken_apart_is_read_when_it_can(open_house):
    """The whole row was parked, because its endpoint was not in the settings."""
    before = open_house()
    before.journal("gone", b"[]", kind=journal.WEBHOOK, endpoint="gone")
    before.journal("exchange", b"{}")
    before.read("gone", "exchange")
    with before.store.read() as db:
        assert [row.source for row in journal.unreadable(db)] == ["exchange", "gone"]
    after = open_house(TWO_ENDS + '[endpoints.gone]\ntype = "desk"\ntoken = { env = "TOKEN" }\n')
    again(after, journal.Choice(parked=True))
    with after.store.read() as db:
        assert [row.source for row in journal.unreadable(db)] == ["exchange"]


def test_a_new_receipt_moves_the_status_and_tells_nobody(house, newer):
    """Without `deliver` nothing goes out, and that is a receipt, too."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    house.work()
    house.journal("exchange", webhook(item({"fault": "malformed"})))
    house.read("exchange")
    newer(lambda document: [codec.to_dict(receipt("read", "shop.1"))] if "fault" in document else [document])
    again(house)
    house.work()
    assert house.status("r1") == "read"
    assert peers.of("desk").told("acknowledge") == []


def test_a_copy_of_our_own_message_is_not_delivered(house):
    """An echo has no deliveries, and shall have none."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    house.work()
    house.arrive(echo("shop.1"))
    assert again(house, deliver=True).delivered == 0


def test_rows_that_no_reader_has_taken_are_left_to_it(house):
    """They are read with today's connector anyway."""
    house.journal("exchange", webhook(item(message("m1"))))
    report = again(house, deliver=True)
    assert (report.rows, report.unread) == (0, 1)
    assert house.rows("events") == []


def test_what_agents_wrote_is_not_read_otherwise(house):
    """A call of the API is an event already: reading it again changes nothing, whoever it was addressed to."""
    house.tell(reply("r1", conversation=None, to=Identity(scheme="phone", value="+16505551234")))
    assert again(house).changes == []
    assert open_items(house) == []


def test_one_row_that_cannot_be_stored_hinders_no_other(house, newer):
    """It is named, and the rest is done."""
    house.arrive(message("m1"), message("m2"))
    # Both rows would give their event the same new name: no store takes that twice.
    newer(lambda document: [{**document, "id": "m3"}])
    report = again(house)
    assert (report.rows, len(report.problems)) == (2, 0)
    assert sorted(row.external_id for row in house.rows("events")) == ["m2", "m3"]


def test_the_window_of_a_conversation_does_not_go_back(house, newer):
    """An old message that is found today was written then."""
    late = message("m2", at=attrs.evolve(message("x")).at.replace(year=2027))
    house.journal("exchange", webhook(item({"fault": "malformed"})))
    house.arrive(late)
    before = house.rows("conversations")[0].last_in_at
    newer(lambda document: [codec.to_dict(message("m1", "old"))] if "fault" in document else [document])
    again(house)
    assert house.rows("conversations")[0].last_in_at == before


def test_a_choice_names_rows_by_number_source_and_range(house):
    """All conditions have to hold."""
    house.arrive(message("m1"), message("m2"))
    house.tell(reply("r1"))
    one, two, three = (row.id for row in house.rows("journal"))

    def chosen(**choice):
        with house.store.read() as db:
            rows = journal.chosen(db, journal.Choice(**choice), 0, 100)
            assert journal.count_chosen(db, journal.Choice(**choice)) == len(rows)
        return [row.id for row in rows]

    assert chosen(ids=(three, one)) == [one, three]
    assert chosen(first=two) == [two, three]
    assert chosen(first=two, last=two) == [two]
    assert chosen(source="desk") == [three]
    assert chosen(parked=True) == []
