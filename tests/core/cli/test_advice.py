"""`connectors explain` and `connectors templates`."""

import json
from time import time

import peers
import pytest
from gateways import ENVIRON, TWO_ENDS, message

from connectors_core.errors import Unreachable
from connectors_core.model import ConversationRef, Done, Slot, TemplateInfo

STUDIO = TWO_ENDS.replace('type = "phone"', 'type = "studio"')
KNOWN = [
    TemplateInfo(
        name="order",
        language="en",
        usable=True,
        category="utility",
        body="Order {{body.1}} is ready",
        slots=(Slot(key="body.1"),),
    ),
    TemplateInfo(name="old", language="en", usable=False, reason="it is paused"),
]
DAY = 86400


@pytest.fixture
def office(store_url, open_house, monkeypatch):
    """Give a house whose channel has a window that Ann has just opened, and templates that nobody has listed yet."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    house = open_house(f'[gateway]\nstore = "{store_url}"\n{STUDIO}')
    peers.of("shop").always("templates", lambda *_: KNOWN)
    house.arrive(message("m1"))
    house.sql("UPDATE conversations SET last_in_at = :now", now=time())
    return house


def test_an_open_window_ends_with_0(program):
    """With its rule, its end and where it is written."""
    result = program("explain", "shop", "ann")
    assert result.exit_code == 0
    first, *rest = result.stdout.splitlines()
    assert first.startswith("allow: the visiting window is open for another 23 hours")
    assert [line.split(":")[0].strip() for line in rest] == ["rule", "deadline", "source", "answers"]
    assert rest[-1] == "  answers:  desk"


def test_a_closed_window_ends_with_1(program, office):
    """With what may be done instead, the templates by name when they are known."""
    office.errands()
    office.later(2 * DAY)
    result = program("explain", "shop", "ann")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == "allow_with: the visiting window closed 24 hours ago"
    assert "  instead:  send an approved template: order (en)" in result.stdout.splitlines()
    assert "  instead:  wait until the person writes again" in result.stdout.splitlines()


def test_explain_writes_json(program, office):
    """The same as the HTTP API says."""
    office.later(2 * DAY)
    found = json.loads(program("explain", "shop", "ann", "--json").stdout)
    assert (found["decision"], found["rule"], found["source"]) == (
        "allow_with",
        "visiting window",
        "the house rules, 2026-03",
    )


def test_a_conversation_may_be_named_by_the_other_end(program, office):
    """As the desk calls it, once it has one."""
    peers.of("desk").answers("send", Done(refs=[ConversationRef(endpoint="desk", account="desk", id="d-1")]))
    office.work()
    assert program("explain", "desk", "d-1").exit_code == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--template", "order", "--value", "body.1=7"], 0, "allow: a template may be sent at any time"),
        (["--template", "order"], 1, "deny: the template order would be refused: body.1 has no value"),
        (["--template", "old"], 1, "it cannot be sent now: it is paused"),
        (["--template", "new"], 0, "allow: a template may be sent at any time"),
        (["--template", "order", "--language", "ar"], 0, "allow: a template may be sent at any time"),
        (["--template", "order", "--value", "seven"], 2, "must look like body.1=7"),
    ],
)
def test_a_template_is_explained(program, office, words, code, told):
    """With what is wrong, as far as it is known; a template that is not known is left to the platform."""
    office.errands()
    office.later(2 * DAY)
    result = program("explain", "shop", "ann", *words)
    assert (result.exit_code, told in result.output) == (code, True), result.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["desk", "nobody"], "desk has no such conversation"),
        (["desk", "ann", "--account", "7"], "desk has no such conversation"),
        (["shp", "ann"], 'Did you mean "shop"?'),
    ],
)
def test_what_is_not_known_ends_with_2(program, words, told):
    """With the nearest name, where there is one."""
    result = program("explain", *words)
    assert (result.exit_code, told in result.stderr) == (2, True), result.output


def test_somebody_who_has_never_written_needs_a_template(program):
    """Their conversation is named as the channel will call it."""
    result = program("explain", "shop", "nobody")
    assert (result.exit_code, "has not written yet" in result.output) == (1, True)


def test_templates_are_listed_as_they_were_read_last(program, office):
    """Without asking anybody; before the first time there are none."""
    result = program("templates", "shop")
    assert (result.exit_code, "synchronised: never" in result.stderr) == (0, True)
    office.errands()
    asked = len(peers.of("shop").told("templates"))
    rows = [line.split() for line in program("templates", "shop").stdout.splitlines()[1:]]
    assert [(row[0], row[1], row[-1]) for row in rows] == [("old", "en", "paused"), ("order", "en", "-")]
    assert len(peers.of("shop").told("templates")) == asked


def test_templates_can_be_read_anew(program):
    """With their slots, as JSON."""
    result = program("templates", "shop", "--sync", "--json")
    assert result.exit_code == 0
    found = {row["name"]: row for row in json.loads(result.stdout)}
    assert (found["order"]["slots"], found["order"]["usable"]) == (["body.1"], "yes")
    assert found["old"]["why not"] == "it is paused"


def test_a_failed_synchronisation_ends_with_1(program):
    """What was known is shown, and what went wrong; looking again later is no failure."""
    program("templates", "shop", "--sync")
    peers.of("shop").always("templates", Unreachable("the studio is closed"))
    result = program("templates", "shop", "--sync")
    assert (result.exit_code, "order" in result.stdout) == (1, True)
    assert "the last time failed: the studio is closed" in result.stderr
    assert program("templates", "shop").exit_code == 0


@pytest.mark.parametrize(("endpoint", "told"), [("desk", "desk has no templates"), ("shp", 'Did you mean "shop"?')])
def test_an_endpoint_without_templates_ends_with_2(program, endpoint, told):
    """As does one that is not there."""
    result = program("templates", endpoint)
    assert (result.exit_code, told in result.stderr) == (2, True)
