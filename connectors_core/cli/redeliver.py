"""`connectors redeliver`: send again what failed."""

from __future__ import annotations

import json

import click

from connectors_core.cli.opening import known_endpoint, opened_gateway, stoppable
from connectors_core.gateway import Gateway
from connectors_core.operating.redelivering import FAILED_STATES, Redelivered, redeliver
from connectors_core.store import deliveries

STEP = 100
"""Deliveries in one transaction."""


@click.command("redeliver")
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--endpoint", metavar="NAME", help="All those to this endpoint in the --state.")
@click.option("--state", type=click.Choice(FAILED_STATES), help="Which of that endpoint.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    ctx: click.Context, ids: tuple[int, ...], *, endpoint: str | None, state: str | None, yes: bool, as_json: bool
) -> None:
    """Send deliveries again that are dead, refused or unknown, each under a new key at the end of its lane.

    Of an unknown delivery there may be two at the other side then: when you can look there, use `connectors resolve`.
    """
    if bool(ids) == bool(endpoint) or bool(endpoint) != bool(state):
        raise click.UsageError("give IDs, or --endpoint together with --state")
    with opened_gateway(ctx) as gateway:
        wanted = list(dict.fromkeys(ids))
        if endpoint and state:
            known_endpoint(gateway.settings, endpoint, "--endpoint")
            with gateway.store.read() as db:
                wanted = deliveries.in_state(db, state, endpoint)
        if not yes:
            _confirm(gateway, wanted)
        results, left = _do(gateway, wanted)
        _show(results, as_json=as_json)
    if left:
        click.echo(f"stopped; {left} of {len(wanted)} are left as they were", err=True)
        ctx.exit(130)
    ctx.exit(1 if any(one.problem for one in results) else 0)


def _confirm(gateway: Gateway, wanted: list[int]) -> None:
    """Ask when it is more than one, or when one may be there already."""
    with gateway.store.read() as db:
        rows = deliveries.by_id(db, wanted)
    doubtful = sum(row.state == deliveries.UNKNOWN for row in rows.values())
    if len(wanted) < 2 and not doubtful:
        return
    warning = f" {doubtful} of them may have arrived already, and would be there twice." if doubtful else ""
    number = "1 delivery" if len(wanted) == 1 else f"{len(wanted)} deliveries"
    click.confirm(f"Send {number} again?{warning}", abort=True, err=True)


def _do(gateway: Gateway, wanted: list[int]) -> tuple[list[Redelivered], int]:
    """Redeliver step by step; return the results, and how many were left when somebody stopped it."""
    results: list[Redelivered] = []
    with stoppable() as stopped:
        for first in range(0, len(wanted), STEP):
            if stopped.is_set():
                break
            results += redeliver(gateway, wanted[first : first + STEP])
    return results, len(wanted) - len(results)


def _show(results: list[Redelivered], *, as_json: bool) -> None:
    if as_json:
        rows = [{"id": one.id, "new": list(one.new), "problem": one.problem or None} for one in results]
        click.echo(json.dumps(rows, indent=2))
        return
    for one in results:
        if one.problem:
            click.echo(f"{one.id}: {one.problem}", err=True)
        elif len(results) <= STEP:
            click.echo(f"{one.id} is sent again as {', '.join(map(str, one.new))}")
    click.echo(f"{sum(bool(one.new) for one in results)} sent again, {sum(bool(one.problem) for one in results)} not")
