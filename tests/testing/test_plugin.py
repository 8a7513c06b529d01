"""The kit as its users meet it: pytest, with a class, settings and samples."""

import json
import os
import sys
from pathlib import Path

import pytest

SUPPORT = Path(__file__).parents[1] / "support"
SAMPLES = Path(__file__).parent / "samples"

SUITE = """
from {module} import {kind}
from connectors_core.testing import Conformance, hmac_signed


class TestIt(Conformance):
    connector = {kind}
    settings = {{"url": "{{platform}}", "token": {{"env": "COURIER_TOKEN"}}, "stamp": {{"env": "COURIER_STAMP"}}}}
    signing = hmac_signed("x-stamp", "stamp")
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Return a function that runs the kit on a connector in a program of its own, as its author would."""
    paths = [str(SUPPORT), str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    (pytester.path / "samples").symlink_to(SAMPLES)

    def run(*options, module="courier", kind="Courier"):
        (pytester.path / "test_it.py").write_text(SUITE.format(module=module, kind=kind), encoding="utf-8")
        words = ["-p", "no:connectors-kit", "-p", "connectors_core.testing.plugin", "-p", "no:cacheprovider", *options]
        return pytester.run(sys.executable, "-m", "pytest", "-q", *words, timeout=100)

    return run


def test_nothing_is_skipped_and_every_sample_has_its_test(run):
    """What a connector does not have is a test as well."""
    result = run("-k", "not time_out and not crash", "--abilities", "abilities.json")
    counts = result.parse_summary_nouns(result.outlines[-1:] or [""])
    assert set(counts) == {"passed", "deselected"}


def test_a_broken_promise_is_told_in_a_sentence(run):
    """Which, what was promised, what was seen, where to read; and no traceback of the kit."""
    result = run("-k", "any_text", module="broken.outgoing", kind="BreaksAnyText")
    result.stdout.fnmatch_lines(
        [
            "BreaksAnyText breaks the promise any-text",
            "promised: Whatever people type is sent, or refused with a reason; it never breaks the connector.",
            "seen: *a text of * characters*it raised Uncertain: kit broke off at send*",
            "read: *docs/hooks/send.md",
        ]
    )
    result.stdout.no_fnmatch_line("*def test_*")


def test_a_case_is_named_by_its_sample(run):
    """So that one can be run alone."""
    result = run("-k", "receive/text.json", "--collect-only")
    result.stdout.fnmatch_lines(["test_it.py::TestIt::test_samples_are_read_as_their_events[[]receive/text.json]"])


def test_the_report_has_what_was_declared_and_what_proves_it(run, pytester):
    """As JSON for programs, and as a table for people."""
    result = run("-k", "test_parts or opens or test_who", "--abilities", "abilities.json")
    (found,) = json.loads((pytester.path / "abilities.json").read_text(encoding="utf-8"))
    assert found["name"] == "courier"
    assert found["parts"]["text"]["proved_by"] == ["first", "text"]
    assert found["promises"] == {"parts": "passed", "opens": "passed"}
    result.stdout.fnmatch_lines(["Courier (courier): 2 of 2 promises kept", "*text * full * proved by first, text"])


def test_the_report_tells_what_is_broken(run):
    """One run of many that fails breaks the promise."""
    result = run("-k", "test_parts", "--abilities", "a.json", module="broken.wholes", kind="BreaksParts")
    result.stdout.fnmatch_lines(["*0 of 1 promises kept", "*location * not proved", "*broken: parts"])


def test_a_sample_that_cannot_be_read_is_named(run, pytester):
    """With the key that is missing or that nobody knows, and the others are still tried."""
    (pytester.path / "samples").unlink()
    folder = pytester.path / "samples" / "send"
    folder.mkdir(parents=True)
    (folder / "half.json").write_text('{"about": "x", "event": {}, "exchnge": []}', encoding="utf-8")
    (pytester.path / "samples" / "sned").mkdir()
    result = run("-k", "samples_can_be_read")
    result.stdout.fnmatch_lines(["seen: *send/half.json: *exchange is missing*sned/: there is no such hook*"])
