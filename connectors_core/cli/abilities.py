"""`connectors abilities`: what the installed connectors can carry and do."""

from __future__ import annotations

import json

import click

from connectors_core import discovery
from connectors_core.cli.common import printable
from connectors_core.cli.tables import show
from connectors_core.describing import describe, rows
from connectors_core.errors import SettingsError
from connectors_core.manifest import Manifest


@click.command("abilities")
@click.argument("types", metavar="[TYPE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, types: tuple[str, ...], *, as_json: bool) -> None:
    """Show for each connector, or for those named, which parts it carries and what else it can do.

    Neither settings nor a store are needed. A part that is not carried goes as a line of text, or is refused, as the
    route says. A connector that cannot be imported is told of on stderr, and the exit code is 1.
    """
    found: dict[str, Manifest] = {}
    failed = False
    for name in types or discovery.installed():
        try:
            found[name] = discovery.find(name).manifest
        except SettingsError as error:
            if name not in discovery.installed():
                raise click.BadParameter(error.text, param_hint="TYPE") from None
            click.echo(printable(error.text), err=True)
            failed = True
    if as_json:
        click.echo(json.dumps([describe(manifest) for manifest in found.values()], indent=2))
    elif found:
        _show(list(found.values()))
    ctx.exit(1 if failed else 0)


def _show(manifests: list[Manifest]) -> None:
    columns = {one.name: dict(rows(one)) for one in manifests}
    names = next(iter(columns.values()))
    show(
        [{"ability": name, **{one: found[name] for one, found in columns.items()}} for name in names],
        ("ability", *columns),
    )
