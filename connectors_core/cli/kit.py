"""`connectors kit`: what the author of a connector needs besides the tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from connectors_core.cli.opening import opened_store
from connectors_core.settings.model import Settings
from connectors_core.store import Store, journal
from connectors_core.testing.recording import Recorder

_AT_ONCE = 200
"""Rows that are read from the journal at a time."""


@click.group("kit")
def command() -> None:
    """Make samples for the tests of a connector."""


@command.command("record")
@click.argument("endpoint")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("samples"),
    show_default=True,
    help="The folder of samples.",
)
@click.option("--row", "rows", type=int, multiple=True, help="A row of the journal; all of them if none is named.")
@click.option("--most", type=click.IntRange(1), default=50, show_default=True, help="So many samples.")
@click.pass_context
def record(ctx: click.Context, endpoint: str, into: Path, *, rows: tuple[int, ...], most: int) -> None:
    """Write what arrived for ENDPOINT as samples, with every name, number, id and text replaced.

    The same value is replaced by the same everywhere. One sample is written for each kind of events; a file that is
    there is never overwritten. Look at the samples before you publish them: only you know what else is private.
    """
    with opened_store(ctx) as (settings, store):
        own = settings.endpoints.get(endpoint)
        if own is None:
            raise click.BadParameter(f"there is no endpoint {endpoint}", param_hint="ENDPOINT")
        recorder = Recorder(own)
        folder = into / "receive"
        written = 0
        for found in recorder.record(_bodies(store, settings, endpoint, rows)):
            path = folder / f"{found.name}.json"
            if path.exists():
                click.echo(f"{path} is there already")
                continue
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(found.document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            click.echo(f"{path}")
            written += 1
            if written == most:
                break
    noun = "sample was" if written == 1 else "samples were"
    click.echo(f"{written} {noun} written; read before you publish")
    for new in recorder.accounts.values():
        click.echo(f"their account is {new}: use it in the settings of the test")


def _bodies(store: Store, settings: Settings, endpoint: str, rows: tuple[int, ...]) -> Iterator[bytes]:
    """Yield the bodies that arrived for an endpoint, in the order of the journal."""
    source = settings.endpoints[endpoint].app or endpoint
    after = 0
    while True:
        with store.read() as db:
            found: Any = journal.chosen(db, journal.Choice(ids=rows, source=source), after, _AT_ONCE)
        if not found:
            return
        for row in found:
            if row.kind in (journal.WEBHOOK, journal.POLL):
                yield bytes(row.body)
        after = found[-1].id
