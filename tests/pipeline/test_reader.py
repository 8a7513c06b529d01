"""The journal and its reader: every event once, in order, and nothing that is not read is lost."""

import json

import peers
import pytest
from gateways import AT, TWO_ENDS, item, message, page, texts, together, unusable, wait_until, webhook

from connectors_core.model import Location, Notice, Unsupported, codec
from connectors_core.pipeline import reader as reader_module
from connectors_core.pipeline import storing
from connectors_core.store import is_unavailable, journal, operations

TWO_SHOPS = """
[endpoints.branch]
type = "phone"
app = "exchange"
number = "200"

[[routes]]
between = ["branch", "desk"]
"""


def problems(house):
    """Return why journal rows were parked as a whole."""
    return [row.problem for row in house.rows("journal") if row.problem]


def test_a_webhook_becomes_an_event_and_a_delivery(house):
    """What arrived is stored as an event, its journal row is done, and the CRM is to be told."""
    house.arrive(message("m1", "good morning"))
    assert [row.external_id for row in house.rows("events")] == ["m1"]
    assert [row.state for row in house.rows("journal")] == [journal.READ]
    assert [(row.source, row.target, row.verb) for row in house.rows("deliveries")] == [("shop", "desk", "send")]


def test_the_same_message_three_times_in_one_webhook_is_one(house):
    """A batch may repeat itself."""
    house.journal("exchange", webhook(item(message("m1"), message("m1")), item(message("m1"))))
    house.read("exchange")
    assert len(house.rows("events")) == len(house.rows("deliveries")) == 1


def test_the_same_message_in_three_webhooks_is_one(house):
    """A provider that did not hear our 200 sends again, hours later if need be."""
    house.arrive(message("m1"))
    house.arrive(message("m1"), message("m1"))
    assert len(house.rows("events")) == len(house.rows("deliveries")) == 1
    assert {row.state for row in house.rows("journal")} == {journal.READ}


def test_a_message_that_was_pushed_and_polled_is_one(house):
    """Reconciliation by polling a side that pushes finds nothing new."""
    house.arrive(message("m1"))
    house.journal("shop", page(message("m1"), message("m2")), kind=journal.POLL, endpoint="shop")
    house.read("shop")
    assert [row.external_id for row in house.rows("events")] == ["m1", "m2"]


def test_the_same_id_at_two_endpoints_is_two_messages(open_house):
    """An id is unique within its endpoint only."""
    house = open_house(TWO_ENDS + TWO_SHOPS)
    house.arrive(message("m1"))
    house.journal("exchange", webhook(item(message("m1", endpoint="branch", account="200"), account="200")))
    house.read("exchange")
    assert [(row.endpoint, row.external_id) for row in house.rows("events")] == [("shop", "m1"), ("branch", "m1")]


def test_order_is_that_of_the_journal_whatever_the_platform_time_says(house):
    """A message that claims to be older does not overtake."""
    for number in range(20):
        house.journal("exchange", webhook(item(message(f"m{number}", at=AT.replace(year=2025 - number)))))
    house.read("exchange")
    house.work()
    assert [one.id for one in peers.of("desk").told()] == [f"m{number}" for number in range(20)]


def test_many_rows_are_read_in_batches_of_one_transaction_each(house, monkeypatch):
    """A backlog is read to its end, so many rows at a time."""
    monkeypatch.setattr(reader_module, "BATCH", 4)
    for number in range(10):
        house.journal("exchange", webhook(item(message(f"m{number}", person=f"p{number}"))))
    with house.store.read() as db:
        assert journal.waiting_sources(db) == {"exchange": 10}
    reader = house.reader("exchange")
    assert [reader.run_once() for _ in range(4)] == [4, 4, 2, 0]
    assert [row.external_id for row in house.rows("events")] == [f"m{number}" for number in range(10)]


def test_every_entry_of_every_account_is_read(open_house):
    """Two accounts with four messages each in one webhook are eight messages, each at its own endpoint."""
    house = open_house(TWO_ENDS + TWO_SHOPS)
    shop = item(*(message(f"a{n}") for n in range(4)))
    branch = item(*(message(f"b{n}", endpoint="branch", account="200") for n in range(4)), account="200")
    house.journal("exchange", webhook(shop, branch))
    house.read("exchange")
    found = [(row.endpoint, row.external_id) for row in house.rows("events")]
    assert found == [("shop", f"a{n}") for n in range(4)] + [("branch", f"b{n}") for n in range(4)]


