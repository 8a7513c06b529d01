"""`connectors schema`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors_core.cli.main import main

INSTALLED = Path(__file__).parents[1] / "settings" / "installed"


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """Install a package with connectors."""
    monkeypatch.syspath_prepend(str(INSTALLED))


def test_the_schema_goes_to_stdout():
    """It is JSON and knows the installed connectors."""
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert "ledger" in found["properties"]["endpoints"]["additionalProperties"]["properties"]["type"]["enum"]


def test_the_schema_goes_to_a_file(tmp_path):
    """The file has the same text as stdout would have."""
    path = tmp_path / "connectors.schema.json"
    result = CliRunner().invoke(main, ["schema", "-o", str(path)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert path.read_text(encoding="utf-8") == CliRunner().invoke(main, ["schema"]).stdout


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    """A sentence and code 1, no traceback."""
    result = CliRunner().invoke(main, ["schema", "-o", str(tmp_path / "none" / "schema.json")])
    assert result.exit_code == 1
    assert "cannot be written: No such file or directory" in result.stderr
