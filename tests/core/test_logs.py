"""Logs tell what happened, and nothing that others must not read."""

import logging
import re

import pytest
from files import Files, running

from connectors_core import Call, Http, logs
from connectors_core.redact import Redactor, Secret

TOKEN = "token-that-nobody-may-read"


@pytest.fixture(autouse=True)
def _as_before():
    """Leave the logging of this process as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def redact():
    """Return a redactor that knows one token."""
    return Redactor([Secret(TOKEN, "test")])


def test_a_line_has_its_time_level_and_place(redact, capsys):
    """One line an event, to stderr."""
    logs.set_up(redact)
    logging.getLogger("connectors_core.somewhere").warning("a store is %s", "full")
    line = capsys.readouterr().err
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING connectors_core\.somewhere: a store is full\n", line)


def test_secrets_and_numbers_are_in_no_line_whoever_wrote_it(redact, capsys):
    """A library that logs a token or a phone number is cleaned up after."""
    logs.set_up(redact)
    logging.getLogger("some.library").error("called with %s for +447700900123", TOKEN)
    line = capsys.readouterr().err
    assert TOKEN not in line
    assert "447700900123" not in line


def test_an_exception_is_its_kind_and_its_place_without_its_words(redact, capsys):
    """The words of an exception may be those of a customer."""
    logs.set_up(redact)
    try:
        raise ValueError("what the customer wrote")
    except ValueError:
        logging.getLogger("connectors_core").exception("a round failed")
    written = capsys.readouterr().err
    assert "what the customer wrote" not in written
    assert "ValueError" in written
    assert "test_logs.py:" in written


def test_details_are_logged_when_asked_for(redact, capsys):
    """`--verbose` shows debug lines of ours, and keeps the libraries quiet."""
    logs.set_up(redact)
    logging.getLogger("acme.connector").debug("quiet")
    logs.set_up(redact, verbose=True)
    logging.getLogger("acme.connector").debug("loud")
    logging.getLogger("urllib3").debug("chatter")
    assert [line.rpartition(" ")[2] for line in capsys.readouterr().err.splitlines()] == ["loud"]


def test_a_token_in_a_path_is_in_no_log_of_a_library(caplog, monkeypatch):
    """Some platforms have it there, and urllib3 would tell of every path at the level DEBUG."""
    monkeypatch.setenv("NO_PROXY", "*")
    caplog.set_level(logging.DEBUG)
    with running(Files()) as server:
        server.answers[f"/bot{TOKEN}/send"] = (200, {}, b"{}")
        Http("shop").call(Call(method="POST", url=f"{server.url}/bot{TOKEN}/send"))
    assert len(server.asked) == 1
    assert TOKEN not in caplog.text
