"""What apps and endpoints find when they are asked, collected and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import attrs
import click

from connectors_core.app import build_app, build_endpoint
from connectors_core.cli.common import printable
from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import ConnectorsError, Problem, SettingsError, defect
from connectors_core.model import Change, Finding
from connectors_core.redact import Redactor
from connectors_core.settings import Settings

_Said = TypeVar("_Said", bound=Change | Finding)

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
    """Yield what apps and endpoints find about themselves, and where they differ from what the settings declare.

    One that fails hides nothing of the others.
    """
    for one in asked:
        if "check" in one.verbs:
            ask = partial(one.check, _mapped(settings, one.name)) if isinstance(one, Endpoint) else one.check
            yield from _guarded(settings, one.name, "the check", ask)
        if "plan" in one.verbs:
            found = list(planned(settings, one))
            yield from ((name, drift(said) if isinstance(said, Change) else said) for name, said in found)
            if not found:
                yield one.name, Finding(level="ok", text="the platform has what the settings declare")


def logins(settings: Settings, built: Iterable[Endpoint | App]) -> Iterable[Found]:
    """Yield what keeps customers from logging in where the settings say that they can."""
    own = settings.gateway
    for one in built:
        if not isinstance(one, Endpoint) or one.login is None:
            continue
        if not own.public_url:
            text = "nobody can log in without gateway.public_url: log-in buttons lead there, and people come back there"
            yield one.name, Finding(level="warning", text=text, path="login")
        if own.secret is None:
            text = "nobody can log in without gateway.secret: addresses and codes are made with it"
            yield one.name, Finding(level="warning", text=text, path="login")
        if not any(one.name in other.responders for other in settings.endpoints.values()):
            text = "its customers can log in, but it answers no channel where a button could be: add a route"
            yield one.name, Finding(level="warning", text=text, path="login")


def planned(settings: Settings, one: Endpoint | App) -> Iterable[tuple[str, Change | Finding]]:
    """Yield where an app or an endpoint differs from what the settings declare of it."""
    if "plan" not in one.verbs:
        return
    callback = callback_of(settings, one)
    types = [own.type for own in settings.endpoints.values() if own.app == one.name]
    ask = partial(one.plan, callback) if isinstance(one, Endpoint) else partial(one.plan, callback, types)
    yield from _guarded(settings, one.name, "the comparison", ask)


def applied(settings: Settings, one: Endpoint | App, change: Change) -> Found:
    """Make one difference disappear, and return how that went."""
    ((_, found),) = _guarded(
        settings, one.name, "applying", lambda: [one.apply(change, callback_of(settings, one))], change.path
    )
    assert isinstance(found, Finding)
    return one.name, found


def drift(change: Change) -> Finding:
    """Return a difference as a finding."""
    what = "nothing of it" if change.before is None else "something else than the settings say"
    text = f"{change.title}: the platform has {what}; see `connectors plan`"
    return Finding(level=change.level, text=text, path=change.path)


def callback_of(settings: Settings, one: Endpoint | App) -> str:
    """Return the address that webhooks of an app or an endpoint go to, "" when the gateway has no public one."""
    address = settings.gateway.public_url.rstrip("/")
    owner = (isinstance(one, Endpoint) and settings.endpoints[one.name].app) or one.name
    return address and f"{address}/hooks/{owner}"


def _mapped(settings: Settings, endpoint: str) -> tuple[str, ...]:
    """Return the fields that the rules of all routes write at an endpoint."""
    rules = [route.rules[endpoint] for route in settings.routes if endpoint in route.rules]
    return tuple(dict.fromkeys(target for one in rules for target in one.targets))


def _guarded(
    settings: Settings, name: str, what: str, ask: Callable[[], Iterable[_Said]], path: str = ""
) -> Iterable[tuple[str, _Said | Finding]]:
    redact = Redactor(settings.secrets)
    try:
        for one in ask():
            yield name, attrs.evolve(one, text=redact(one.text)) if isinstance(one, Finding) else one
    except ConnectorsError as error:
        yield name, Finding(level="error", text=redact(error.text), path=path)
    except Exception as error:  # noqa: BLE001 - a defect of the connector
        yield name, Finding(level="error", text=f"{what} broke off ({defect(error)})", path=path)


def show(found: Iterable[Found]) -> bool:
    """Print findings, a line each; return whether none is an error."""
    fine = True
    for name, finding in found:
        place = f"{name}.{finding.path}" if finding.path else name
        click.echo(printable(f"{finding.level:7} {place}: {finding.text}"))
        fine &= finding.level != "error"
    return fine
