"""`connectors replay`: read journaled bytes again with today's connectors."""

from __future__ import annotations

import sys

import attrs
import click
from rich.console import Console
from rich.progress import Progress

from connectors_core.cli.common import printable
from connectors_core.cli.opening import opened_gateway, stoppable
from connectors_core.gateway import Gateway
from connectors_core.operating.differences import ADDED, CHANGED, REMOVED, Change, lines
from connectors_core.operating.replaying import BATCH, Replayed, replay
from connectors_core.store import journal


@attrs.define
class Totals:
    """The counts of all batches; `last` is the last row that was done, `left` how many were not."""

    rows: int = 0
    unread: int = 0
    settled: int = 0
    parked: int = 0
    delivered: int = 0
    problems: int = 0
    last: int = 0
    left: int = 0
    changes: dict[str, int] = attrs.field(factory=lambda: dict.fromkeys((ADDED, CHANGED, REMOVED), 0))

    def add(self, done: Replayed) -> None:
        """Count a batch."""
        for name in ("rows", "unread", "settled", "parked", "delivered"):
            setattr(self, name, getattr(self, name) + getattr(done, name))
        self.problems += len(done.problems)
        for change in done.changes:
            self.changes[change.kind] += 1


@click.command("replay")
@click.argument("ids", metavar="[JOURNAL_ID]...", type=int, nargs=-1)
@click.option("--from", "first", metavar="ID", type=int, default=0, help="From this journal row on.")
@click.option("--to", "last", metavar="ID", type=int, help="Up to this journal row.")
@click.option("--source", metavar="NAME", default="", help="Only what came in at this app or endpoint.")
@click.option("--parked", is_flag=True, help="Only rows of which something could not be read or routed.")
@click.option("--diff", is_flag=True, help="Print what each event has otherwise than it was stored.")
@click.option("--dry-run", is_flag=True, help="Change nothing; with --diff, see what would change.")
@click.option("--deliver", is_flag=True, help="Send on what is new, and what an earlier replay found and did not send.")
@click.pass_context
def command(  # noqa: PLR0913 - a command has its options
    ctx: click.Context,
    ids: tuple[int, ...],
    *,
    first: int,
    last: int | None,
    source: str,
    parked: bool,
    diff: bool,
    dry_run: bool,
    deliver: bool,
) -> None:
    """Read webhooks, pages and calls again from their journaled bytes, and bring what is stored up to date.

    Nothing goes out without --deliver, and nothing ever goes out twice: for that there is `connectors redeliver`.
    """
    if not (ids or first or last is not None or source or parked):
        raise click.UsageError("say what to read again: JOURNAL_IDs, --from, --to, --source or --parked")
    if dry_run and deliver:
        raise click.UsageError("--dry-run changes nothing, so it cannot deliver")
    choice = journal.Choice(ids=ids, first=first, last=last, source=source, parked=parked)
    with opened_gateway(ctx) as gateway:
        if source and source not in gateway.sources():
            raise click.BadParameter(f'the settings have no app and no endpoint "{source}"', param_hint="--source")
        totals = _run(gateway, choice, diff=diff, dry=dry_run, deliver=deliver)
    _sum_up(totals, dry=dry_run, deliver=deliver)
    if totals.left:
        text = (
            f"stopped after journal row {totals.last}; {totals.left} rows are left: go on with --from {totals.last + 1}"
        )
        click.echo(text, err=True)
        ctx.exit(130)
    ctx.exit(1 if totals.problems else 0)


def _run(gateway: Gateway, choice: journal.Choice, *, diff: bool, dry: bool, deliver: bool) -> Totals:
    """Replay batch by batch until all is done, or somebody stops it between two."""
    totals = Totals()
    with gateway.store.read() as db:
        count = journal.count_chosen(db, choice)
    console = Console(stderr=True)
    with stoppable() as stopped, Progress(console=console, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("journal rows", total=count)
        while True:
            with gateway.store.read() as db:
                rows = journal.chosen(db, choice, totals.last, BATCH)
                totals.left = journal.count_chosen(db, choice, totals.last) if rows and stopped.is_set() else 0
            if not rows or stopped.is_set():
                return totals
            done = replay(gateway, rows, deliver=deliver, dry=dry)
            totals.add(done)
            totals.last = rows[-1].id
            progress.advance(task, len(rows))
            for problem in done.problems:
                click.echo(printable(problem), err=True)
            for change in done.changes if diff else ():
                _print(change)


def _print(change: Change) -> None:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in lines(change):
        click.secho(printable(line), fg=colours.get(line[0]))


def _sum_up(totals: Totals, *, dry: bool, deliver: bool) -> None:
    would = "would be " if dry else ""
    found = totals.changes
    events = f"{found[CHANGED]} events {would}changed, {found[ADDED]} {would}added"
    click.echo(f"{totals.rows} journal rows read again: {events}")
    if found[REMOVED]:
        click.echo(f"{found[REMOVED]} events are not read any more; they stay stored")
    if totals.unread:
        click.echo(f"{totals.unread} rows were not read yet at all: they are left to the reader")
    if totals.settled or totals.parked:
        click.echo(f"{totals.settled} parked items settled, {totals.parked} still wait")
    if deliver:
        click.echo(f"{totals.delivered} events are on their way")
    elif found[ADDED] and not dry:
        click.echo("nothing was delivered; the same command with --deliver sends on what is new")