@pytest.mark.parametrize(("fault", "reason"), [("malformed", "malformed"), ("defect", "malformed")])
def test_a_bad_item_is_parked_alone_and_its_batch_goes_on(house, fault, reason):
    """One unreadable item, or one defect of a connector, stops neither its webhook nor its channel."""
    good, bad = item(message("m1")), item({"fault": fault, "text": "the words of a customer"})
    house.journal("exchange", webhook(good, bad, item(message("m2"))))
    house.read("exchange")
    assert [row.external_id for row in house.rows("events")] == ["m1", "m2"]
    (parked,) = house.rows("parked")
    assert (parked.endpoint, parked.reason, parked.position, parked.settled_at) == ("shop", reason, 1, None)
    assert "customer" not in parked.text


def test_an_account_that_nobody_configured_is_parked_not_given_to_another(house):
    """An unknown account never falls to the first endpoint of its type, and is never dropped."""
    house.journal("exchange", webhook(item(message("m1", account="999"), account="999"), item(message("m2"))))
    house.read("exchange")
    assert [row.external_id for row in house.rows("events")] == ["m2"]
    (parked,) = house.rows("parked")
    assert (parked.reason, parked.account, parked.endpoint) == ("unrouted", "999", "")


def test_an_account_is_found_by_another_of_its_names(house):
    """By the first that the settings know, which is then what its events are of."""
    known = {**item(message("m1"), account="+1 00"), "aliases": ["999", "100"]}
    unknown = {**item(message("m2"), account="+9 99"), "aliases": ["999"]}
    house.journal("exchange", webhook(known, unknown))
    house.read("exchange")
    assert [row.external_id for row in house.rows("events")] == ["m1"]
    assert [(row.reason, row.account) for row in house.rows("parked")] == [("unrouted", "+9 99")]


@pytest.mark.parametrize("account", ["\x00nul", "\ud800", "9" * 10_000])
def test_a_strange_account_is_parked_alone(house, account):
    """Whatever stands where the account should be, the other items of its webhook are read."""
    house.journal("exchange", webhook(item(account=account), item(message("m2"))))
    house.read("exchange")
    assert [row.external_id for row in house.rows("events")] == ["m2"]
    assert [row.reason for row in house.rows("parked")] == ["unrouted"]
    assert problems(house) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"items": 7}', b"[" * 100_000])
def test_a_body_that_cannot_be_split_is_parked_with_the_reason(house, body):
    """The bytes were kept and answered 200; now they stand in the list, and the next webhook is read."""
    house.journal("exchange", body)
    house.arrive(message("m1"))
    assert [row.state for row in house.rows("journal")] == [journal.PARKED, journal.READ]
    assert len(problems(house)) == 1
    assert house.rows("journal")[0].body == body


def test_a_row_of_an_endpoint_that_left_the_settings_is_parked(house):
    """Taking an endpoint from the settings loses nothing of what came for it."""
    house.journal("gone", page(message("m1", endpoint="gone")), kind=journal.POLL, endpoint="gone")
    house.read("gone")
    assert [row.state for row in house.rows("journal")] == [journal.PARKED]
    assert "no endpoint gone any more" in problems(house)[0]


def test_an_event_that_speaks_for_another_endpoint_is_parked(house):
    """A connector cannot bring events of somebody else's endpoint."""
    house.arrive(message("m1", endpoint="desk"))
    assert house.rows("events") == []
    assert "came in at shop" in house.rows("parked")[0].text


STRANGE = {
    "NUL in the words": {"parts": [{"part": "text", "body": "a\x00b"}]},
    "NUL in the id": {"id": "m\x00"},
    "a lone surrogate in the words": {"parts": [{"part": "text", "body": "\ud83d"}]},
    "a lone surrogate in the id": {"id": "\udfff"},
    "a name of strange characters": {"profile": {"name": "\x00\ud800", "username": "\udfff", "language": "\x00"}},
    "a strange address": {
        "profile": {"identities": [{"scheme": "\x00s", "scope": "\ud800", "value": "\x00v", "verified": True}]}
    },
    "the first year": {"at": "0002-01-01T00:00:00+00:00"},
    "the last year": {"at": "9998-12-31T23:59:59+00:00"},
    "an id of the greatest length": {"id": "\U0001f600" * 512},
    "numbers beyond all bounds": {"extra": {"great": 10**400, "small": 5e-324}},
    "a place far out": {"parts": [{"part": "location", "latitude": -1e308, "longitude": 1e-300}]},
    "a key of strange characters": {"extra": {"\x00\ud800": ["\ud800"]}},
}


