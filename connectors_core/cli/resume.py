"""`connectors resume`: let deliveries to a paused endpoint go on."""

from __future__ import annotations

import click

from connectors_core.cli.opening import known_endpoint, opened_store
from connectors_core.store import operations


@click.command("resume")
@click.argument("endpoint", metavar="ENDPOINT")
@click.pass_context
def command(ctx: click.Context, endpoint: str) -> None:
    """Let deliveries to ENDPOINT go on, whether a human paused it or the program did, over refused credentials."""
    with opened_store(ctx) as (settings, store):
        known_endpoint(settings, endpoint)
        with store.write() as db:
            found = operations.resume(db, endpoint)
            store.announce(db)
    click.echo(f"{endpoint} goes on" if found else f"{endpoint} was not paused")
