"""`connectors new`: a whole package for a connector of one's own, whose tests are green from the first second."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

import click
import jinja2

import connectors_core
from connectors_core import discovery

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_TITLE = re.compile(r"[^\W_][\w .,:&+'()-]*")
_LONGEST_NAME = 30
_LONGEST_TITLE = 40
_OF_THE_KIT = frozenset({"ledger"})
"""Connectors that the kit brings along: the other end of its routes."""

_WORDS_OF_THE_CODE = frozenset({"Any", "Conformance"})
"""What the written modules import besides the public face of core."""


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
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        text = f"must begin with a letter and be words of a-z and 0-9 with - between them, {_LONGEST_NAME} characters"
        raise click.BadParameter(text, param_hint="NAME")
    words = _words(name, kind, title)
    if reason := _taken(words):
        raise click.BadParameter(reason, param_hint="NAME")
    if len(words["title"]) > _LONGEST_TITLE or not _TITLE.fullmatch(words["title"]):
        text = f"must be letters, digits and spaces, {_LONGEST_TITLE} characters at most"
        raise click.BadParameter(text, param_hint="--title")
    folder = into or Path(f"connectors-{words['name']}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.ClickException(f"{folder} is not empty; name another folder with --into")
    _write_package(folder, words)
    click.echo(f'{folder} is ready. Next:\n\n  cd {folder}\n  pip install -e . "crm-connectors[testing]"\n  pytest')


def _words(name: str, kind: str, title: str) -> dict[str, str]:
    """Return what the templates are filled with."""
    parts = re.split("[-_]", name)
    return {
        "name": "-".join(parts),
        "module": "_".join(parts),
        "class": "".join(part.capitalize() for part in parts),
        "env": "_".join(parts).upper(),
        "title": title or " ".join(part.capitalize() for part in parts),
        "kind": kind,
        "label": {"channel": "channel", "crm": "CRM"}[kind],
    }


def _taken(words: Mapping[str, str]) -> str:
    """Say why a name cannot be used, "" when it can."""
    module, kind = words["module"], words["class"]
    if module in discovery.installed() or module in _OF_THE_KIT:
        return f"a connector called {module} is installed already, and two of one name cannot be told apart"
    if find_spec(f"connectors_{module}") is not None:
        return f"there is a package connectors_{module} already"
    if keyword.iskeyword(kind) or kind in {*dir(builtins), *dir(connectors_core), *_WORDS_OF_THE_CODE}:
        return f"the class of the connector would be called {kind}, and that name has a meaning already"
    return ""


def _write_package(folder: Path, words: Mapping[str, str]) -> None:
    """Write what every package has, and what is of its kind."""
    root = files("connectors_core.scaffold")
    package = folder / f"connectors_{words['module']}"
    _write(root / "package", folder, words)
    _write(root / words["kind"], package, words)
    (package / "samples").rename(folder / "tests" / "samples")
    (folder / "docs" / "page.md").rename(folder / "docs" / f"{words['module']}.md")


def _write(source: Traversable, target: Path, words: Mapping[str, str]) -> None:
    """Fill every template of a folder; each keeps its name, without the ending `.jinja` that hides it from tools."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.is_dir():
            _write(entry, target / entry.name, words)
        else:
            # Nothing is escaped: what is written is code, from words that were checked.
            template = jinja2.Template(
                entry.read_text(encoding="utf-8"), trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
            )
            (target / entry.name.removesuffix(".jinja")).write_text(template.render(words), encoding="utf-8")