def test_strange_content_is_stored_and_delivered_on_both_engines(house):
    """NUL, half characters, absurd dates and numbers are what one engine takes and the other does not."""
    for number, (name, changes) in enumerate(STRANGE.items(), 1):
        house.arrive({**codec.to_dict(message(f"m{number}")), **changes})
        assert house.rows("parked") == [], name
        assert problems(house) == [], name
        house.work()
        assert len(peers.of("desk").told()) == number, name


ABSURD = {
    "an id of 10 kB": {"id": "x" * 10_000},
    "an empty id": {"id": ""},
    "a date that other zones cannot tell": {"at": "0001-01-01T00:00:00+14:00"},
    "a date of no zone": {"at": "2026-01-01T00:00:00"},
    "a person of 10 kB": {"contact": {"endpoint": "shop", "account": "100", "id": "x" * 10_000}},
    "a part of no kind": {"parts": [{"part": "poem"}]},
}


def test_absurd_content_is_parked_alone(house):
    """What no connector should have made of a payload is parked, and the next item is read."""
    for number, (name, changes) in enumerate(ABSURD.items(), 1):
        bad = item({**codec.to_dict(message("bad")), **changes})
        house.journal("exchange", webhook(bad, item(message(f"m{number}"))))
        house.read("exchange")
        assert house.rows("events")[-1].external_id == f"m{number}", name
        assert [row.reason for row in house.rows("parked")] == ["malformed"] * number, name


def test_a_number_that_is_no_number_is_parked(house):
    """1e999 is infinite, and no JSON can say so again: it must not get as far as the CRM."""
    body = webhook(item(message("m1", parts=[Location(latitude=12345.5, longitude=0.0)])))
    house.journal("exchange", body.replace(b"12345.5", b"1e999"))
    house.arrive(message("m2"))
    assert [row.external_id for row in house.rows("events")] == ["m2"]
    assert [row.state for row in house.rows("journal")] == [journal.PARKED, journal.READ]


def test_a_row_that_no_store_takes_is_parked_alone(house, monkeypatch):
    """When a batch cannot be stored as a whole, its rows are stored one by one; the bad one is parked."""
    real = storing.event_row

    def broken(event, *args, **options):
        if event.id == "m3":
            raise OverflowError
        return real(event, *args, **options)

    monkeypatch.setattr(storing, "event_row", broken)
    for number in range(6):
        house.journal("exchange", webhook(item(message(f"m{number}"))))
    house.read("exchange")
    assert [row.external_id for row in house.rows("events")] == ["m0", "m1", "m2", "m4", "m5"]
    assert [row.state for row in house.rows("journal")].count(journal.PARKED) == 1
    assert "OverflowError" in problems(house)[0]


def test_an_event_that_cannot_be_written_out_is_parked_alone(house, monkeypatch):
    """The others of its webhook are stored."""
    real = codec.dumps
    monkeypatch.setattr(codec, "dumps", lambda event: 1 / 0 if event.id == "m1" else real(event))
    house.journal("exchange", webhook(item(message("m0")), item(message("m1")), item(message("m2"))))
    house.read("exchange")
    assert [row.external_id for row in house.rows("events")] == ["m0", "m2"]
    assert [row.reason for row in house.rows("parked")] == ["failed"]


def test_a_store_that_is_away_parks_nothing_and_loses_nothing(house):
    """Being locked or gone is no fault of the data: the same rows are read when the store is back."""
    for number in range(3):
        house.journal("exchange", webhook(item(message(f"m{number}"))))
    reader = house.reader("exchange")
    with unusable(house.store), pytest.raises(Exception) as caught:  # noqa: PT011 - each engine has an error of its own
        reader.run_once()
    assert is_unavailable(caught.value)

    def reads():
        try:
            return reader.run_once() == 3
        except Exception as error:
            if not is_unavailable(error):
                raise
            return False

    wait_until(reads)
    assert [row.external_id for row in house.rows("events")] == ["m0", "m1", "m2"]
    assert house.rows("parked") == []
    assert problems(house) == []


