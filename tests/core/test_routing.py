"""The routes of the settings, seen from an endpoint."""

from pathlib import Path

import pytest

from connectors_core.mapping.rules import Rules
from connectors_core.routing import Router
from connectors_core.settings.model import Route, Settings


@pytest.fixture
def router():
    """Two channels, two CRMs; the second CRM takes standby copies alone."""
    routes = (
        Route(between=("shop", "desk"), rules={"desk": Rules(())}),
        Route(between=("shop", "books"), when={"event.standby": True}, on_unsupported="refuse"),
        Route(between=("desk", "branch")),
    )
    return Router(Settings(path=Path("connectors.toml"), routes=routes))


def names(ways):
    """Return where ways go."""
    return [way.target for way in ways]


def test_from_home_every_route_that_fits_is_taken(router):
    """A route's condition is asked of the event's document."""
    assert names(router.from_home("shop", lambda: {"event": {"standby": True}})) == ["desk", "books"]
    assert names(router.from_home("shop", lambda: {"event": {}})) == ["desk"]


def test_the_document_is_built_only_for_a_route_that_asks(router):
    """Most routes have no condition, and a document costs time."""
    assert names(router.from_home("branch", lambda: pytest.fail("nobody asked"))) == ["desk"]


def test_a_route_has_two_ends(router):
    """Which way an event travels is a fact of the event."""
    assert router.between("desk", "shop").target == "shop"
    assert router.between("shop", "desk").target == "desk"
    assert router.between("books", "branch") is None
    assert router.between("nobody", "shop") is None
    assert router.from_home("nobody", dict) == []


def test_a_way_says_what_becomes_of_parts_that_do_not_fit(router):
    """Degrading is the default."""
    assert router.between("shop", "desk").degrade
    assert not router.between("shop", "books").degrade


def test_rules_belong_to_the_end_that_they_are_written_for(router):
    """The other direction has none."""
    assert router.between("shop", "desk").rules == Rules(())
    assert router.between("desk", "shop").rules is None
