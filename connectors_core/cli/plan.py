"""`connectors plan`: what the platforms have otherwise than the settings declare it."""

from __future__ import annotations

import json

import click

from connectors_core.cli.changes import Plan, chosen
from connectors_core.cli.common import load_settings


@click.command("plan")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Show what `connectors apply` would change at the platforms: menus, greetings, subscriptions, templates.

    NAME is an app or an endpoint; without one, all are asked. Nothing is changed. Ends with 0 when there is nothing
    to change, with 1 when there is, or when something cannot be compared.
    """
    settings = load_settings(ctx)
    plan = Plan.make(settings, chosen(settings, names))
    if as_json:
        click.echo(json.dumps(plan.document(), indent=2))
    else:
        plan.show()
    ctx.exit(1 if plan.changes or plan.failed else 0)
