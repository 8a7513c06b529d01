"""A pytest plugin that reads every log line, error and process output of a run for what must not be in them.

Every secret that the tested code holds registers itself, message bodies and numbers of people carry a mark; at the end
of the run all that was written is searched for them, and the run fails when one is found.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from connectors_core.errors import ConnectorsError
from connectors_core.logs import RedactingFormatter
from connectors_core.redact import HIDDEN, Redactor, Secret

BODY = "body-7f3a91"
"""What every message body of a test begins with that may be logged by mistake."""
NUMBER = "155501007"
"""What every number of a person begins with in such a test."""
SHORTEST = 12
"""Characters: shorter secrets of tests are ordinary words, which may well stand in a text."""
OURS = ("connectors_core", "connectors")
"""Whose lines are collected at every level; of others those that the program would show as well: warnings."""


@attrs.define
class Collector:
    """What must not be written, and what was written (where, text)."""

    secrets: set[str] = attrs.field(factory=lambda: {BODY, NUMBER})
    texts: list[tuple[str, str]] = attrs.field(factory=list)

    def found(self) -> list[str]:
        """Return a line for every place where something was written that must not be; it does not repeat the secret."""
        pattern = re.compile("|".join(re.escape(secret) for secret in sorted(self.secrets, key=len, reverse=True)))
        lines = []
        for where, text in self.texts:
            for match in pattern.finditer(text):
                before, after = text[: match.start()], text[match.end() :]
                excerpt = before.rpartition("\n")[2][-80:] + HIDDEN + after.partition("\n")[0][:40]
                lines.append(f"{where}: {pattern.sub(HIDDEN, excerpt)}")
        return lines


COLLECTOR = Collector()


def register(secret: str) -> str:
    """Let a secret be searched for in all that is written; return it."""
    if len(secret) >= SHORTEST:
        COLLECTOR.secrets.add(secret)
    return secret


def collect(text: str, where: str) -> None:
    """Have a text searched at the end of the run."""
    if text:
        COLLECTOR.texts.append((where, text))


class _Lines(logging.Handler):
    """Collects each record as its template and arguments make it, before anything is redacted."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.where = ""
        self._formatter = RedactingFormatter(Redactor())

    def emit(self, record: logging.LogRecord) -> None:
        trace = self._formatter.formatException(record.exc_info) if record.exc_info else ""
        collect(f"{record.getMessage()}\n{trace}", f"{self.where} (log of {record.name})")


_LINES = _Lines()
_ERRORS: list[ConnectorsError] = []


def pytest_configure(config: pytest.Config) -> None:
    """Watch secrets being made and errors being raised."""
    del config
    make, fail = Secret.__init__, ConnectorsError.__init__

    def made(self: Secret, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        register(self.reveal())

    def failed(self: ConnectorsError, *arguments: Any, **named: Any) -> None:
        fail(self, *arguments, **named)
        _ERRORS.append(self)

    Secret.__init__ = made  # type: ignore[method-assign]
    ConnectorsError.__init__ = failed  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Collect the lines and the errors of one test."""
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in OURS]
    _LINES.where = item.nodeid
    root.addHandler(_LINES)
    for logger in ours:
        logger.setLevel(logging.DEBUG)
    try:
        return (yield)
    finally:
        root.removeHandler(_LINES)
        for logger in ours:
            logger.setLevel(logging.NOTSET)
        for error in _ERRORS:
            collect(error.text, f"{item.nodeid} ({type(error).__name__})")
        _ERRORS.clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect what a test and the code under it printed: the last of its reports has all of it."""
    if report.when != "teardown":
        return
    collect(report.capstdout, f"{report.nodeid} (stdout)")
    collect(report.capstderr, f"{report.nodeid} (stderr)")


_ANSWER = pytest.StashKey[list[str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Search, and make the run fail; a process of pytest-xdist tells the one that started it."""
    found = COLLECTOR.found()
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["leaks"] = found
        return
    found += session.config.stash.get(_ANSWER, [])
    session.config.stash[_ANSWER] = found
    if found and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a process of pytest-xdist found."""
    node.config.stash.setdefault(_ANSWER, []).extend(getattr(node, "workeroutput", {}).get("leaks", []))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show where."""
    found = config.stash.get(_ANSWER, [])
    if not found:
        return
    terminalreporter.section("secrets or words of people were written", red=True)
    for line in found[:50]:
        terminalreporter.line(line)
    terminalreporter.line(f"{len(found)} in all")
