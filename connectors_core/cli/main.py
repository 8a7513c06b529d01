"""The program `connectors`: finds each command by its name and imports only that one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from connectors_core import __version__, discovery
from connectors_core.cli.common import show_problems
from connectors_core.errors import ConnectorsError, SettingsError

COMMANDS = {
    "run": "run",
    "serve": "serve",
    "work": "work",
    "inspect": "inspect",
    "setup": "setup",
    "check": "check",
    "plan": "plan",
    "apply": "apply",
    "schema": "schema",
    "abilities": "abilities",
    "send": "send",
    "explain": "explain",
    "templates": "templates",
    "report": "report",
    "deliveries": "deliveries",
    "redeliver": "redeliver",
    "resolve": "resolve",
    "parked": "parked",
    "replay": "replay",
    "pause": "pause",
    "resume": "resume",
    "kit": "kit",
    "new": "new",
}
"""The name of every command, and the module of `connectors_core.cli` whose `command` it is."""

EXIT_CODES = """\b
Exit codes:
  0    fine
  1    what was asked failed, or found problems
  2    the command was used wrongly
  3    the settings are refused
  4    the store cannot be used
  130  stopped by Ctrl-C
"""


class Commands(click.Group):
    """A group of commands that are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of `COMMANDS`, then those that packages add."""
        return [*COMMANDS, *discovery.installed(discovery.COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None for a name that is none."""
        if cmd_name in COMMANDS:
            found: click.Command = import_module(f"connectors_core.cli.{COMMANDS[cmd_name]}").command
            return found
        if cmd_name in discovery.installed(discovery.COMMANDS):
            added: click.Command = discovery.find(cmd_name, discovery.COMMANDS)
            return added
        return None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and turn how it ended into the exit codes of the help."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            ctx.exit(130)
        except SettingsError as error:
            show_problems(error.problems)
            ctx.exit(3)
        except ConnectorsError as error:
            click.echo(error.text, err=True)
            ctx.exit(1)


@click.command(cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--settings",
    type=click.Path(path_type=Path),
    default=Path("connectors.toml"),
    envvar="CONNECTORS_SETTINGS",
    show_default=True,
    show_envvar=True,
    help="The settings: a TOML file, or a folder of them.",
)
@click.version_option(__version__, prog_name="connectors")
@click.pass_context
def main(ctx: click.Context, settings: Path) -> None:
    """Wire messaging channels to CRMs by a settings file."""
    ctx.obj = settings
