"""The documentation: complete, and true."""

import inspect
import re
import shlex
from importlib import import_module

import click
import pytest
from marshmallow import Schema

from connectors_core import hookspecs
from connectors_core.checks import SPECS
from connectors_core.cli.main import main
from connectors_core.settings import schemas


def named(entry):
    """Return what an entry point names."""
    module, _, name = entry.partition(":")
    return getattr(import_module(module), name)


def keys(schema):
    """Return the keys of a schema, as they are written."""
    return [field.data_key or name for name, field in schema._declared_fields.items()]


@pytest.mark.parametrize("hook", SPECS)
def test_every_hook_stands_in_the_documentation_with_its_exact_arguments(hook, pages):
    """A heading of its own on the page of its family."""
    heading = f"## `{hook}({', '.join(SPECS[hook])})`"
    found = [path for path, text in pages.items() if path.startswith("docs/hooks/") and heading in text.splitlines()]
    assert len(found) == 1, heading


def test_the_documentation_names_no_hook_that_does_not_exist(pages):
    """A hook that was renamed is renamed there too."""
    headings = [
        match[1]
        for path, text in pages.items()
        if path.startswith("docs/hooks/")
        for match in re.finditer(r"^## `(\w+)\(", text, re.MULTILINE)
    ]
    assert sorted(headings) == sorted(SPECS)


def test_every_hook_says_when_it_is_called():
    """In the contract itself, too."""
    assert [hook for hook in SPECS if not inspect.getdoc(getattr(hookspecs, hook))] == []


def test_every_example_of_the_hooks_runs(root):
    """And its assertions hold."""
    blocks = 0
    for page in sorted((root / "docs/hooks").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        code = "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        if code:
            exec(compile(code, page.name, "exec"), {"__name__": f"docs_{page.stem}"})  # noqa: S102 - our own page
            blocks += 1
    assert blocks >= 7


def test_every_setting_of_a_connector_stands_on_its_page(root, pyproject):
    """As `key`, on docs/connectors/<name>.md."""
    missing = []
    for group in ("connectors", "connectors.apps"):
        for name, entry in pyproject["project"]["entry-points"][group].items():
            page = root / "docs/connectors" / f"{name}.md"
            text = page.read_text(encoding="utf-8") if page.exists() else ""
            missing += [f"{page.name}: {key}" for key in keys(named(entry).manifest.settings) if f"`{key}`" not in text]
    assert missing == []


def test_every_setting_of_core_stands_in_the_reference(root):
    """As `key`, in docs/reference/settings.md."""
    page = root / "docs/reference/settings.md"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    own = [kind for kind in vars(schemas).values() if inspect.isclass(kind) and issubclass(kind, Schema)]
    assert sorted({key for kind in own for key in keys(kind) if f"`{key}`" not in text}) == []


def commands(text):
    """Yield the words of every `connectors …` line in a block of shell."""
    for block in re.findall(r"^```(?:sh|console|bash|shell)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            found = re.search(r"(?:^|[\s/])(connectors\s.*)", line.partition("#")[0])
            if found:
                yield shlex.split(found[1])


def fault(words):
    """Return what is wrong with a documented command, "" for nothing."""
    command, context = main, click.Context(main)
    for word in words[1:]:
        if word in {"|", "&&", ";", "&", ">", ">>"}:
            break
        if word.startswith("-"):
            known = [(*option.opts, *option.secondary_opts) for option in command.get_params(context)]
            if word.split("=")[0] not in {name for names in known for name in names}:
                return f"{' '.join(words)}: {command.name} has no option {word}"
        elif isinstance(command, click.Group) and not _is_value(words, word, command, context):
            found = command.get_command(context, word)
            if found is None:
                return f"{' '.join(words)}: there is no command {word}"
            command = found
            context = click.Context(command, parent=context, info_name=word)
    return ""


def _is_value(words, word, command, context):
    """Whether a word belongs to the option before it."""
    before = words[words.index(word) - 1]
    takers = [option for option in command.get_params(context) if before in option.opts]
    return any(isinstance(option, click.Option) and not option.is_flag and not option.count for option in takers)


def test_every_documented_command_exists(pages):
    """With every option that is shown."""
    shown = [(path, words) for path, text in pages.items() for words in commands(text)]
    assert shown, "README.md shows one at least"
    assert [f"{path}: {text}" for path, words in shown if (text := fault(words))] == []
