"""From settings to live things: endpoints and apps, each with its own door to the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import attrs

from connectors_core import discovery
from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import Problem, SettingsError, defect
from connectors_core.http import Http
from connectors_core.manifest import AppManifest, Manifest
from connectors_core.model import Content
from connectors_core.redact import Redactor
from connectors_core.settings.model import Delivery, Settings

Files = Callable[[str], Content]
"""Opens a file that the gateway keeps, by its id; raises NoCounterpart where there is none."""


def build_endpoint(settings: Settings, name: str, files: Files | None = None) -> Endpoint:
    """Build a configured endpoint with its observers; raise SettingsError for every mistake that can be seen now.

    `files` is what the endpoint opens the files with that it sends.
    """
    own = settings.endpoints[name]
    path = f"endpoints.{name}"
    kind = _find(own.type, discovery.CONNECTORS, f"{path}.type")
    http = _http(settings, name, own.delivery, _hosts(kind.manifest, own.settings), files)
    connector = _make(kind, path, settings=own.settings, http=http)
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
    http = _http(settings, name, Delivery(), _hosts(kind.manifest, own.settings))
    return App.build(name, _make(kind, path, settings=own.settings, http=http))


def _http(settings: Settings, name: str, delivery: Delivery, hosts: frozenset[str], files: Files | None = None) -> Http:
    return Http(
        name,
        hosts=hosts,
        timeout=(delivery.connect_timeout, delivery.timeout),
        redact=Redactor(settings.secrets),
        pool=delivery.concurrency,
        files=files,
    )


def _hosts(manifest: Manifest | AppManifest, settings: Any) -> frozenset[str]:
    """Return where an endpoint may call: the hosts of its manifest and of the addresses in its settings."""
    values = settings.values() if isinstance(settings, dict) else _fields(settings)
    named = {urlsplit(value).hostname for value in values if isinstance(value, str) and "://" in value}
    return frozenset(manifest.hosts) | {host for host in named if host}


def _fields(settings: Any) -> list[Any]:
    kind = type(settings)
    return [getattr(settings, one.name) for one in attrs.fields(kind)] if attrs.has(kind) else []


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
