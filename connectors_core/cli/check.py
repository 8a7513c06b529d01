"""`connectors check`: whether the settings can be used, and with `--live` whether the other sides agree."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import click

from connectors_core.cli import findings
from connectors_core.cli.common import show_problems
from connectors_core.cli.findings import Found
from connectors_core.errors import SettingsError
from connectors_core.redact import HIDDEN
from connectors_core.settings import Settings, load


@click.command("check")
@click.option("--live", is_flag=True, help="Ask all apps and endpoints about credentials, subscriptions and limits.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, live: bool, as_json: bool) -> None:
    """Read the settings and build everything in them; show every problem at once.

    Nothing is started and nothing is changed. With --live all apps and endpoints are asked, without changing
    anything there.
    """
    try:
        settings = load(ctx.obj)
        built = findings.build(settings)
    except SettingsError as error:
        if as_json:
            problems = [{"path": problem.path, "text": problem.text} for problem in error.problems]
            click.echo(json.dumps({"ok": False, "problems": problems}, indent=2))
        else:
            show_problems(error.problems)
        ctx.exit(3)
    found = [*findings.logins(settings, built), *(findings.check(settings, built) if live else ())]
    ok = all(finding.level != "error" for _, finding in found)
    if as_json:
        click.echo(json.dumps(_report(settings, found, ok=ok), indent=2))
    else:
        _print(settings, found)
    ctx.exit(0 if ok else 1)


def _report(settings: Settings, found: list[Found], *, ok: bool) -> dict[str, Any]:
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
            for name, finding in found
        ],
    }


def _print(settings: Settings, found: list[Found]) -> None:
    kinds = ", ".join(f"{one.name} ({one.type})" for one in settings.endpoints.values()) or "none"
    routes = (
        ", ".join(f"{first} to {second}" for first, second in (route.between for route in settings.routes)) or "none"
    )
    click.echo(f"{settings.path} is fine")
    click.echo(f"  endpoints: {kinds}")
    click.echo(f"  routes:    {routes}")
    click.echo(f"  store:     {_store(settings)}")
    findings.show(found)


def _store(settings: Settings) -> str:
    """Return the address of the store without its password."""
    url = settings.gateway.store
    password = urlsplit(url).password
    return url.replace(f":{password}@", f":{HIDDEN}@") if password else url