def test_a_store_that_goes_away_while_rows_are_stored_singly_parks_nothing(house, monkeypatch):
    """Even in the fallback an absent store is told from bad data."""
    real = storing.event_row
    monkeypatch.setattr(
        storing, "event_row", lambda event, *a, **o: 1 / 0 if event.id == "m1" else real(event, *a, **o)
    )
    house.journal("exchange", webhook(item(message("m0"))))
    house.journal("exchange", webhook(item(message("m1"))))
    reader = house.reader("exchange")
    calls = []
    whole = reader_module.Reader._store

    def store(self, readings):
        calls.append(len(readings))
        if len(calls) == 2:
            raise ConnectionResetError
        return whole(self, readings)

    monkeypatch.setattr(reader_module.Reader, "_store", store)
    with pytest.raises(ConnectionResetError):
        reader.run_once()
    assert problems(house) == []
    assert reader.run_once() == 2
    assert [row.external_id for row in house.rows("events")] == ["m0"]


def test_two_readers_of_one_source_never_read_at_the_same_time(house):
    """The lease lets the first one read; the second comes in when it is given back."""
    house.journal("exchange", webhook(item(message("m1"))))
    first, second = house.reader("exchange", 1), house.reader("exchange", 2)
    assert (first.run_once(), second.run_once()) == (1, 0)
    house.journal("exchange", webhook(item(message("m2"))))
    assert second.run_once() == 0
    first.close()
    first.close()
    second.ask_again_at = 0.0  # half a second later
    assert second.run_once() == 1


def test_a_reader_that_lost_its_lease_writes_nothing(house):
    """A reader that was taken for dead in the middle of a batch finds out before it writes."""
    house.journal("exchange", webhook(item(message("m1"))))
    slow, quick = house.reader("exchange", 1), house.reader("exchange", 2)
    assert slow._take_lease()
    with house.store.write() as db:
        operations.drop_lease(db, "reader:exchange", 1)
    assert quick.run_once() == 1
    house.journal("exchange", webhook(item(message("m2"))))
    assert slow.run_once() == 0
    assert [row.external_id for row in house.rows("events")] == ["m1"]


def test_readers_that_race_store_everything_once_and_in_order(house):
    """Four programs that read one source at once end with the journal's order."""
    for number in range(40):
        house.journal("exchange", webhook(item(message(f"m{number}"))))
    readers = [house.reader("exchange", worker) for worker in (1, 2, 3, 4)]
    counts = together(*(reader.run_once for reader in readers))
    assert sum(counts) == 40
    assert [row.external_id for row in house.rows("events")] == [f"m{number}" for number in range(40)]


def test_an_unknown_kind_of_part_reaches_the_crm_as_itself_or_as_words(open_house):
    """A type of tomorrow neither stops the channel nor vanishes."""
    house = open_house(TWO_ENDS)
    house.arrive(message("m1", parts=[Unsupported(kind="hologram", raw={"size": 3})]), message("m2"))
    house.work()
    told = peers.of("desk").told()
    assert [one.id for one in told] == ["m1", "m2"]
    assert told[0].parts == (Unsupported(kind="hologram", raw={"size": 3}),)


def test_a_message_without_any_route_is_parked_not_dropped(open_house):
    """Where no route takes it further, it is kept as an event and listed."""
    house = open_house(TWO_ENDS.replace("[[routes]]\nbetween", "[[routes]]\nwhen = { account.id = 'x' }\nbetween"))
    house.arrive(message("m1"))
    assert [row.external_id for row in house.rows("events")] == ["m1"]
    assert [row.reason for row in house.rows("parked")] == ["unrouted"]


def test_news_of_an_account_is_stored_and_goes_nowhere(house):
    """A notice is for the operator: it makes no delivery and is not parked."""
    house.arrive(Notice(endpoint="shop", account="100", id="n1", at=AT, topic="quality", text="down"))
    assert [row.noun for row in house.rows("events")] == ["notice"]
    assert house.rows("deliveries") == house.rows("parked") == []


def test_what_was_stored_is_what_arrived(house):
    """The document of an event keeps every character."""
    words = "a\x00\ud800 Grüße 👩‍👩‍👧 \N{RIGHT-TO-LEFT MARK}" + "x" * 5000
    house.arrive(message("m1", words))
    assert texts(house.rows("events")) == [words]
    assert json.loads(house.rows("events")[0].document)["parts"][0]["body"] == words
