"""What apps and endpoints find when they are asked, collected and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import click

from connectors_core.app import build_app, build_endpoint
from connectors_core.cli.common import printable
from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import ConnectorsError, Problem, SettingsError, defect
from connectors_core.model import Finding
from connectors_core.redact import Redactor
from connectors_core.settings import Settings

Found = tuple[str, Finding]
"""A finding, with the name of the app or endpoint that it is about."""


def build(settings: Settings) -> list[Endpoint | App]:
    """Build every app and endpoint; raise SettingsError with the problems of all of them."""
    problems: list[Problem] = []
    built: list[Endpoint | App] = []
    for names, make in ((settings.apps, build_app), (settings.endpoints, build_endpoint)):
        for name in names:
            try:
                built.append(make(settings, name))
            except SettingsError as error:
                problems += error.problems
    if problems:
        raise SettingsError(problems)
    return built


def check(settings: Settings, asked: Iterable[Endpoint | App]) -> Iterable[Found]:
    """Yield what apps and endpoints find about themselves; one that fails hides nothing of the others."""
    for one in asked:
        if "check" not in one.verbs:
            continue
        ask = partial(one.check, _mapped(settings, one.name)) if isinstance(one, Endpoint) else one.check
        yield from _guarded(settings, one.name, "the check", ask)


def _mapped(settings: Settings, endpoint: str) -> tuple[str, ...]:
    """Return the fields that the rules of all routes write at an endpoint."""
    rules = [route.rules[endpoint] for route in settings.routes if endpoint in route.rules]
    return tuple(dict.fromkeys(target for one in rules for target in one.targets))


def set_up(settings: Settings, one: Endpoint | App, callback: str) -> Iterable[Found]:
    """Yield what was done to have webhooks sent to `callback`."""
    if "set_up" in one.verbs:
        yield from _guarded(settings, one.name, "the set-up", lambda: one.set_up(callback))


def _guarded(settings: Settings, name: str, what: str, ask: Callable[[], Iterable[Finding]]) -> Iterable[Found]:
    redact = Redactor(settings.secrets)
    try:
        for finding in ask():
            yield name, Finding(level=finding.level, text=redact(finding.text), path=finding.path)
    except ConnectorsError as error:
        yield name, Finding(level="error", text=redact(error.text))
    except Exception as error:  # noqa: BLE001 - a defect of the connector
        yield name, Finding(level="error", text=f"{what} broke off ({defect(error)})")


def show(found: Iterable[Found]) -> bool:
    """Print findings, a line each; return whether none is an error."""
    fine = True
    for name, finding in found:
        place = f"{name}.{finding.path}" if finding.path else name
        click.echo(printable(f"{finding.level:7} {place}: {finding.text}"))
        fine &= finding.level != "error"
    return fine
