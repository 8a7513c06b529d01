"""`connectors deliveries`: what goes out, how far it is, and why it stopped."""

from __future__ import annotations

import json
from typing import Any

import click

from connectors_core.cli.opening import known_endpoint, moment, opened_store
from connectors_core.cli.tables import show
from connectors_core.errors import ConnectorsError
from connectors_core.store import Store, receipts
from connectors_core.store import deliveries as table

COLUMNS = ("id", "endpoint", "verb", "piece", "state", "receipt", "attempts", "code", "reason", "created")
ATTEMPT_COLUMNS = ("number", "started", "ended", "outcome", "error", "code", "reason")


@click.command("deliveries")
@click.argument("delivery", metavar="[ID]", type=int, required=False)
@click.option("--state", type=click.Choice(table.STATES), help="Only those in this state.")
@click.option("--endpoint", metavar="NAME", help="Only those to this endpoint.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="So many, the newest first."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    ctx: click.Context, delivery: int | None, *, state: str | None, endpoint: str | None, limit: int, as_json: bool
) -> None:
    """Show how many deliveries each endpoint has in each state; with a filter, those themselves; with ID, all of one.

    What is in a message is never shown.
    """
    with opened_store(ctx) as (settings, store):
        if endpoint is not None:
            known_endpoint(settings, endpoint, "--endpoint")
        if delivery is not None:
            _show_one(store, delivery, as_json=as_json)
        elif state is None and endpoint is None:
            with store.read() as db:
                counts = table.counts(db)
            rows = [{"endpoint": name, "state": one, "count": count} for (name, one), count in sorted(counts.items())]
            show(rows, ("endpoint", "state", "count"), as_json=as_json)
        else:
            with store.read() as db:
                found = table.listing(db, state, endpoint, limit)
            show([describe(row) for row in found], COLUMNS, as_json=as_json)


def describe(row: Any) -> dict[str, Any]:
    """Return a delivery as it is shown."""
    return {
        "id": row.id,
        "endpoint": row.target,
        "from": row.source or None,
        "verb": row.verb,
        "event": row.event_id,
        "piece": f"{row.piece}/{row.pieces}",
        "generation": row.generation,
        "state": row.state,
        "receipt": row.status if row.verb == "send" else None,
        "attempts": row.attempts,
        "code": row.code or None,
        "reason": row.reason or None,
        "created": moment(row.created_at),
        "started": moment(row.started_at),
        "settled": moment(row.settled_at),
    }


def _show_one(store: Store, delivery: int, *, as_json: bool) -> None:
    with store.read() as db:
        row = table.by_id(db, [delivery]).get(delivery)
        if row is None:
            raise ConnectorsError(f"there is no delivery {delivery}")
        attempts = [_attempt(one) for one in table.attempts_of(db, delivery)]
        told = [{"receipt": one.kind, "at": moment(one.at)} for one in receipts.of_delivery(db, delivery)]
    found = describe(row)
    if as_json:
        click.echo(json.dumps({**found, "attempt_list": attempts, "receipt_list": told}, indent=2))
        return
    show([{"field": key, "value": value} for key, value in found.items()], ("field", "value"))
    if attempts:
        click.echo("\nattempts")
        show(attempts, ATTEMPT_COLUMNS)
    if told:
        click.echo("\nreceipts")
        show(told, ("receipt", "at"))


def _attempt(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "started": moment(row.started_at),
        "ended": moment(row.ended_at),
        "outcome": row.outcome,
        "error": row.error or None,
        "code": row.code or None,
        "reason": row.reason or None,
        "worker": row.worker or None,
    }
