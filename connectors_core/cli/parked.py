"""`connectors parked`: what came in and could not be read or routed."""

from __future__ import annotations

from typing import Any

import click

from connectors_core.cli.opening import moment, opened_store
from connectors_core.cli.tables import show
from connectors_core.store import journal

ADVICE = {
    "unrouted": "add the endpoint or the route to the settings, then: connectors replay {} --deliver",
    "malformed": "install a connector that can read it, then: connectors replay {} --deliver",
    "failed": "tell the maintainer of the connector; with a mended one: connectors replay {} --deliver",
    "unreadable": "put the app or endpoint in order that the text names, then: connectors replay {} --deliver",
}
COLUMNS = ("journal", "endpoint", "type", "account", "reason", "text", "parked", "advice")


@click.command("parked")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="So many, the newest first."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, *, limit: int, as_json: bool) -> None:
    """List what waits: items that no connector could read, that no route takes, and on which a connector failed.

    Nothing of it is lost: the bytes are in the journal, and `connectors replay` reads them again.
    """
    with opened_store(ctx) as (_, store), store.read() as db:
        items = [_item(row) for row in journal.still_parked(db, limit)]
        whole = [_whole(row) for row in journal.unreadable(db, limit)]
    found = sorted([*items, *whole], key=lambda row: -row["journal"])[:limit]
    show(found, COLUMNS, as_json=as_json)


def _item(row: Any) -> dict[str, Any]:
    return {
        "journal": row.journal_id,
        "item": row.position,
        "endpoint": row.endpoint or None,
        "type": row.type,
        "account": row.account,
        "reason": row.reason,
        "text": row.text,
        "parked": moment(row.parked_at),
        "advice": ADVICE[row.reason].format(row.journal_id),
    }


def _whole(row: Any) -> dict[str, Any]:
    return {
        "journal": row.id,
        "item": None,
        "endpoint": row.source,
        "type": row.kind,
        "account": None,
        "reason": "unreadable",
        "text": row.problem,
        "parked": moment(row.received_at),
        "advice": ADVICE["unreadable"].format(row.id),
    }
