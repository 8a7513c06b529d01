"""`connectors resolve`: say how an attempt ended that nobody else can tell of."""

from __future__ import annotations

import click

from connectors_core.cli.opening import opened_gateway
from connectors_core.operating.resolving import resolve


@click.command("resolve")
@click.argument("delivery", metavar="ID", type=int)
@click.option("--sent/--not-sent", default=None, help="What you found at the other side.")
@click.pass_context
def command(ctx: click.Context, delivery: int, *, sent: bool | None) -> None:
    """Settle an unknown delivery, after a look at the other side.

    With --sent its message counts as sent. With --not-sent it goes out again, under the same key as before.
    """
    if sent is None:
        raise click.UsageError("say what you found: --sent or --not-sent")
    with opened_gateway(ctx) as gateway:
        resolve(gateway, delivery, sent=sent)
    click.echo(f"{delivery} is settled as sent" if sent else f"{delivery} is sent again under the same key")
