"""What the tests of the house look at: every file of the project, and what pyproject.toml says."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("connectors", "connectors_core", "contrib")
FOLDERS = (".ci", "bench", "changelog.d", "docs", "examples", "requirements", "tests", *PACKAGES)
LEFT_BEHIND = {"_build", ".ruff_cache", ".pytest_cache", ".mypy_cache", ".venv", "dist", "__pycache__"}
"""Folders that tools make, also inside a package of its own below contrib."""
UNREADABLE = {".pyc", ".png", ".jpg", ".gif", ".ico", ".woff2", ".mp4", ".ogg", ".pdf", ".webp"}


def files():
    """Return every file of the project that holds text, without what tools leave behind."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.suffix not in {".db", ".log"}]
    for folder in FOLDERS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file() and not LEFT_BEHIND & set(path.parts)]
    return sorted(path for path in found if path.suffix not in UNREADABLE and not path.name.startswith(".coverage"))


@pytest.fixture(scope="session")
def root():
    """Return the folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def texts():
    """Return the text of every file, by its path below the root."""
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files()}


@pytest.fixture(scope="session")
def sources(texts):
    """Return every Python file."""
    return {path: text for path, text in texts.items() if path.endswith(".py")}


@pytest.fixture(scope="session")
def pages(texts):
    """Return every page for readers."""
    return {path: text for path, text in texts.items() if path.endswith(".md") and not path.startswith("changelog.d/")}


@pytest.fixture(scope="session")
def pyproject():
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
