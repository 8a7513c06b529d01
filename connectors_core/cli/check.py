"""`connectors check`: whether the settings can be used, and with `--live` whether the other sides agree."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import click

from connectors_core.app import build_app, build_endpoint
from connectors_core.cli.common import printable, show_problems
from connectors_core.endpoint import Endpoint
from connectors_core.errors import ConnectorsError, Problem, SettingsError, defect
from connectors_core.model import Finding
from connectors_core.redact import HIDDEN, Redactor
from connectors_core.settings import Settings, load


@click.command("check")
@click.option("--live", is_flag=True, help="Ask every endpoint about its credentials, subscriptions and limits.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, live: bool, as_json: bool) -> None:
    """Read the settings and build everything in them; show every problem at once.

    Nothing is started and nothing is changed. With --live the endpoints are asked, without changing anything there.
    """
    try:
        settings = load(ctx.obj)
        endpoints = _build(settings)
    except SettingsError as error:
        if as_json:
            problems = [{"path": problem.path, "text": problem.text} for problem in error.problems]
            click.echo(json.dumps({"ok": False, "problems": problems}, indent=2))
        else:
            show_problems(error.problems)
        ctx.exit(3)
    findings = [(name, finding) for name, finding in _ask(settings, endpoints)] if live else []
    ok = all(finding.level != "error" for _, finding in findings)
    if as_json:
        click.echo(json.dumps(_report(settings, findings, ok=ok), indent=2))
    else:
        _print(settings, findings)
    ctx.exit(0 if ok else 1)


def _build(settings: Settings) -> list[Endpoint]:
    """Build every app and endpoint; raise SettingsError with the problems of all of them."""
    problems: list[Problem] = []
    endpoints: list[Endpoint] = []
    for name in settings.apps:
        try:
            build_app(settings, name)
        except SettingsError as error:
            problems += error.problems
    for name in settings.endpoints:
        try:
            endpoints.append(build_endpoint(settings, name))
        except SettingsError as error:
            problems += error.problems
    if problems:
        raise SettingsError(problems)
    return endpoints


def _ask(settings: Settings, endpoints: Iterable[Endpoint]) -> Iterable[tuple[str, Finding]]:
    """Yield what the endpoints find; one that fails is a finding too, and hides nothing of the others."""
    redact = Redactor(settings.secrets)
    for endpoint in endpoints:
        if "check" not in endpoint.verbs:
            continue
        try:
            for finding in endpoint.check():
                yield endpoint.name, Finding(level=finding.level, text=redact(finding.text), path=finding.path)
        except ConnectorsError as error:
            yield endpoint.name, Finding(level="error", text=redact(error.text))
        except Exception as error:  # noqa: BLE001 - a defect of the connector
            yield endpoint.name, Finding(level="error", text=f"the check broke off ({defect(error)})")


def _report(settings: Settings, findings: list[tuple[str, Finding]], *, ok: bool) -> dict[str, Any]:
    return {
        "ok": ok,
        "problems": [],
        "apps": [{"name": app.name, "type": app.type} for app in settings.apps.values()],
        "endpoints": [
            {"name": one.name, "type": one.type, "account": one.account} for one in settings.endpoints.values()
        ],
        "routes": [{"between": list(route.between)} for route in settings.routes],
        "store": _store(settings),
        "findings": [
            {"endpoint": name, "level": finding.level, "text": finding.text, "path": finding.path}
            for name, finding in findings
        ],
    }


def _print(settings: Settings, findings: list[tuple[str, Finding]]) -> None:
    kinds = ", ".join(f"{one.name} ({one.type})" for one in settings.endpoints.values()) or "none"
    routes = (
        ", ".join(f"{first} to {second}" for first, second in (route.between for route in settings.routes)) or "none"
    )
    click.echo(f"{settings.path} is fine")
    click.echo(f"  endpoints: {kinds}")
    click.echo(f"  routes:    {routes}")
    click.echo(f"  store:     {_store(settings)}")
    for name, finding in findings:
        place = f"{name}.{finding.path}" if finding.path else name
        click.echo(printable(f"{finding.level:7} {place}: {finding.text}"))


def _store(settings: Settings) -> str:
    """Return the address of the store without its password."""
    url = settings.gateway.store
    password = urlsplit(url).password
    return url.replace(f":{password}@", f":{HIDDEN}@") if password else url
