"""`connectors report`: the figures of a real store, for people and for programs."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from gateways import message, reply

from connectors_core.cli.report import span
from connectors_core.model import Contact, Handover, HandoverAction, Origin


@pytest.fixture
def served(office):
    """Give an office that answered one person, and settled the matter."""
    now = datetime.now(UTC)
    office.arrive(message("m1", at=now - timedelta(minutes=10)))
    office.tell(reply("r1", author=Contact(name="Ann"), at=now))
    office.work()
    settled = {"action": HandoverAction.RELEASE, "origin": Origin.AGENT, "resolved": True}
    place = {"endpoint": "desk", "account": "desk", "conversation": message("m1").conversation}
    office.tell(Handover(id="h1", at=datetime.now(UTC), **settled, **place))
    office.arrive(message("m2", person="bob", at=now))
    return office


def test_figures_are_told_by_route(program, served):
    """Of all first; who nobody has answered yet waits."""
    whole, *routes = [line.split() for line in program("report").stdout.splitlines()[1:]]
    assert whole[:3] == ["all", "2", "1"]
    assert whole[3:5] == ["10", "min"]
    assert "100%" in whole
    assert "*" in whole
    assert [line[:3] for line in routes] == [["shop", "→", "-"], ["shop", "→", "desk"]]


def test_figures_by_agent_and_of_one_channel(program, served):
    """A channel that had none has none."""
    assert "Ann" in program("report", "--by", "agent").stdout
    assert program("report", "--channel", "desk").stdout.splitlines()[1].split()[:2] == ["all", "0"]
    refused = program("report", "--channel", "stranger")
    assert refused.exit_code == 2
    assert "no endpoint" in refused.output


def test_figures_for_programs(program, served):
    """Seconds and shares, and nulls where nothing is known."""
    whole = json.loads(program("report", "--json").stdout)[0]
    assert whole["response"] == pytest.approx(600, abs=60)
    assert (whole["rate"], whole["badge"], whole["waiting"], whole["surveys"]) == (1.0, True, 1, [])


def test_a_duration_has_two_units_at_most():
    """As people say it."""
    assert [span(one) for one in (None, 0.2, 61, 3600, 90061)] == ["", "0 s", "1 min 1 s", "1 h", "1 d 1 h"]
