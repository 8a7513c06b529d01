"""Tables for people: with lines and colours on a terminal, plain columns elsewhere; JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from connectors_core.cli.common import printable

Rows = Sequence[Mapping[str, Any]]

_STYLES = {
    "sent": "green",
    "delivered": "green",
    "read": "green",
    "full": "green",
    "waiting": "yellow",
    "started": "yellow",
    "uncertain": "yellow",
    "partial": "yellow",
    "degraded": "yellow",
    "dead": "red",
    "refused": "red",
    "failed": "red",
    "unknown": "bold red",
}


def show(rows: Rows, columns: Sequence[str], *, as_json: bool = False) -> None:
    """Print `columns` of rows. JSON has every key of every row, and nulls where a table has gaps."""
    if as_json:
        click.echo(json.dumps([dict(row) for row in rows], indent=2))
    elif sys.stdout.isatty():
        _show_rich(rows, columns)
    else:
        _show_plain(rows, columns)


def _show_rich(rows: Rows, columns: Sequence[str]) -> None:
    table = Table(*(column.upper() for column in columns), box=None, pad_edge=False, header_style="bold")
    for row in rows:
        words = [_word(row.get(column)) for column in columns]
        table.add_row(*(Text(word, style=_STYLES.get(word, "")) for word in words))
    Console().print(table)


def _show_plain(rows: Rows, columns: Sequence[str]) -> None:
    lines = [[column.upper() for column in columns], *([_word(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[number]) for line in lines) for number in range(len(columns))]
    for line in lines:
        click.echo("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip())


def _word(value: Any) -> str:
    return "-" if value is None or value == "" else printable(str(value))
