"""The project: CI does what the README says, and what is installed is what was meant."""

import base64
import os
import re
import subprocess
import sys
from importlib import import_module

from connectors_core import __version__
from connectors_core.settings import load


def test_ci_runs_the_test_command_of_the_readme_and_nothing_else(root):
    """What a reader runs is what is judged; a browser is looked for before."""
    section = (root / "README.md").read_text(encoding="utf-8").split("## Two commands")[1].split("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    lines = (root / ".ci/run").read_text(encoding="utf-8").splitlines()
    done = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert len(blocks) == 2
    assert done == [".ci/browser", blocks[1].strip()]
    assert os.access(root / ".ci/run", os.X_OK)
    assert os.access(root / ".ci/browser", os.X_OK)


def test_every_entry_point_can_be_imported(pyproject):
    """And is called what its manifest is called."""
    for group in ("connectors", "connectors.apps"):
        for name, entry in pyproject["project"]["entry-points"][group].items():
            module, _, attribute = entry.partition(":")
            assert getattr(import_module(module), attribute).manifest.name == name


def test_the_example_settings_load(root):
    """With any value for every secret that they refer to."""
    text = (root / "examples/connectors.toml").read_text(encoding="utf-8")
    # Base64 of 32 bytes in the form of Standard Webhooks serves for every kind of secret.
    secret = f"whsec_{base64.b64encode(bytes(range(32))).decode()}"
    environ = dict.fromkeys(re.findall(r'env\s*=\s*"(\w+)"', text), secret)
    settings = load(root / "examples/connectors.toml", environ)
    assert settings.endpoints
    assert settings.routes


def test_the_lowest_versions_are_those_that_pyproject_promises(root, pyproject):
    """The env `lowest` tests nothing newer than the bounds."""
    pinned = dict(
        re.findall(r"^([\w-]+)==(\S+)", (root / "requirements/lowest.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for requirement in pyproject["project"]["dependencies"]:
        name, bound = re.match(r"([\w-]+)>=([\d.]+)", requirement).groups()
        found = pinned[name.lower()].split(".")
        assert found[: len(bound.split("."))] == bound.split("."), requirement
        assert set(found[len(bound.split(".")) :]) <= {"0"}, requirement


def test_every_fragment_of_the_changelog_is_one_that_is_read(root, pyproject):
    """Its type is known, and its name is no number of an issue."""
    types = {kind["directory"] for kind in pyproject["tool"]["towncrier"]["type"]}
    names = [path.name for path in (root / "changelog.d").iterdir() if not path.name.startswith(".")]
    assert [name for name in names if not re.fullmatch(rf"\+[\w-]+\.({'|'.join(types)})\.md", name)] == []


def test_nothing_is_imported_that_a_user_did_not_ask_for():
    """The command line answers fast, and importing core opens no connection and no store."""
    program = "import sys, connectors_core; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"sqlalchemy", "alembic", "starlette", "uvicorn", "rich"}.isdisjoint(done.stdout.split())
    assert __version__.count(".") == 2
