"""The packages of contrib are what a third party copies: they see the public face of core, and say what they are."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for path in (ROOT / "contrib").glob("*/pyproject.toml"))
PUBLIC = {"connectors_core", "connectors_core.model", "connectors_core.model.wire", "connectors_core.settings.fields"}
FOR_TESTS = {"connectors_core.testing"}

pytestmark = pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)


def project(package):
    """Return what its pyproject.toml says of it."""
    return tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def module(package):
    """Return the name of what is imported."""
    return project(package)["name"].replace("-", "_")


def imported(folder):
    """Return every module that the files of a folder import, with the file."""
    found = set()
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add((path.name, node.module))
            elif isinstance(node, ast.Import):
                found |= {(path.name, alias.name) for alias in node.names}
    return found


def test_it_imports_the_public_face_of_core_alone(package):
    """So that it goes on working whatever core looks like inside."""
    own = imported(package / module(package))
    tests = imported(package / "tests")
    core = {pair for pair in own | tests if pair[1].partition(".")[0] in ("connectors_core", "connectors")}
    allowed = {pair for pair in core if pair[1] in PUBLIC or (pair in tests and pair[1] in FOR_TESTS)}
    assert core - allowed == set()


def test_it_requires_what_it_imports(package):
    """And nothing else, besides core itself, which brings what every connector is made of."""
    needs = {re.split(r"[><=]", one)[0].replace("-", "_") for one in project(package)["dependencies"]}
    roots = {name.partition(".")[0] for _, name in imported(package / module(package))}
    foreign = roots - set(sys.stdlib_module_names) - {module(package), "connectors_core"}
    assert needs - foreign == {"crm_connectors"}
    assert foreign - needs <= {"attrs", "marshmallow"}


def test_its_entry_point_is_a_connector_of_that_name(package, monkeypatch):
    """Each setting of it stands in its documentation."""
    monkeypatch.syspath_prepend(str(package))
    pages = "".join(page.read_text(encoding="utf-8") for page in [package / "README.md", *package.glob("docs/*.md")])
    for name, entry in project(package)["entry-points"]["connectors"].items():
        place, _, attribute = entry.partition(":")
        manifest = getattr(import_module(place), attribute).manifest
        # For the tests after it, the package was never there.
        for one in [one for one in sys.modules if one.partition(".")[0] == module(package)]:
            del sys.modules[one]
        assert manifest.name == name
        missing = [key for key in manifest.settings().load_fields if not re.search(rf"\b{key}\b", pages)]
        assert missing == []


def test_a_licence_that_it_names_is_that_of_core(package):
    """Whole, so that its wheel carries it."""
    for name in project(package).get("license-files", ()):
        assert (package / name).read_bytes() == (ROOT / "LICENSE").read_bytes()
