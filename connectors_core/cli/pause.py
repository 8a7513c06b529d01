"""`connectors pause`: stop deliveries to an endpoint, losing nothing."""

from __future__ import annotations

import click

from connectors_core.cli.opening import known_endpoint, opened_store
from connectors_core.store import operations


@click.command("pause")
@click.argument("endpoint", metavar="ENDPOINT")
@click.option("--reason", default="paused by hand", show_default=True, help="Shown to whoever asks why.")
@click.pass_context
def command(ctx: click.Context, endpoint: str, *, reason: str) -> None:
    """Stop deliveries to ENDPOINT and polling of it. Calls that run end; all else waits for `connectors resume`."""
    with opened_store(ctx) as (settings, store):
        known_endpoint(settings, endpoint)
        with store.write() as db:
            operations.pause(db, endpoint, "human", reason)
            store.announce(db)
    click.echo(f"{endpoint} is paused; `connectors resume {endpoint}` lets it go on")
