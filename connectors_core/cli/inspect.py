"""`connectors inspect`: what a connector reads from captured webhooks, one JSON object a line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from connectors_core.cli.common import printable
from connectors_core.errors import SettingsError
from connectors_core.inspection import Inspector, Parked, describe


@click.command(name="inspect")
@click.argument("type_name", metavar="TYPE")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--items", is_flag=True, help="Print what cannot be read as a line of its own, too.")
def command(type_name: str, files: tuple[str, ...], items: bool) -> None:
    """Print the events that a connector of TYPE reads from webhook bodies in FILEs (- for standard input).

    Nothing is stored or sent. Exit status 1 when a file could not be opened.
    """
    try:
        inspector = Inspector(type_name)
    except SettingsError as error:
        raise click.BadParameter(error.text, param_hint="TYPE") from None
    failed = False
    for name in files:
        try:
            body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            click.echo(printable(f"{name}: cannot be read: {error.strerror or type(error).__name__}"), err=True)
            failed = True
            continue
        for found in inspector.read(body):
            if not isinstance(found, Parked):
                click.echo(_line(file=name, **describe(found)))
            elif items:
                click.echo(_line(file=name, event="parked", reason=found.reason))
            else:
                click.echo(printable(f"{name}: parked: {found.reason}"), err=True)
    if failed:
        sys.exit(1)


def _line(**content: object) -> str:
    return json.dumps(content, separators=(",", ":"))
