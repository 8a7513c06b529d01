"""Which endpoints an event goes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from connectors_core.endpoint import Endpoint
from connectors_core.mapping.rules import Rules, matches
from connectors_core.settings.model import Route, Settings

Document = Callable[[], Mapping[str, Any]]
"""Builds the mapping document of an event; called only when a route asks for it."""


@attrs.frozen
class Way:
    """One end of a route: what happens to events that go to `target`."""

    target: str
    route: Route

    @property
    def degrade(self) -> bool:
        """Whether parts that the target cannot show may become text."""
        return self.route.on_unsupported == "degrade"

    @property
    def rules(self) -> Rules | None:
        """The mapping rules for what arrives at the target."""
        return self.route.rules.get(self.target)


class Router:
    """The routes of the settings, by the endpoint that an event comes from."""

    def __init__(self, settings: Settings) -> None:
        """Index the routes by both of their ends."""
        self._ways: dict[str, list[Way]] = {}
        for route in settings.routes:
            first, second = route.between
            self._ways.setdefault(first, []).append(Way(second, route))
            self._ways.setdefault(second, []).append(Way(first, route))

    def from_home(self, endpoint: str, document: Document) -> list[Way]:
        """Return the ways of an event from the endpoint where its conversation lives: every route that fits it."""
        ways = self._ways.get(endpoint, [])
        return [way for way in ways if not way.route.when or matches(way.route.when, document())]

    def between(self, source: str, target: str) -> Way | None:
        """Return the way from one endpoint to another, None when no route joins them."""
        for way in self._ways.get(source, ()):
            if way.target == target:
                return way
        return None

    def openers(self, source: str, endpoints: Mapping[str, Endpoint]) -> list[Way]:
        """Return the ways from an endpoint to those that may write first."""
        return [way for way in self._ways.get(source, ()) if endpoints[way.target].abilities.opens]
