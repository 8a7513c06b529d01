"""`connectors work`: the working half."""

from __future__ import annotations

import os

import click

from connectors_core.cli.running import on_stop, open_gateway, say_what_is_left
from connectors_core.supervising import stop_with_parent
from connectors_core.working import Working


@click.command()
@click.option("--no-read", is_flag=True, help="Leave the reading of the journal to other processes.")
@click.option("--no-deliver", is_flag=True, help="Leave the deliveries to other processes.")
@click.option("--verbose", is_flag=True, help="Log more.")
@click.option("--child", is_flag=True, hidden=True, help="End when standard input closes.")
@click.pass_context
def command(ctx: click.Context, *, no_read: bool, no_deliver: bool, verbose: bool, child: bool) -> None:
    """Read the journal and deliver; another process takes webhooks.

    Any number of these can share one PostgreSQL store.
    """
    gateway = open_gateway(ctx, verbose=verbose)
    working = Working(gateway, read=not no_read, deliver=not no_deliver)
    on_stop(working.stop)
    if child:
        # The answer to a webhook goes before all work, on a machine that has too little of both.
        os.nice(5)
        stop_with_parent(working.stop)
    working.run()
    if not child:
        say_what_is_left(gateway)
