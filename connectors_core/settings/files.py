"""Reading settings files: one TOML file, or a folder of them merged in the order of their names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from connectors_core.errors import Problem, SettingsError
from connectors_core.settings.problems import join

NAMED = ("apps", "endpoints", "api_tokens")
"""Tables whose entries may stand in different files."""


@attrs.define
class Source:
    """What the files say, and which file says it. `owners`: the file of every named table and every route."""

    path: Path
    document: dict[str, Any] = attrs.field(factory=dict)
    owners: dict[str, tuple[str, str]] = attrs.field(factory=dict)
    problems: list[Problem] = attrs.field(factory=list)

    def locate(self, problem: Problem) -> Problem:
        """Return the problem with the name of its file, and with routes counted as in that file."""
        for path, (file, there) in self.owners.items():
            rest = problem.path.removeprefix(path)
            if rest != problem.path and rest[:1] in ("", ".", "["):
                return Problem(f"{there}{rest}", f"{problem.text} (in {file})")
        return problem


def read(path: Path) -> Source:
    """Read a file or every `*.toml` of a folder; raise SettingsError when one cannot be read."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    problems: list[Problem] = []
    documents = {file.name: _parsed(file, problems) for file in files}
    if not files:
        problems.append(Problem("", f"{path} has no file that ends in .toml"))
    if problems:
        # What a broken file declares is unknown, so that everything else said about names could be wrong.
        raise SettingsError(problems)
    return merged(path, documents)


def merged(path: Path, documents: Mapping[str, dict[str, Any]]) -> Source:
    """Return what the files of `path` say together; `documents` by the names of the files."""
    if not path.is_dir():
        return Source(path, documents[path.name])
    source = Source(path)
    for name, document in documents.items():
        for key, value in document.items():
            _merge(source, name, key, value)
    return source


def _parsed(file: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode())
    except OSError as error:
        problems.append(Problem("", f"{file} cannot be read: {error.strerror or type(error).__name__}"))
    except UnicodeDecodeError as error:
        problems.append(Problem("", f"{file} is not text in UTF-8 (byte {error.start + 1})"))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem("", f"{file} is no TOML: {error}"))
    except (ValueError, RecursionError) as error:
        problems.append(Problem("", f"{file} is no TOML that can be read: {type(error).__name__}"))
    return {}


def _merge(source: Source, file: str, key: str, value: Any) -> None:
    """Put one top-level table of a file to the others."""
    if key == "routes" and isinstance(value, list):
        routes = source.document.setdefault("routes", [])
        if isinstance(routes, list):
            for number, route in enumerate(value):
                source.owners[f"routes[{len(routes)}]"] = (file, f"routes[{number}]")
                routes.append(route)
            return
    if key in NAMED and isinstance(value, dict) and isinstance(source.document.get(key, {}), dict):
        named = source.document.setdefault(key, {})
        for name, table in value.items():
            _put(source, file, named, (key, name), table)
        return
    _put(source, file, source.document, (key,), value)


def _put(source: Source, file: str, target: dict[str, Any], keys: tuple[str, ...], value: Any) -> None:
    path = ""
    for key in keys:
        path = join(path, key)
    if keys[-1] in target:
        other = source.owners.get(path, (file, path))[0]
        source.problems.append(Problem(path, f"is defined in {other} and in {file}; keep one of them"))
        return
    target[keys[-1]] = value
    source.owners[path] = (file, path)
