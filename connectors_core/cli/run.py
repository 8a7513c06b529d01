"""`connectors run`: everything on one machine."""

from __future__ import annotations

import sys

import click

from connectors_core.cli.running import open_gateway, say_what_is_left
from connectors_core.cli.serve import serve
from connectors_core.supervising import Children, Program


@click.command()
@click.option("--host", help="Listen here instead of at `gateway.host`.")
@click.option("--port", type=int, help="Listen here instead of at `gateway.port`.")
@click.option("--verbose", is_flag=True, help="Log more.")
@click.option("--child", is_flag=True, hidden=True, help="End when standard input closes.")
@click.pass_context
def command(ctx: click.Context, host: str | None, port: int | None, *, verbose: bool, child: bool) -> None:
    """Take webhooks, read them, and deliver: everything on one machine.

    The web server is this process; beside it, one process reads the journal and others deliver, so that work never
    delays the answer to a webhook.
    """
    gateway = open_gateway(ctx, verbose=verbose)
    work = [sys.executable, "-m", "connectors_core.cli", "--settings", str(ctx.obj), "work", "--child"]
    work += ["--verbose"] if verbose else []
    # Python runs one thread of a process at a time: reading and delivering side by side need a process each.
    commands = [[*work, "--no-deliver"], *[[*work, "--no-read"]] * gateway.settings.gateway.workers]
    children = Children([Program(command=one) for one in commands])
    try:
        serve(gateway, host=host, port=port, with_parent=child)
    finally:
        children.stop()
    if not child:
        say_what_is_left(gateway)
