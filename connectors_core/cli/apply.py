"""`connectors apply`: make the platforms have what the settings declare."""

from __future__ import annotations

import click

from connectors_core.cli.asking import agreed
from connectors_core.cli.changes import Plan, chosen
from connectors_core.cli.common import load_settings


@click.command("apply")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show what would be changed, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], dry_run: bool, yes: bool) -> None:
    """Show what the platforms have otherwise than the settings declare, ask, and change it.

    NAME is an app or an endpoint; without one, it is done for all. Afterwards everything is compared once more. Ends
    with 0 when nothing differs any more.
    """
    settings = load_settings(ctx)
    asked = chosen(settings, names)
    plan = Plan.make(settings, asked)
    plan.show()
    if dry_run or not plan.changes:
        ctx.exit(1 if plan.changes or plan.failed else 0)
    if not yes and not agreed(f"\nApply {count(plan)}?"):
        click.echo("Nothing was changed.", err=True)
        ctx.exit(1)
    fine = plan.apply()
    left = Plan.make(settings, asked)
    if left.changes:
        click.echo("\nStill different; a platform may need some minutes:")
        left.show()
    ctx.exit(0 if fine and not left.changes and not left.failed else 1)


def count(plan: Plan) -> str:
    """Return the number of changes in words."""
    number = len(plan.changes)
    return f"{number} change{'s' if number != 1 else ''}"
