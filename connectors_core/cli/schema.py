"""`connectors schema`: a JSON Schema of the settings, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from connectors_core.settings import jsonschema


@click.command("schema")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def command(output: Path | None) -> None:
    """Print the JSON Schema of the settings, with the keys of every installed connector.

    Editors complete and check from it: put `#:schema ./connectors.schema.json` into the first line of the settings.
    A connector that cannot be imported is left out and told of.
    """
    text, problems = jsonschema.dumps()
    if output is None:
        click.echo(text, nl=False)
    else:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{output} cannot be written: {error.strerror}") from None
        click.echo(f"wrote {output}", err=True)
    for problem in problems:
        click.echo(f"left out: {problem}", err=True)
