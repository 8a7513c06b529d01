"""What holds for all tests: steady hypothesis, and a store of each kind."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

import chromium
import gateways
import postgres
import pytest
from hypothesis import HealthCheck, settings

from connectors_core.store import Store
from connectors_core.store.migrate import migrate

pytest_plugins = ["leaks", "pytester", "connectors_core.testing.plugin"]

# A busy machine is no failure, and a run that failed fails again.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

HAVE_POSTGRES = postgres.find_binaries() is not None
STORES = ["sqlite", "postgresql"] if HAVE_POSTGRES else ["sqlite"]


def pytest_terminal_summary(terminalreporter):
    """Say plainly what was not tested here."""
    if not HAVE_POSTGRES:
        terminalreporter.write_line("PostgreSQL is not installed here: the tests ran on SQLite alone", yellow=True)
    if chromium.PATH is None:
        terminalreporter.write_line("Chromium is not installed here: no page was tried in a browser", yellow=True)
    if not any("live" in Path(arg).parts for arg in terminalreporter.config.args):
        terminalreporter.write_line("tests/live was not asked for: tox has an environment for each of its folders")


HERE = Path(__file__).parent
LONG = ("faults/test_soak.py", "docs/test_first_connector.py", "core/cli/test_new.py", "docs/test_conformance.py")
"""What takes longest, begun first: at the end everybody would wait for it."""
ABOVE = ("connectors", "faults/test_crm")
"""What speaks to the store through functions that are tried on each kind elsewhere: SQLite is enough for it."""


def pytest_collection_modifyitems(items):
    """Begin with what takes longest."""
    places = {item: item.path.relative_to(HERE).as_posix() for item in items if item.path.is_relative_to(HERE)}
    items.sort(key=lambda item: LONG.index(places[item]) if places.get(item) in LONG else len(LONG))


def pytest_generate_tests(metafunc):
    """Try on each kind of store what a kind of store could do in its own way."""
    chosen = any("store_url" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "store_url" in metafunc.fixturenames and not chosen:
        above = metafunc.definition.path.relative_to(HERE).as_posix().startswith(ABOVE)
        own = metafunc.definition.get_closest_marker("own_tables")
        metafunc.parametrize("store_url", STORES[:1] if above and not own else STORES, indirect=True)


@pytest.fixture(scope="session")
def postgres_server():
    """Give a server for all tests of this process, with a migrated database to copy."""
    with postgres.running() as server:
        template = Store(server.create("template"))
        migrate(template)
        template.close()
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """Give a migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    template = Store(f"sqlite:///{path}")
    migrate(template)
    # Without its log the file alone is the whole database.
    connection = template.raw()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    template.close()
    return path


@pytest.fixture
def store_url(request, tmp_path):
    """Give the address of an empty, migrated store of one kind."""
    if request.param == "sqlite":
        path = tmp_path / "store.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"t{uuid4().hex}"
    yield server.create(name, "template")
    server.drop(name)


@pytest.fixture
def store(store_url):
    """Give an open, empty store."""
    opened = Store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def open_house(store, tmp_path, monkeypatch):
    """Return a function that builds a gateway with test connectors from settings, on the store of the test."""
    with gateways.houses(store, tmp_path, monkeypatch) as build:
        yield build


@pytest.fixture
def house(open_house):
    """Give a gateway of one channel and one CRM."""
    return open_house()
