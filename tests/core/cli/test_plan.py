"""`connectors plan` and `connectors apply`."""

from __future__ import annotations

import json

import peers
import pytest
from click.testing import CliRunner
from gateways import ENVIRON, INSTALLED, TWO_ENDS

from connectors_core.cli.main import main
from connectors_core.errors import NeedsAttention, Rejected
from connectors_core.model import Change, Finding

GREETING = Change(path="greeting", title="the greeting", before="Moo", after="Hello")
MENU = Change(path="menu", title="the menu", before=["a", "b"], after=["a", "c"])


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs a command where an app and an endpoint have plans; nobody answers by themselves."""
    monkeypatch.syspath_prepend(str(INSTALLED))
    peers.forget()
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "connectors.toml"
    address = '[gateway]\npublic_url = "https://hooks.example.com/"'
    path.write_text(address + TWO_ENDS.replace('type = "phone"', 'type = "studio"'), encoding="utf-8")
    for name in ("exchange", "shop"):
        peers.of(name).always("plan", [])
    return lambda *words, typed="": CliRunner().invoke(main, ["-c", str(path), *words], input=typed)


def test_where_nothing_differs_nothing_is_to_do(run):
    """It ends with 0, for scripts."""
    result = run("plan")
    assert (result.exit_code, result.stdout) == (0, "the platforms have what the settings declare\n")


def test_a_plan_shows_what_goes_and_what_comes(run):
    """Line by line, and changes nothing."""
    peers.of("shop").always("plan", [MENU, Finding(level="warning", text="it is dusty", path="number")])
    result = run("plan")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "warning shop.number: it is dusty",
        "change  shop.menu: the menu",
        "          [",
        '            "a",',
        '        -   "b"',
        '        +   "c"',
        "          ]",
    ]
    assert peers.of("shop").told("apply") == []


def test_programs_get_the_plan_as_json(run):
    """With all values."""
    peers.of("shop").always("plan", [GREETING])
    result = run("plan", "--json")
    change = {"path": "greeting", "title": "the greeting", "before": "Moo", "after": "Hello", "level": "warning"}
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"changes": [{"name": "shop", **change}], "findings": []}


def test_a_plan_tells_apps_and_endpoints_where_webhooks_go(run):
    """The address of the app is that of its endpoints."""
    run("plan")
    for name in ("exchange", "shop"):
        assert peers.of(name).told("plan") == ["https://hooks.example.com/hooks/exchange"]


def test_what_is_not_known_is_not_said_to_be_fine(run):
    """A warning that something could not be compared stands alone."""
    peers.of("shop").always("plan", [Finding(level="warning", text="not known: put app_id", path="app_id")])
    result = run("plan")
    assert (result.exit_code, result.stdout) == (0, "warning shop.app_id: not known: put app_id\n")


def test_only_what_is_named_is_asked(run):
    """An unknown name is told with those that there are."""
    run("plan", "shop")
    assert peers.of("exchange").told("plan") == []
    result = run("plan", "shoop")
    assert (result.exit_code, "they have" in result.stderr) == (2, True)


def test_what_cannot_be_compared_hides_nothing(run):
    """It is an error of its own."""
    peers.of("exchange").always("plan", NeedsAttention("exchange: the token is refused"))
    peers.of("shop").always("plan", [GREETING])
    result = run("plan")
    assert "error   exchange: exchange: the token is refused" in result.stdout
    assert "change  shop.greeting" in result.stdout


def test_apply_makes_the_change_and_looks_again(run):
    """Unasked with --yes."""
    peers.of("shop").answers("plan", [GREETING], [])
    result = run("apply", "--yes")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == "ok      shop: apply of shop is fine"
    assert len(peers.of("shop").told("plan")) == 2


@pytest.mark.parametrize(("typed", "calls", "code"), [("y\n", 1, 0), ("n\n", 0, 1), ("", 0, 1)])
def test_apply_asks_before_it_changes_anything(run, typed, calls, code):
    """Without an answer nothing happens."""
    peers.of("shop").answers("plan", [GREETING], [])
    result = run("apply", typed=typed)
    assert (len(peers.of("shop").told("apply")), result.exit_code) == (calls, code)
    assert ("Nothing was changed." in result.stderr) is (calls == 0)


def test_a_dry_run_changes_nothing(run):
    """It is the plan."""
    peers.of("shop").always("plan", [GREETING])
    result = run("apply", "--dry-run", "--yes")
    assert (result.exit_code, peers.of("shop").told("apply")) == (1, [])
    assert "change  shop.greeting" in result.stdout


def test_a_change_that_is_refused_hinders_no_other(run):
    """Its reason is told, and what still differs."""
    peers.of("shop").answers("plan", [GREETING, MENU], [GREETING])
    peers.of("shop").answers("apply", Rejected("shop: too long"), [Finding(level="ok", text="done", path="menu")])
    result = run("apply", "--yes")
    assert result.exit_code == 1
    assert "error   shop.greeting: shop: too long" in result.stdout
    assert "ok      shop.menu: done" in result.stdout
    assert "Still different" in result.stdout


def test_a_secret_of_the_settings_is_in_no_plan(run):
    """Whatever a platform tells of it."""
    secret = next(iter(ENVIRON.values()))
    peers.of("shop").always("plan", [Change(path="x", title="x", before=secret, after="y")])
    assert secret not in run("plan").output + run("plan", "--json").output
