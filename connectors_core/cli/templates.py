"""`connectors templates`: the templates of an account, and whether they can be sent."""

from __future__ import annotations

import click

from connectors_core.cli import tables
from connectors_core.cli.opening import known_endpoint, moment, opened_gateway
from connectors_core.operating import explaining
from connectors_core.store import templates
from connectors_core.worker.listing import list_templates


@click.command("templates")
@click.argument("endpoint", metavar="ENDPOINT")
@click.option("--sync", is_flag=True, help="Ask the account now instead of showing what was read last.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, with the slots of each.")
@click.pass_context
def command(ctx: click.Context, endpoint: str, *, sync: bool, as_json: bool) -> None:
    """List the templates of ENDPOINT as they were last synchronised."""
    with opened_gateway(ctx) as gateway:
        known_endpoint(gateway.settings, endpoint)
        if "templates" not in gateway.endpoints[endpoint].verbs:
            raise click.BadParameter(f"{endpoint} has no templates", param_hint="ENDPOINT")
        with gateway.store.write() as db:
            templates.expect(db, [endpoint])
        if sync:
            list_templates(gateway, endpoint)
        found = explaining.known_templates(gateway, endpoint)
        with gateway.store.read() as db:
            state = templates.sync_of(db, endpoint)
    rows = [
        {
            "name": one.name,
            "language": one.language,
            "category": one.category,
            "usable": "yes" if one.usable else "no",
            "why not": one.reason,
            "body": one.body,
            "slots": [slot.key for slot in one.slots],
        }
        for one in found
    ]
    tables.show(rows, ["name", "language", "category", "usable", "why not"], as_json=as_json)
    if state is not None and not as_json:
        click.echo(f"synchronised: {moment(state.synced_at) or 'never'}", err=True)
        if state.problem:
            click.echo(f"the last time failed: {state.problem}", err=True)
    ctx.exit(1 if state is not None and state.problem and sync else 0)
