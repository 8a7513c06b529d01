"""Asking a person, or whatever writes to standard input, for the keys of a table."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

import attrs
import click

from connectors_core.cli.common import printable
from connectors_core.discovery import nearest
from connectors_core.settings.fields import reading
from connectors_core.settings.questions import Question, fault, questions
from connectors_core.settings.writing import Draft

if TYPE_CHECKING:
    from marshmallow import Schema


@attrs.frozen
class Form:
    """A table to fill in. `head` is the table, `prefix` stands before its keys in --set and --env."""

    head: str
    prefix: str
    schema: type[Schema]
    name: str
    questions: tuple[Question, ...]

    @classmethod
    def of(cls, head: str, prefix: str, schema: type[Schema], keys: tuple[str, ...] = ()) -> Form:
        """Ask for all keys of a schema, or for `keys` of it."""
        asked = tuple(one for one in questions(schema) if not keys or one.key in keys)
        return cls(head, prefix, schema, head.rpartition(".")[2], asked)


@attrs.frozen
class Given:
    """What the command line says already: `values` of keys, and the variables of secrets, by key with its prefix."""

    values: Mapping[str, str]
    variables: Mapping[str, str]

    @classmethod
    def read(cls, values: tuple[str, ...], variables: tuple[str, ...]) -> Given:
        """Read `KEY=VALUE` and `KEY=NAME`."""
        return cls(_pairs(values, "--set", "number=106540352242922"), _pairs(variables, "--env", "token=TOKEN"))

    def refuse_unknown(self, forms: list[Form]) -> None:
        """Raise BadParameter for a key that no form asks for, and for a secret on the command line."""
        known = {f"{form.prefix}{one.key}": one for form in forms for one in form.questions}
        for hint, keys in (("--set", self.values), ("--env", self.variables)):
            for key in keys:
                if key not in known:
                    raise click.BadParameter(f"{key} is asked nowhere.{nearest(key, list(known))}", param_hint=hint)
        for key in self.values:
            if known[key].secret:
                text = (
                    f"{key} is a secret, and a command line is seen by everybody on the machine; use --env {key}=NAME"
                )
                raise click.BadParameter(text, param_hint="--set")
        for key in self.variables:
            if not known[key].secret:
                raise click.BadParameter(f"{key} is no secret; use --set {key}=VALUE", param_hint="--env")


def fill(form: Form, given: Given, draft: Draft) -> dict[str, Any]:
    """Return the values of a table: first what is given, then what is answered; each is judged at once."""
    values: dict[str, Any] = {}
    left = []
    for one in form.questions:
        name = f"{form.prefix}{one.key}"
        if name in given.variables:
            _put(form, values, one.key, {"env": given.variables[name]}, draft, "--env")
        elif name in given.values:
            _put(form, values, one.key, one.value(given.values[name]), draft, "--set")
        elif one.asked:
            left.append(one)
    if left:
        click.echo(f"\n[{form.head}]", err=True)
    for one in left:
        answer = _answer(form, one, values, draft)
        if answer is not None:
            values[one.key] = answer
    # As the schema has them, whoever gave them.
    return {one.key: values[one.key] for one in form.questions if one.key in values}


def _put(form: Form, values: dict[str, Any], key: str, value: Any, draft: Draft, hint: str) -> None:
    if text := _fault(form, {**values, key: value}, key, draft):
        raise click.BadParameter(f"{form.prefix}{key}: {text}", param_hint=hint)
    values[key] = value


def _fault(form: Form, values: Mapping[str, Any], key: str, draft: Draft) -> str:
    with reading(os.environ, draft.secrets):
        return fault(form.schema, key, values)


def _answer(form: Form, one: Question, values: dict[str, Any], draft: Draft) -> Any:
    """Ask until the answer is good; None for no answer to what may stay empty."""
    if one.description:
        click.echo(f"  {printable(one.description)}", err=True)
    hint = " (empty for a random one)" if one.generated else "" if one.required else " (may stay empty)"
    while True:
        line = ask(f"{one.key}{hint}", hidden=one.secret)
        if line is None and one.required and not one.generated:
            option = f"--env {form.prefix}{one.key}=NAME" if one.secret else f"--set {form.prefix}{one.key}=VALUE"
            raise click.UsageError(f"the input ended before {one.key} was given; {option} gives it")
        if not line and one.generated:
            line = token_urlsafe(32)
        if not line:
            if not one.required:
                return None
            click.echo("  it has to be given", err=True)
            continue
        value = draft.keep(f"{form.name}_{one.key}", line) if one.secret else one.value(line)
        text = _fault(form, {**values, one.key: value}, one.key, draft)
        if not text:
            return value
        if one.secret:
            draft.forget(value)
        click.echo(f"  {printable(text)}", err=True)


def ask(text: str, *, hidden: bool = False) -> str | None:
    """Return an answer without the white space round it, None at the end of the input; a secret is not shown."""
    if sys.stdin.isatty():
        try:
            line: str = click.prompt(text, default="", show_default=False, hide_input=hidden, err=True)
        except click.Abort:
            raise KeyboardInterrupt from None
        return line.strip()
    click.echo(f"{text}: ", err=True)
    line = sys.stdin.readline()
    return line.strip() if line else None


def agreed(text: str) -> bool:
    """Whether the answer to a question is yes; no at the end of the input."""
    while True:
        line = ask(f"{text} [Y/n]")
        if line is None:
            return False
        if line.lower() in ("", "y", "yes"):
            return True
        if line.lower() in ("n", "no"):
            return False


def _pairs(given: tuple[str, ...], hint: str, example: str) -> dict[str, str]:
    found = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key or not value:
            raise click.BadParameter(f"must look like {example}", param_hint=hint)
        found[key] = value
    return found
