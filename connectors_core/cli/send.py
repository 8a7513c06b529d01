"""`connectors send`: write a message as an agent would, and see what becomes of it."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import click

from connectors_core.cli.common import printable
from connectors_core.cli.opening import known_endpoint, opened_gateway
from connectors_core.errors import ConnectorsError, Malformed
from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.model import Event, Origin
from connectors_core.pipeline.people import ref_keys
from connectors_core.pipeline.reading import dump
from connectors_core.store import deliveries, events, journal, operations, people, receipts
from connectors_core.store.deliveries import OPEN_STATES, SENT
from connectors_core.web.api_events import make_event, refuse_unrouted

LOOK_EVERY = 0.1


@click.command("send")
@click.argument("endpoint", metavar="ENDPOINT")
@click.option("--conversation", metavar="ID", help="The conversation, as ENDPOINT calls it.")
@click.option("--to", metavar="SCHEME:VALUE", help="A person to write to first: phone:+16505551234, wa_id:16505551234.")
@click.option("--text", required=True, help="The words.")
@click.option(
    "--from", "source", metavar="NAME", help="The endpoint that writes; needed when several are routed there."
)
@click.option("--wait", is_flag=True, help="Show what becomes of it until it is settled.")
@click.option("--time-out", type=float, default=60.0, show_default=True, help="Seconds to wait at most.")
@click.pass_context
def command(  # noqa: PLR0913 - a command has its options
    ctx: click.Context,
    endpoint: str,
    *,
    conversation: str | None,
    to: str | None,
    text: str,
    source: str | None,
    wait: bool,
    time_out: float,
) -> None:
    """Send a text at ENDPOINT as an agent of the other side of its route.

    It goes the same way as a message over the HTTP API: journal, reader, worker. With --wait the exit code is 0 when
    all of it was sent, else 1.
    """
    if bool(conversation) == bool(to):
        raise click.UsageError("give one of --conversation and --to")
    if not text:
        raise click.BadParameter("is empty", param_hint="--text")
    body: dict[str, Any] = {"text": text, "origin": Origin.AGENT}
    if to is not None:
        scheme, colon, value = to.partition(":")
        if not (scheme and colon and value):
            raise click.BadParameter("must look like phone:+16505551234", param_hint="--to")
        body["to"] = {"endpoint": endpoint, "scheme": scheme, "value": value}
    with opened_gateway(ctx) as gateway:
        known_endpoint(gateway.settings, endpoint)
        writer = _writer(gateway, endpoint, source)
        if conversation is not None:
            account = gateway.settings.endpoints[endpoint].account or endpoint
            body["conversation"] = {"endpoint": endpoint, "account": account, "id": conversation}
        try:
            event = make_event(gateway, "messages", writer, body, str(uuid4()))
        except Malformed as error:
            raise click.UsageError(error.text) from None
        _write(gateway, event)
        click.echo(f"{event.id} is stored as a message of {writer}")
        settled = _follow(gateway, event, endpoint, time_out) if wait else True
    ctx.exit(0 if settled else 1)


def _writer(gateway: Gateway, endpoint: str, source: str | None) -> str:
    """Return the endpoint that speaks: the one that was named, or the only one that is routed there."""
    if source is not None:
        return known_endpoint(gateway.settings, source, "--from")
    names = sorted(one for one in gateway.endpoints if gateway.router.between(one, endpoint) is not None)
    if len(names) != 1:
        text = f"several are routed to {endpoint}: name one with --from: {', '.join(names)}"
        raise click.UsageError(text if names else f"no route leads to {endpoint}")
    return names[0]


def _write(gateway: Gateway, event: Event) -> None:
    """Journal the message, as the HTTP API does."""
    with gateway.store.write() as db:
        keys = ref_keys(people.CONVERSATION, event.conversation) if event.conversation else []
        refusal = refuse_unrouted(gateway, event, bool(people.find_links(db, keys)))
        if refusal:
            raise ConnectorsError(refusal)
        arrival = journal.Arrival(source=event.endpoint, endpoint=event.endpoint, kind=journal.API, body=dump([event]))
        journal.append_one(db, arrival, PROGRAM)
        gateway.store.announce(db)


def _follow(gateway: Gateway, event: Event, endpoint: str, time_out: float) -> bool:
    """Print every change until all is settled; return whether everything was sent."""
    with gateway.store.read() as db:
        if not operations.all_workers(db):
            click.echo("no program is working on this store: start `connectors run` or `connectors work`", err=True)
    shown: dict[int, str] = {}
    until = monotonic() + time_out
    while monotonic() < until:
        rows, lines = _fate(gateway, event)
        for id_, line in lines.items():
            if shown.get(id_) != line:
                click.echo(printable(line))
        shown = lines
        if rows and all(row.state not in OPEN_STATES for row in rows):
            return all(row.state == SENT for row in rows)
        sleep(LOOK_EVERY)
    click.echo(f"not settled after {time_out:g} s; it goes on: connectors deliveries --endpoint {endpoint}", err=True)
    return False


def _fate(gateway: Gateway, event: Event) -> tuple[list[Any], dict[int, str]]:
    """Return the deliveries of the message, and a line on each."""
    key = (event.endpoint, event.once)
    with gateway.store.read() as db:
        ids = list(events.known(db, [key]).values())
        rows = list(deliveries.of_events(db, ids))
        told = {row.id: [one.kind for one in receipts.of_delivery(db, row.id)] for row in rows}
    lines = {}
    for row in rows:
        piece = f" piece {row.piece}/{row.pieces}" if row.pieces > 1 else ""
        kinds = f", receipts: {' '.join(told[row.id])}" if told[row.id] else ""
        lines[row.id] = f"delivery {row.id}{piece}: {row.state}{kinds}{f': {row.reason}' if row.reason else ''}"
    return rows, lines
