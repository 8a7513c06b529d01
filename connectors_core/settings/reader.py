"""What every part of the reading shares: the raw document, the problems so far, the manifests of what it names."""

from __future__ import annotations

from typing import Any

import attrs
from marshmallow import Schema, ValidationError

from connectors_core import discovery
from connectors_core.errors import Problem, SettingsError
from connectors_core.manifest import AppManifest, Manifest
from connectors_core.settings.problems import flatten, join
from connectors_core.settings.schemas import NAME


@attrs.define
class Reader:
    """A document on its way to settings.

    `manifests`: those of all endpoints whose type was found, even where the keys of the endpoint are bad.
    """

    document: dict[str, Any]
    problems: list[Problem] = attrs.field(factory=list)
    manifests: dict[str, Manifest] = attrs.field(factory=dict)
    _found: dict[tuple[str, str], Any] = attrs.field(factory=dict, init=False)

    def say(self, path: str, text: str) -> None:
        """Keep a problem."""
        self.problems.append(Problem(path, text))

    def names(self, section: str) -> tuple[str, ...]:
        """Return every name that is declared in a section, whether what it says is good or bad."""
        declared = self.document.get(section)
        return tuple(declared) if isinstance(declared, dict) else ()

    def tables(self, section: str) -> dict[str, dict[str, Any]]:
        """Return the tables of a section by their names; say what is none."""
        declared = self.document.get(section, {})
        if not isinstance(declared, dict):
            self.say(section, f"must have named tables: [{section}.NAME]")
            return {}
        found = {}
        for name, table in declared.items():
            path = join(section, name)
            if not NAME.fullmatch(name):
                self.say(path, 'a name has letters, digits, "_" and "-", 63 at most')
            if isinstance(table, dict):
                found[name] = table
            else:
                self.say(path, f"must be a table: [{path}]")
        return found

    def load(self, schema: Schema, data: object, path: str, known: tuple[str, ...] = ()) -> Any:
        """Return what a schema makes of a table; None, with every problem kept, when it refuses it."""
        try:
            return schema.load(data)  # type: ignore[arg-type]
        except ValidationError as error:
            self.problems.extend(flatten(error.messages, path, schema, known))
        except Exception as error:  # noqa: BLE001 - the schema is somebody else's
            # The words of the error may hold what was loaded, secrets too.
            self.say(path, f"{type(schema).__name__} fails ({type(error).__name__}): a defect of the connector")
        return None

    def manifest(self, table: dict[str, Any], path: str, group: str) -> Any:
        """Return the manifest of the type that a table names; None, with the problem kept, where there is none."""
        kind = table.get("type")
        if kind is None:
            installed = ", ".join(discovery.installed(group)) or "none"
            self.say(f"{path}.type", f"is missing; installed are: {installed}")
            return None
        if not isinstance(kind, str):
            self.say(f"{path}.type", "must be text in quotes")
            return None
        if (group, kind) not in self._found:
            try:
                self._found[group, kind] = discovery.find(kind, group).manifest
            except SettingsError as error:
                self._found[group, kind] = error
        found: Manifest | AppManifest | SettingsError = self._found[group, kind]
        if isinstance(found, SettingsError):
            self.problems.extend(Problem(f"{path}.type", problem.text) for problem in found.problems)
            return None
        return found
