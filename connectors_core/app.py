"""From settings to live things: endpoints and apps, each with its own door to the network."""

from __future__ import annotations

from typing import Any

from connectors_core import discovery
from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import Problem, SettingsError, defect
from connectors_core.http import Http
from connectors_core.redact import Redactor
from connectors_core.settings.model import Delivery, Settings


def build_endpoint(settings: Settings, name: str) -> Endpoint:
    """Build a configured endpoint with its observers; raise SettingsError for every mistake that can be seen now."""
    own = settings.endpoints[name]
    path = f"endpoints.{name}"
    kind = _find(own.type, discovery.CONNECTORS, f"{path}.type")
    connector = _make(kind, path, settings=own.settings, http=_http(settings, name, own.delivery))
    observers = []
    for number, observer in enumerate(own.observers):
        where = f"{path}.observers[{number}]"
        observers.append(_make(_find(observer, discovery.OBSERVERS, where), where))
    return Endpoint.build(name, connector, observers)


def build_app(settings: Settings, name: str) -> App:
    """Build a configured app; raise SettingsError for every mistake that can be seen now."""
    own = settings.apps[name]
    path = f"apps.{name}"
    kind = _find(own.type, discovery.APPS, f"{path}.type")
    return App.build(name, _make(kind, path, settings=own.settings, http=_http(settings, name, Delivery())))


def _http(settings: Settings, name: str, delivery: Delivery) -> Http:
    return Http(
        name,
        timeout=(delivery.connect_timeout, delivery.timeout),
        redact=Redactor(settings.secrets),
        pool=delivery.concurrency,
    )


def _find(name: str, group: str, path: str) -> Any:
    try:
        return discovery.find(name, group)
    except SettingsError as error:
        raise SettingsError(Problem(path, problem.text) for problem in error.problems) from error


def _make(kind: Any, path: str, **values: Any) -> Any:
    """Make a connector, an app or an observer; its own words stay out of the error, they could hold a secret."""
    try:
        return kind(**values)
    except Exception as error:
        raise SettingsError([Problem(path, f"cannot be made ({defect(error)}): a defect of its package")]) from error
