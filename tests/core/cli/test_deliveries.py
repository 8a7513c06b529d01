"""`connectors deliveries`, `redeliver`, `resolve`, `pause` and `resume`."""

import json

import peers
import pytest
from gateways import message, receipt, reply

from connectors_core.errors import Rejected, Uncertain
from connectors_core.store import operations


@pytest.fixture
def busy(office):
    """Give an office with a delivery in each of three states: r1 was sent and delivered, m2 refused, m3 is unknown."""
    office.arrive(message("m1"))
    office.tell(reply("r1"))
    office.work()
    office.arrive(receipt("delivered", "shop.1"))
    office.work()
    peers.of("desk").answers("send", Rejected("no such product", code=17), Uncertain("no answer"))
    office.arrive(message("m2", "secret words"))
    office.work()
    office.arrive(message("m3"))
    office.work()
    return office


def ids(office, **where):
    """Return the numbers of deliveries."""
    return [row.id for row in office.rows("deliveries", **where)]


def test_without_a_filter_there_are_counts(program, busy):
    """By endpoint and state, as a table and as JSON."""
    lines = program("deliveries").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["ENDPOINT", "STATE", "COUNT"],
        ["desk", "refused", "1"],
        ["desk", "sent", "2"],
        ["desk", "unknown", "1"],
        ["shop", "sent", "1"],
    ]
    assert json.loads(program("deliveries", "--json").stdout)[0] == {"endpoint": "desk", "state": "refused", "count": 1}


def test_a_filter_shows_them_with_their_reasons(program, busy):
    """The reason stands there, the words of the message do not."""
    result = program("deliveries", "--state", "refused")
    assert "no such product" in result.stdout
    assert "secret words" not in result.stdout
    (found,) = json.loads(program("deliveries", "--endpoint", "desk", "--state", "refused", "--json").stdout)
    assert (found["endpoint"], found["state"], found["code"], found["attempts"]) == ("desk", "refused", "17", 1)


def test_the_newest_come_first_and_only_so_many(program, busy):
    """A long list is cut."""
    found = json.loads(program("deliveries", "--endpoint", "desk", "--limit", "2", "--json").stdout)
    assert [row["id"] for row in found] == sorted((row["id"] for row in found), reverse=True)
    assert len(found) == 2


def test_one_delivery_shows_its_attempts_and_receipts(program, busy):
    """Everything that is known of it, and no words of its message."""
    (sent,) = ids(busy, target="shop")
    found = json.loads(program("deliveries", sent, "--json").stdout)
    assert [one["outcome"] for one in found["attempt_list"]] == ["sent"]
    assert [one["receipt"] for one in found["receipt_list"]] == ["delivered"]
    plain = program("deliveries", sent).stdout
    assert "attempts\n" in plain
    assert "receipts\n" in plain
    assert "hi" not in plain.split()


def test_what_is_not_there_is_said(program, busy):
    """An unknown number ends with 1, an unknown endpoint with 2 and the nearest name."""
    missing = program("deliveries", "999999")
    assert (missing.exit_code, missing.stderr) == (1, "there is no delivery 999999\n")
    wrong = program("deliveries", "--endpoint", "dsk")
    assert wrong.exit_code == 2
    assert 'Did you mean "desk"?' in wrong.stderr


def test_one_is_redelivered_without_a_question(program, busy):
    """It is said under which number it goes on."""
    (refused,) = ids(busy, state="refused")
    result = program("redeliver", refused)
    assert result.exit_code == 0
    (new,) = ids(busy, state="waiting")
    assert f"{refused} is sent again as {new}" in result.stdout
    busy.work()
    assert peers.of("desk").texts()[-1] == "secret words"


@pytest.mark.parametrize(("answer", "code", "sent"), [("n\n", 1, 0), ("y\n", 0, 1)])
def test_what_may_be_there_already_is_asked_about(program, busy, answer, code, sent):
    """An unknown one could be there twice."""
    result = program("redeliver", "--endpoint", "desk", "--state", "unknown", input=answer)
    assert result.exit_code == code
    assert "may have arrived already" in result.stderr
    assert len(ids(busy, state="redelivered")) == sent


def test_several_are_asked_about_unless_yes(program, busy):
    """--yes is for scripts."""
    wanted = ids(busy, state="refused") + ids(busy, state="unknown")
    assert program("redeliver", *wanted, input="n\n").exit_code == 1
    result = program("redeliver", *wanted, "--yes", "--json")
    assert [one["problem"] for one in json.loads(result.stdout)] == [None, None]


def test_what_cannot_be_redelivered_ends_with_1(program, busy):
    """And says why."""
    (sent,) = ids(busy, target="shop")
    result = program("redeliver", sent)
    assert result.exit_code == 1
    assert "it is sent" in result.stderr


@pytest.mark.parametrize("words", [[], ["1", "--endpoint", "desk"], ["--endpoint", "desk"], ["--state", "dead"]])
def test_redeliver_wants_ids_or_an_endpoint_with_a_state(program, words):
    """Everything of an endpoint at once would be a slip of the hand."""
    assert program("redeliver", *words).exit_code == 2


@pytest.mark.parametrize(("option", "state"), [("--sent", "sent"), ("--not-sent", "waiting")])
def test_an_unknown_one_is_resolved(program, busy, option, state):
    """As the human found it at the other side."""
    (unknown,) = ids(busy, state="unknown")
    assert program("resolve", unknown, option).exit_code == 0
    assert busy.states(id=unknown) == [state]


def test_resolve_wants_an_answer_and_something_to_resolve(program, busy):
    """Without one it ends with 2, on a settled delivery with 1."""
    (sent,) = ids(busy, target="shop")
    assert program("resolve", sent).exit_code == 2
    result = program("resolve", sent, "--sent")
    assert (result.exit_code, result.stderr) == (1, f"delivery {sent} is sent: there is nothing to resolve\n")


def test_a_paused_endpoint_gets_nothing_until_it_is_resumed(program, office):
    """Nothing that waits is lost."""
    assert program("pause", "desk", "--reason", "the desk moves").exit_code == 0
    with office.store.read() as db:
        assert operations.states(db)["desk"].reason == "the desk moves"
    office.arrive(message("m1"))
    office.work()
    assert peers.of("desk").texts() == []
    assert program("resume", "desk").stdout == "desk goes on\n"
    office.work()
    assert peers.of("desk").texts() == ["hello"]
    assert program("resume", "desk").stdout == "desk was not paused\n"


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_only_a_known_endpoint_is_paused(program, command):
    """The nearest name is shown."""
    result = program(command, "shpo")
    assert result.exit_code == 2
    assert 'Did you mean "shop"?' in result.stderr
