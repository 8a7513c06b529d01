"""`connectors replay` and `parked`."""

import json
import os
import signal

import peers
import pytest
from gateways import item, message, webhook

from connectors_core.cli import replay as command
from connectors_core.model import codec
from connectors_core.operating.replaying import replay


@pytest.fixture
def newer(monkeypatch):
    """Install a connector that reads other words, and reads what could not be read."""

    def install():
        def read(piece):
            documents = [codec.to_dict(message("m0")) if "fault" in one else one for one in piece.json()]
            return [
                codec.from_dict({**one, "parts": [{"part": "text", "body": "new \x1b words"}]}) for one in documents
            ]

        monkeypatch.setattr("playground._events", read)

    return install


def test_the_difference_is_printed(program, office, newer):
    """Readable, field by field, and without what a terminal would obey."""
    office.arrive(message("m1", "old words"))
    office.work()
    newer()
    result = program("replay", "--source", "exchange", "--diff")
    assert result.exit_code == 0
    assert '-parts[0].body = "old words"\n+parts[0].body = "new \\u001b words"\n' in result.stdout
    assert "1 journal rows read again: 1 events changed, 0 added" in result.stdout
    office.work()
    assert peers.of("desk").texts() == ["old words"]


def test_a_dry_run_changes_nothing(program, office, newer):
    """It says what would be."""
    office.arrive(message("m1", "old words"))
    newer()
    assert "1 events would be changed" in program("replay", "--from", "1", "--dry-run").stdout
    assert "old words" in office.rows("events")[0].document


def test_parked_items_are_listed_with_what_to_do(program, office):
    """Until they can be read."""
    office.journal("exchange", webhook(item({"fault": "malformed"}), item(message("m9"), account="900")))
    office.journal("exchange", b"{}")
    office.read("exchange")
    found = json.loads(program("parked", "--json").stdout)
    assert [row["reason"] for row in found] == ["unreadable", "unrouted", "malformed"]
    number = found[-1]["journal"]
    assert found[-1]["advice"].endswith(f"connectors replay {number} --deliver")
    assert "this cannot be read" in program("parked").stdout


def test_what_was_parked_goes_on_its_way(program, office, newer):
    """The advice of the list, followed."""
    office.journal("exchange", webhook(item({"fault": "malformed"})))
    office.read("exchange")
    newer()
    silent = program("replay", "--parked")
    assert "1 parked items settled, 0 still wait" in silent.stdout
    assert "nothing was delivered" in silent.stdout
    loud = program("replay", office.rows("journal")[0].id, "--deliver")
    assert "1 events are on their way" in loud.stdout
    office.work()
    assert len(peers.of("desk").texts()) == 1


def test_ctrl_c_stops_between_two_batches_and_says_how_to_go_on(program, office, newer, monkeypatch):
    """The batch that runs is finished, and the rest can be done later."""
    office.arrive(message("m1"), message("m2"), message("m3"))
    newer()
    monkeypatch.setattr(command, "BATCH", 1)

    def interrupted(*arguments, **options):
        os.kill(os.getpid(), signal.SIGINT)
        return replay(*arguments, **options)

    monkeypatch.setattr(command, "replay", interrupted)
    first = program("replay", "--from", "1")
    one, two, _ = (row.id for row in office.rows("journal"))
    assert first.exit_code == 130
    assert f"stopped after journal row {one}; 2 rows are left: go on with --from {two}\n" in first.stderr
    monkeypatch.setattr(command, "replay", replay)
    assert "2 journal rows read again: 2 events changed" in program("replay", "--from", two).stdout


@pytest.mark.parametrize("words", [[], ["--parked", "--dry-run", "--deliver"], ["--source", "nowhere"], ["one"]])
def test_wrong_usage_ends_with_2(program, words):
    """The whole journal is not read again by mistake."""
    assert program("replay", *words).exit_code == 2
