"""What `connectors check` says of log-ins that nobody could use."""

import pytest
from click.testing import CliRunner
from gateways import ENVIRON, INSTALLED, TWO_ENDS

from connectors_core.cli.main import main

LOGIN = 'type = "bank"\nserver = "https://login.example.com"'
GATEWAY = '[gateway]\npublic_url = "https://gate.example.com"\nsecret = { env = "API_TOKEN" }\n'


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Return a function that checks settings and returns what it prints."""
    monkeypatch.syspath_prepend(str(INSTALLED))
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "connectors.toml"

    def run(text):
        path.write_text(text.replace('type = "desk"', LOGIN))
        result = CliRunner().invoke(main, ["-c", str(path), "check"])
        assert result.exit_code == 0
        return result.output

    return run


def test_a_log_in_without_an_address_and_a_secret_is_warned_of(check):
    """Its button would be refused when somebody is waiting for it."""
    said = check(TWO_ENDS)
    assert "warning desk.login: nobody can log in without gateway.public_url" in said
    assert "warning desk.login: nobody can log in without gateway.secret" in said


def test_a_log_in_that_no_channel_leads_to_is_warned_of(check):
    """There is nowhere to put the button."""
    said = check(GATEWAY + TWO_ENDS.partition("[[routes]]")[0])
    assert "warning desk.login: its customers can log in, but it answers no channel" in said


def test_a_log_in_that_works_is_no_news(check):
    """And nothing is asked of anybody."""
    assert "warning" not in check(GATEWAY + TWO_ENDS)
