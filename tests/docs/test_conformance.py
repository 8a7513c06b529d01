"""The guide to the kit, and that our own connectors keep to it."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from connectors_core.testing import Conformance
from connectors_core.testing.promises import promises_of
from connectors_core.testing.samples import KEYS, Samples

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/conformance.md").read_text(encoding="utf-8")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = sorted(PROJECT["entry-points"]["connectors"])


def blocks(kind):
    """Return the blocks of a kind on the page."""
    return re.findall(rf"^```{kind}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_test_of_the_guide_is_one(tmp_path):
    """Its class can be collected, and a promise that needs no sample holds."""
    (code,) = blocks("python")
    (tmp_path / "test_webhook.py").write_text(code, encoding="utf-8")
    options = ["-p", "no:connectors-kit", "-p", "connectors_core.testing.plugin", "-p", "no:cacheprovider"]
    words = [sys.executable, "-m", "pytest", "-q", "-k", "references or can_be_built", *options]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_sample_of_the_guide_is_one(tmp_path):
    """It has the form that it describes."""
    (sample,) = blocks("json")
    (tmp_path / "send").mkdir()
    (tmp_path / "send" / "text.json").write_text(sample, encoding="utf-8")
    found = Samples.load(tmp_path)
    assert found.problems == ()
    assert json.loads(sample)["exchange"][0]["call"]["json"]["text"] == found.all[0].event.parts[0].body


def test_every_folder_of_samples_is_described():
    """And none that is not there."""
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| .*\|$", GUIDE.partition("## The samples")[2], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(KEYS)


def test_every_promise_says_where_to_read():
    """The page is there."""
    pages = {promise.page.partition("#")[0] for promise in promises_of(Conformance)}
    assert [page for page in sorted(pages) if not (ROOT / "docs" / page).exists()] == []


@pytest.mark.parametrize("name", OURS)
def test_our_own_connectors_are_proved(name):
    """Each has its class of promises, and a table of abilities made from its manifest."""
    test = ROOT / "tests/connectors" / name / "test_conformance.py"
    assert "(Conformance)" in test.read_text(encoding="utf-8")
    page = (ROOT / "docs/connectors" / f"{name}.md").read_text(encoding="utf-8")
    assert f"```{{abilities}} {name}\n```" in page
