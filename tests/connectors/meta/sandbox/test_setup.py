"""A whole account, set up at the sandbox by `connectors setup`, and watched by `connectors check --live`."""

import json

import leaks
import pytest
from click.testing import CliRunner
from sandboxes import ACCOUNT, APP, NUMBER, SECRET, TOKEN, VERIFY, Running, wait_until
from servers import free_port

from connectors.meta.sandbox.signing import proof
from connectors.meta.tokens import app_token
from connectors_core.cli.main import main

WHOLE = f"{TOKEN.reveal()}\n{SECRET.reveal()}\n{ACCOUNT}\n{APP}\n\n"
"""Of the number, after its id: the token, the secret and id of the app, the business account; not by link."""


@pytest.fixture
def sandbox(open_sandbox):
    """Run a sandbox that nobody has subscribed to, and that demands signed calls."""
    with open_sandbox(callback="", require_proof=True).running() as url:
        running = Running(None, url)
        yield running
        running.session.close()


@pytest.fixture
def program(tmp_path, sandbox):
    """Return a function that runs a command on the settings of the test."""

    def run(*words, told=""):
        result = CliRunner().invoke(main, ["-c", str(tmp_path / "connectors.toml"), *words], input=told)
        leaks.collect(result.output, "connectors setup at the sandbox")
        return result

    return run


@pytest.fixture
def account(program, sandbox, callback):
    """Set up the app and a number as somebody would who has read the guide; the callback stands for the gateway."""
    address = ["--set", f"graph_url={sandbox.url}", "--set", f"app.graph_url={sandbox.url}"]
    app = f"{callback.url.removesuffix('/hooks/meta')}\n{SECRET.reveal()}\n{VERIFY.reveal()}\n{APP}\n"
    return program("setup", "whatsapp", "--name", "shop", "--register", *address, told=f"{app}{NUMBER}\n{WHOLE}")


def findings(result):
    """Return the findings of `check --live --json` as lines."""
    return [f"{one['endpoint']} {one['level']}: {one['text']}" for one in json.loads(result.stdout)["findings"]]


def test_an_account_is_set_up_whole(account, callback, sandbox):
    """The address is registered and verified, the app subscribed to the account, and the token looked at."""
    assert account.exit_code == 0, account.output
    lines = account.stdout.splitlines()
    assert [line.split(":")[0] for line in lines if line[:6].strip() in ("ok", "change", "error")] == [
        "change  meta.webhooks.whatsapp_business_account",
        "change  shop.business_account_id",
        "ok      meta.webhooks.whatsapp_business_account",
        "ok      shop.business_account_id",
        "ok      meta",
        "ok      shop",
        "ok      shop",
        "ok      shop.access_token",
        "ok      shop",
    ], account.stdout
    assert f"go to {callback.url}" in account.stdout


def test_webhooks_come_after_it(account, callback, sandbox):
    """A customer writes, and the gateway hears it."""
    assert account.exit_code == 0
    sandbox.write("Do you deliver?")
    wait_until(callback.messages)


def test_the_token_is_told_of(program, account, sandbox):
    """While it is good, and when it is not any more."""
    found = program("check", "--live", "--json")
    assert (found.exit_code, "shop ok: the token does not expire" in findings(found)) == (0, True)
    sandbox.control("POST", "faults", {"fault": "token_revoked", "rate": 1})
    found = program("check", "--live", "--json")
    assert found.exit_code == 1
    assert any("the token is not valid any more" in line for line in findings(found))


def test_a_lost_subscription_is_told_of_and_comes_back(program, account, sandbox):
    """That of the app and that of the account."""
    signed = {"appsecret_proof": proof(SECRET, TOKEN.reveal())}
    assert sandbox.graph("DELETE", f"{ACCOUNT}/subscribed_apps", params=signed)[0] == 200
    app = app_token(APP, SECRET)
    signed = {"appsecret_proof": proof(SECRET, app.reveal())}
    assert sandbox.graph("DELETE", f"{APP}/subscriptions", token=app, params=signed)[0] == 200
    found = program("check", "--live", "--json")
    assert found.exit_code == 1
    lost = [line for line in findings(found) if "error" in line]
    assert lost == [
        "meta error: the webhooks of whatsapp: the platform has nothing of it; see `connectors plan`",
        "shop error: the subscription to the business account: the platform has nothing of it; see `connectors plan`",
    ]
    assert program("apply", "--yes").exit_code == 0
    assert program("check", "--live").exit_code == 0


def test_the_state_of_the_number_is_told(program, account, sandbox):
    """Its quality, and that it is locked."""
    good = program("check", "--live", "--json")
    assert any("is reached; quality GREEN" in line for line in findings(good))
    sandbox.control("POST", "faults", {"fault": "account_locked", "rate": 1})
    found = program("check", "--live", "--json")
    assert (found.exit_code, any("the state BANNED" in line for line in findings(found))) == (1, True)


def test_a_platform_that_does_not_answer_loses_nothing(program, sandbox, callback, tmp_path):
    """The settings are kept, each failure is told, and what to do next."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    result = program(
        *("setup", "whatsapp", "--register", "--set", f"graph_url={nowhere}", "--set", f"app.graph_url={nowhere}"),
        told=f"{callback.url}\n{SECRET.reveal()}\n{VERIFY.reveal()}\n{APP}\n{NUMBER}\n{WHOLE}",
    )
    assert result.exit_code == 1
    assert "is not reachable" in result.stdout
    assert "connectors check --live" in result.stderr
    assert (tmp_path / "connectors.toml").exists()
