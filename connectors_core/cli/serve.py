"""`connectors serve`: the web half."""

from __future__ import annotations

import click

from connectors_core.cli.running import on_stop, open_gateway, say_what_is_left
from connectors_core.gateway import Gateway
from connectors_core.settings.fields import is_loopback
from connectors_core.supervising import stop_with_parent
from connectors_core.web.app import build_web
from connectors_core.web.server import server


def serve(gateway: Gateway, *, host: str | None = None, port: int | None = None, with_parent: bool = False) -> None:
    """Serve until stopped; `with_parent`: at the latest until the program that started this one is gone."""
    own = gateway.settings.gateway

    host = host or own.host
    web = server(build_web(gateway, loopback=is_loopback(host)), host, own.port if port is None else port)

    def stop() -> None:
        web.should_exit = True

    on_stop(stop)
    if with_parent:
        stop_with_parent(stop)
    web.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    click.echo(f"listening on http://{web.config.host}:{web.config.port}", err=True)
    web.run()


@click.command()
@click.option("--host", help="Listen here instead of at `gateway.host`.")
@click.option("--port", type=int, help="Listen here instead of at `gateway.port`.")
@click.option("--verbose", is_flag=True, help="Log more.")
@click.pass_context
def command(ctx: click.Context, host: str | None, port: int | None, *, verbose: bool) -> None:
    """Take webhooks and API calls; another process does the rest.

    Any number of these can share one PostgreSQL store.
    """
    gateway = open_gateway(ctx, verbose=verbose)
    serve(gateway, host=host, port=port)
    say_what_is_left(gateway)
