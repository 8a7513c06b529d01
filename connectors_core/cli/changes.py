"""Differences between settings and platforms, as people read them: what is there goes, what is declared comes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence

import attrs
import click

from connectors_core.cli import findings
from connectors_core.cli.common import printable
from connectors_core.cli.findings import Found
from connectors_core.endpoint import App, Endpoint
from connectors_core.model import Change
from connectors_core.redact import Redactor
from connectors_core.settings import Settings

_SIGNS = {"- ": "red", "+ ": "green"}


@attrs.frozen
class Plan:
    """What `plan` of several apps and endpoints found: the changes, each with whose it is, and the findings."""

    settings: Settings
    changes: tuple[tuple[Endpoint | App, Change], ...]
    findings: tuple[Found, ...]

    @classmethod
    def make(cls, settings: Settings, asked: Iterable[Endpoint | App]) -> Plan:
        """Ask every one of them."""
        changes: list[tuple[Endpoint | App, Change]] = []
        found: list[Found] = []
        for one in asked:
            for name, said in findings.planned(settings, one):
                if isinstance(said, Change):
                    changes.append((one, said))
                else:
                    found.append((name, said))
        return cls(settings, tuple(changes), tuple(found))

    @property
    def failed(self) -> bool:
        """Whether something could not be compared."""
        return any(finding.level == "error" for _, finding in self.findings)

    def show(self) -> None:
        """Print the findings, then every change with what goes and what comes."""
        findings.show(self.findings)
        redact = Redactor(self.settings.secrets)
        for one, change in self.changes:
            click.echo(printable(f"change  {one.name}.{change.path}: {change.title}"))
            for line in _lines(change):
                words = "        " + printable(redact(line))
                click.secho(words, fg=_SIGNS.get(line[:2]))
        if not self.changes and not self.findings:
            click.echo("the platforms have what the settings declare")

    def apply(self) -> bool:
        """Apply every change, one that fails hindering no other; return whether none failed."""
        return findings.show(findings.applied(self.settings, one, change) for one, change in self.changes)

    def document(self) -> dict[str, object]:
        """Return all of it for programs."""
        redact = Redactor(self.settings.secrets)
        return {
            "changes": [
                {"name": one.name, **json.loads(redact(json.dumps(attrs.asdict(change))))}
                for one, change in self.changes
            ],
            "findings": [{"name": name, **attrs.asdict(finding)} for name, finding in self.findings],
        }


def chosen(settings: Settings, names: Sequence[str]) -> list[Endpoint | App]:
    """Build all apps and endpoints, and return those of these names, all when there is none."""
    built = findings.build(settings)
    known = [one.name for one in built]
    for name in names:
        if name not in known:
            text = f'the settings have no app and no endpoint "{name}"; they have {", ".join(known) or "none"}'
            raise click.BadParameter(text, param_hint="NAME")
    return [one for one in built if one.name in names or not names]


def _lines(change: Change) -> Iterable[str]:
    before, after = (_pretty(value) for value in (change.before, change.after))
    return (line for line in difflib.ndiff(before, after) if not line.startswith("? "))


def _pretty(value: object) -> list[str]:
    return [] if value is None else json.dumps(value, indent=2, ensure_ascii=False).splitlines()
