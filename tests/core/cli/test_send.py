"""`connectors send`."""

import threading

import peers
import pytest
from gateways import TWO_ENDS, message

from connectors_core.errors import Rejected

THREE_ENDS = f"""
{TWO_ENDS}
[endpoints.office]
type = "desk"
token = {{ env = "TOKEN" }}
[[routes]]
between = ["shop", "office"]
"""


@pytest.fixture
def talking(office):
    """Give an office with a conversation, whose reader and worker run until the test ends."""
    office.arrive(message("m1"))
    office.work()
    office.worker.presence.beat()
    stop = threading.Event()

    def run():
        while not stop.wait(0.02):
            office.read("desk")
            office.work()

    thread = threading.Thread(target=run)
    thread.start()
    yield office
    stop.set()
    thread.join()


def test_a_message_goes_the_way_of_the_api(program, office):
    """It waits in the journal, as a message of the other side of the route."""
    office.arrive(message("m1"))
    result = program("send", "shop", "--conversation", "ann", "--text", "Hello")
    assert result.exit_code == 0
    assert "is stored as a message of desk" in result.stdout
    office.read("desk")
    office.work()
    assert peers.of("shop").texts() == ["Hello"]
    (row,) = office.rows("events", endpoint="desk", noun="message")
    assert row.origin == "agent"


def test_somebody_is_written_to_first(program, office):
    """By an address of theirs, where the channel opens conversations."""
    assert program("send", "shop", "--to", "phone:+16505551234", "--text", "Hello").exit_code == 0
    office.read("desk")
    office.work()
    (sent,) = peers.of("shop").told()
    assert (sent.to.scheme, sent.to.value) == ("phone", "+16505551234")


def test_wait_shows_how_it_ends(program, talking):
    """Sent ends with 0."""
    result = program("send", "shop", "--conversation", "ann", "--text", "Hello", "--wait")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith(": sent")


def test_wait_shows_why_it_failed(program, talking):
    """Refused ends with 1, with the reason."""
    peers.of("shop").answers("send", Rejected("the window is closed"))
    result = program("send", "shop", "--conversation", "ann", "--text", "Hello", "--wait")
    assert result.exit_code == 1
    assert "refused" in result.stdout
    assert "the window is closed" in result.stdout


def test_waiting_ends_when_nobody_works(program, office):
    """It says so, and that the message is kept."""
    office.arrive(message("m1"))
    result = program("send", "shop", "--conversation", "ann", "--text", "Hello", "--wait", "--time-out", "0.2")
    assert result.exit_code == 1
    assert "no program is working on this store" in result.stderr
    assert "it goes on" in result.stderr


def test_an_unknown_conversation_is_said_at_once(program, office):
    """Nothing is stored."""
    result = program("send", "shop", "--conversation", "nobody", "--text", "Hello")
    assert (result.exit_code, result.stderr) == (1, "shop has no such conversation\n")
    assert office.rows("journal") == []


@pytest.mark.parametrize(
    "words",
    [
        ["--text", "x"],
        ["--text", "x", "--to", "+16505551234"],
        ["--text", "x", "--to", "phone:1", "--conversation", "ann"],
        ["--text", "", "--conversation", "ann"],
        ["--conversation", "ann"],
        ["--text", "x", "--conversation", "ann", "--from", "dsek"],
    ],
)
def test_wrong_usage_ends_with_2(program, words):
    """And says what is wanted."""
    assert program("send", "shop", *words).exit_code == 2


def test_who_writes_must_be_said_when_there_are_several(program, office, tmp_path, store_url):
    """All of them are named."""
    office.arrive(message("m1"))
    (tmp_path / "connectors-0.toml").write_text(f'[gateway]\nstore = "{store_url}"\n{THREE_ENDS}', encoding="utf-8")
    result = program("send", "shop", "--conversation", "ann", "--text", "Hello")
    assert result.exit_code == 2
    assert "name one with --from: desk, office" in result.stderr
    assert program("send", "shop", "--conversation", "ann", "--text", "Hello", "--from", "office").exit_code == 0
    assert [row.source for row in office.rows("journal")][-1] == "office"
