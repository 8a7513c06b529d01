"""What the commands share: the settings, and how problems look."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click
from rich.console import Console
from rich.text import Text

from connectors_core.errors import Problem, SettingsError
from connectors_core.settings import Settings, load


def load_settings(ctx: click.Context) -> Settings:
    """Return the settings that `--settings` names; show every problem and end with code 3 when they are refused."""
    try:
        return load(ctx.obj)
    except SettingsError as error:
        show_problems(error.problems)
        ctx.exit(3)


def show_problems(problems: Iterable[Problem]) -> None:
    """Print problems to stderr, a line each: with colours on a terminal, plain elsewhere."""
    shown = [Problem(printable(problem.path), printable(problem.text)) for problem in problems]
    if sys.stderr.isatty():
        console = Console(stderr=True)
        for problem in shown:
            path = Text(f"{problem.path}: " if problem.path else "", style="bold red")
            console.print(path + Text(problem.text), soft_wrap=True)
    else:
        for problem in shown:
            click.echo(str(problem), err=True)
    count = len(shown)
    click.echo(f"{count} problem{'s' if count != 1 else ''} in the settings", err=True)


def printable(text: str) -> str:
    """Return a text without control characters: names come from files, and a terminal obeys what it is sent."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
