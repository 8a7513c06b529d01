"""Routes and their mapping rules: read, and checked against the endpoints, the document and the targets."""

from __future__ import annotations

from typing import Any

from connectors_core.discovery import nearest
from connectors_core.errors import Problem, SettingsError
from connectors_core.manifest import Manifest
from connectors_core.mapping import document, transforms
from connectors_core.mapping.paths import compile_path
from connectors_core.mapping.rules import Rule, Rules
from connectors_core.settings.model import Route
from connectors_core.settings.problems import join
from connectors_core.settings.reader import Reader
from connectors_core.settings.schemas import RouteSchema


def read_routes(reader: Reader) -> tuple[Route, ...]:
    """Return every route that is good."""
    declared = reader.document.get("routes", [])
    if not isinstance(declared, list):
        reader.say("routes", "must be a list of tables: write [[routes]] above each")
        return ()
    found = []
    for number, table in enumerate(declared):
        path = f"routes[{number}]"
        before = len(reader.problems)
        loaded = reader.load(RouteSchema(), table, path)
        if isinstance(table, dict):
            _check(reader, table, path)
            _check_repeated(reader, declared[:number], table, path)
        if len(reader.problems) == before:
            found.append(_route(loaded))
    return tuple(found)


def _route(loaded: dict[str, Any]) -> Route:
    first, second = loaded["between"]
    rules = {end: Rules(tuple(_rule(rule) for rule in found)) for end, found in loaded.get("map", {}).items()}
    return Route(
        between=(first, second),
        when=loaded.get("when", {}),
        on_unsupported=loaded.get("on_unsupported", "degrade"),
        rules=rules,
    )


def _rule(loaded: dict[str, Any]) -> Rule:
    source, using = loaded.pop("source", None), loaded.pop("using", None)
    return Rule(
        source=None if source is None else compile_path(source),
        using=None if using is None else transforms.find(using),
        **loaded,
    )


def _check(reader: Reader, table: dict[str, Any], path: str) -> None:
    """Check the names and paths of a route, as it is declared: a bad rule hides no problem of another."""
    ends = table.get("between")
    ends = [end for end in ends if isinstance(end, str)] if isinstance(ends, list) else []
    declared = reader.names("endpoints")
    for number, end in enumerate(ends):
        if end not in declared:
            reader.say(f"{path}.between[{number}]", f'there is no endpoint "{end}".{nearest(end, declared)}')
        elif end in ends[:number]:
            reader.say(f"{path}.between[{number}]", "a route joins two different endpoints")
    _check_when(reader, table, path)
    rules = table.get("map")
    for end, found in rules.items() if isinstance(rules, dict) else ():
        place = join(f"{path}.map", end)
        if len(set(ends)) == 2 and end not in ends:
            reader.say(place, f'this route does not touch "{end}".{nearest(end, ends)}')
        for number, rule in enumerate(found if isinstance(found, list) else ()):
            if isinstance(rule, dict):
                _check_rule(reader, rule, reader.manifests.get(end), f"{place}[{number}]")


def _check_repeated(reader: Reader, earlier: list[Any], table: dict[str, Any], path: str) -> None:
    """Refuse a second route between two endpoints: nobody could tell whose rules count."""
    ends = _pair(table)
    for number, other in enumerate(earlier):
        if ends and ends == _pair(other):
            reader.say(path, f"joins the same endpoints as routes[{number}]; make one route of the two")
            return


def _pair(table: Any) -> frozenset[str]:
    ends = table.get("between") if isinstance(table, dict) else None
    found = frozenset(end for end in ends if isinstance(end, str)) if isinstance(ends, list) else frozenset()
    return found if len(found) == 2 else frozenset()


def _check_rule(reader: Reader, rule: dict[str, Any], manifest: Manifest | None, path: str) -> None:
    if ("from" in rule) == ("value" in rule):
        reader.say(path, "a rule has either from, a path, or value, a fixed value")
    if isinstance(source := rule.get("from"), str) and (text := document.problem(source)):
        reader.say(f"{path}.from", text)
    if isinstance(using := rule.get("using"), str):
        try:
            transforms.find(using)
        except SettingsError as error:
            reader.problems.extend(Problem(f"{path}.using", problem.text) for problem in error.problems)
    if isinstance(to := rule.get("to"), str) and to and manifest is not None and not _admits(manifest, to):
        targets = tuple(manifest.targets)
        known = nearest(to, targets) if targets else " It takes no mapped fields."
        reader.say(f"{path}.to", f'{manifest.name} has no target "{to}".{known}')
    _check_when(reader, rule, path)


def _admits(manifest: Manifest, to: str) -> bool:
    if to in manifest.targets:
        return True
    return any(target.endswith("*") and to.startswith(target[:-1]) for target in manifest.targets)


def _check_when(reader: Reader, table: dict[str, Any], path: str) -> None:
    for name in _paths(table.get("when"), ""):
        if text := document.problem(name):
            reader.say(join(f"{path}.when", name), text)


def _paths(when: Any, path: str) -> list[str]:
    """Return the paths of a `when`, those of nested tables too."""
    if not isinstance(when, dict):
        return []
    found: list[str] = []
    for key, value in when.items():
        found += _paths(value, f"{path}{key}.") if isinstance(value, dict) else [f"{path}{key}"]
    return found
