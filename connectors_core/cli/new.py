"""`connectors new`: a whole package for a connector of one's own, whose tests are green from the first second."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click
import jinja2

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")


@click.command("new")
@click.argument("name")
@click.option("--kind", type=click.Choice(("channel", "crm")), default="channel", show_default=True)
@click.option("--title", default="", help="What people call it; made of NAME if it is not given.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The folder to make; connectors-NAME if it is not given.",
)
def command(name: str, kind: str, title: str, into: Path | None) -> None:
    """Write a package for a connector called NAME: code, settings, samples, tests, a page and CI.

    It speaks a small HTTP API that stands for the one that you connect: change its four modules, sample by sample, and
    the tests tell you which promise of a connector does not hold yet.
    """
    if not _NAME.fullmatch(name):
        raise click.BadParameter("must be lower-case words with - or _ between them", param_hint="NAME")
    module = name.replace("-", "_")
    if keyword.iskeyword(module):
        raise click.BadParameter(f"{module} is a word of Python", param_hint="NAME")
    folder = into or Path(f"connectors-{name}")
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; name another folder with --into")
    words = {
        "name": name,
        "module": module,
        "title": title or module.replace("_", " ").title(),
        "class": "".join(part.title() for part in module.split("_")),
        "env": module.upper(),
        "kind": kind,
    }
    root = files("connectors_core.scaffold")
    _write(root / "package", folder, words)
    _write(root / kind, folder / f"connectors_{module}", words)
    _move(folder / f"connectors_{module}" / "samples", folder / "tests" / "samples")
    (folder / "docs" / "page.md").rename(folder / "docs" / f"{module}.md")
    package = folder / f"connectors_{module}" / "__init__.py"
    package.write_text(f'"""{words["title"]} as a {kind} of the connector framework."""\n', encoding="utf-8")
    click.echo(f"{folder} is ready. Next:\n\n  cd {folder}\n  pip install -e . pytest\n  pytest")


def _write(source: Traversable, target: Path, words: dict[str, str]) -> None:
    """Write a folder of templates, and all in it."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.is_dir():
            _write(entry, target / entry.name, words)
        elif entry.name.endswith(".jinja"):
            # Nothing is escaped: what is written is code, from words that were checked.
            template = jinja2.Template(
                entry.read_text(encoding="utf-8"), trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
            )
            (target / entry.name.removesuffix(".jinja")).write_text(template.render(words), encoding="utf-8")
        elif entry.name.endswith(".json"):
            text = entry.read_text(encoding="utf-8").replace("@module@", words["module"])
            text = text.replace("@env@", words["env"].lower().replace("_", "-"))
            (target / entry.name).write_text(text, encoding="utf-8")


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
