"""`connectors check`."""

from __future__ import annotations

import json
from pathlib import Path

import peers
import pytest
from click.testing import CliRunner
from gateways import ENVIRON, TWO_ENDS
from gateways import INSTALLED as PLAYGROUND

from connectors_core.cli.findings import _mapped
from connectors_core.cli.main import main
from connectors_core.errors import Unreachable
from connectors_core.model import Change, Finding
from connectors_core.settings import load

INSTALLED = Path(__file__).parents[1] / "settings" / "installed"

SETTINGS = """
[endpoints.books]
type = "ledger"
url = "https://ledger.example.com"
token = { env = "LEDGER_TOKEN" }
mood = "MOOD"
observers = ["counter"]

[apps.office]
type = "postoffice"
stamp = { env = "LEDGER_TOKEN" }
"""
TOKEN = "tok-ledger"  # short, so that the leak that one of these tests makes on purpose is no finding


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that checks settings in a process environment that has their secrets."""
    monkeypatch.syspath_prepend(str(INSTALLED))
    monkeypatch.setenv("LEDGER_TOKEN", TOKEN)
    path = tmp_path / "connectors.toml"

    def check(*options, text=SETTINGS, mood="calm"):
        path.write_text(text.replace("MOOD", mood))
        result = CliRunner().invoke(main, ["-c", str(path), "check", *options])
        assert TOKEN not in result.output
        return result

    return check


def test_good_settings_are_summed_up(run):
    """Endpoints, routes and store are named, and the exit code is 0."""
    result = run()
    assert result.exit_code == 0
    assert "endpoints: books (ledger)" in result.stdout
    assert "store:     sqlite:///connectors.db" in result.stdout


def test_bad_settings_end_with_3(run):
    """Every problem has a line on stderr, and nothing says that something were fine."""
    result = run(text='[gatewy]\n[endpoints."a\\u001b[31m"]\n')
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.splitlines()[0] == 'gatewy: unknown key. Did you mean "gateway"?'
    assert result.stderr.splitlines()[-1] == "3 problems in the settings"
    assert "\x1b" not in result.stderr


def test_what_cannot_be_built_is_a_problem(run):
    """A connector that breaks in its constructor is named by class and line; its words, with the token, are not."""
    result = run(mood="broken")
    assert result.exit_code == 3
    assert "endpoints.books: cannot be made (ValueError in letterbox.py:" in result.stderr


def test_json_has_the_problems(run):
    """One object, for programs, with the same exit code."""
    result = run("--json", text="[gatewy]\n")
    assert result.exit_code == 3
    assert json.loads(result.stdout) == {
        "ok": False,
        "problems": [{"path": "gatewy", "text": 'unknown key. Did you mean "gateway"?'}],
    }


def test_json_has_the_summary(run):
    """What was built, for programs."""
    found = json.loads(run("--json").stdout)
    assert found["ok"] is True
    assert found["endpoints"] == [{"name": "books", "type": "ledger", "account": ""}]
    assert found["apps"] == [{"name": "office", "type": "postoffice"}]


def test_live_asks_the_endpoints(run):
    """Their findings are printed; without --live nobody is asked."""
    assert "ok      books: the token works" in run("--live").stdout
    assert "the token works" not in run().stdout


@pytest.mark.parametrize(
    ("mood", "text"), [("offline", "the ledger is closed to ***"), ("faulty", "the check broke off (ValueError in ")]
)
def test_a_failing_check_is_a_finding(run, mood, text):
    """It ends with 1, after what was found before, and without the token that stood in its words."""
    result = run("--live", "--json", mood=mood)
    assert result.exit_code == 1
    finding = json.loads(result.stdout)["findings"][-1]
    assert (finding["endpoint"], finding["level"]) == ("books", "error")
    assert finding["text"].startswith(text)


@pytest.fixture
def live(tmp_path, monkeypatch):
    """Return a function that asks an app and an endpoint whose peers answer as the test says."""
    monkeypatch.syspath_prepend(str(PLAYGROUND))
    peers.forget()
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "connectors.toml"
    path.write_text(TWO_ENDS.replace('type = "phone"', 'type = "studio"'), encoding="utf-8")
    for name in ("exchange", "shop"):
        peers.of(name).always("plan", [])
    return lambda *options: CliRunner().invoke(main, ["-c", str(path), "check", "--live", *options])


def test_a_check_is_told_the_fields_that_rules_write(tmp_path, monkeypatch):
    """Those for its own endpoint, of all routes, each once."""
    monkeypatch.syspath_prepend(str(PLAYGROUND))
    rule = '[[routes.map.desk]]\nto = "note"\nfrom = "event.text"\n'
    path = tmp_path / "connectors.toml"
    path.write_text(TWO_ENDS.replace("[api_tokens.desk]", f"{rule}{rule}[api_tokens.desk]"), encoding="utf-8")
    settings = load(path, ENVIRON)
    assert (_mapped(settings, "desk"), _mapped(settings, "shop")) == (("note",), ())


def test_live_asks_apps_too(live):
    """Each by its name, the apps first; who has nothing to check is not asked."""
    result = live()
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-4:] == [
        "ok      exchange: check of exchange is fine",
        "ok      exchange: the platform has what the settings declare",
        "ok      shop: check of shop is fine",
        "ok      shop: the platform has what the settings declare",
    ]


def test_an_app_that_cannot_be_asked_hides_no_endpoint(live):
    """Its failure is a finding of its own, and a warning is no failure."""
    peers.of("exchange").always("check", Unreachable("exchange cannot be reached"))
    peers.of("shop").always("check", [Finding(level="warning", text="it is dusty", path="number")])
    result = live("--json")
    assert result.exit_code == 1
    assert [one for one in json.loads(result.stdout)["findings"] if one["level"] != "ok"] == [
        {"endpoint": "exchange", "level": "error", "text": "exchange cannot be reached", "path": ""},
        {"endpoint": "shop", "level": "warning", "text": "it is dusty", "path": "number"},
    ]
    peers.of("exchange").always("check", None)
    assert live().exit_code == 0


def test_live_warns_of_drift(live):
    """Somebody changed at the platform what the settings declare."""
    peers.of("shop").always("plan", [Change(path="greeting", title="the greeting", before="Moo", after="Hello")])
    result = live("--json")
    assert result.exit_code == 0
    (drift,) = [one for one in json.loads(result.stdout)["findings"] if one["level"] != "ok"]
    assert (drift["endpoint"], drift["level"], drift["path"]) == ("shop", "warning", "greeting")
    assert "the greeting: the platform has something else than the settings say" in drift["text"]


def test_the_password_of_the_store_is_hidden(run, monkeypatch):
    """The summary names the database, not what opens it."""
    monkeypatch.setenv("DATABASE", "postgresql://shop:hunter22@db.example.com/x")
    result = run(text='[gateway]\nstore = { env = "DATABASE" }\n')
    assert "postgresql://shop:***@db.example.com/x" in result.stdout


def test_the_settings_may_be_named_by_the_environment(tmp_path):
    """CONNECTORS_SETTINGS stands in for the option; a missing file ends with 3."""
    result = CliRunner().invoke(main, ["check"], env={"CONNECTORS_SETTINGS": str(tmp_path / "nowhere.toml")})
    assert result.exit_code == 3
    assert "nowhere.toml cannot be read" in result.stderr


def test_the_help_has_the_exit_codes():
    """Scripts can rely on them; wrong usage ends with 2."""
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for code in ("0    fine", "3    the settings are refused", "130  stopped by Ctrl-C"):
        assert code in result.stdout
    assert CliRunner().invoke(main, ["chek"]).exit_code == 2
