"""Finding connectors and apps by the name of their entry point, importing only what the settings name."""

from __future__ import annotations

import difflib
import sys
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from connectors_core.errors import Problem, SettingsError
from connectors_core.manifest import API, AppManifest, Manifest

CONNECTORS = "connectors"
APPS = "connectors.apps"
OBSERVERS = "connectors.observers"
TRANSFORMS = "connectors.transforms"
COMMANDS = "connectors.commands"

_WORDS = {CONNECTORS: "connector", APPS: "app", OBSERVERS: "observer", TRANSFORMS: "transform", COMMANDS: "command"}


def _points(group: str) -> tuple[EntryPoint, ...]:
    """Return the entry points of a group, wherever modules are imported from now."""
    return _read(tuple(sys.path), group)


@lru_cache(maxsize=32)
def _read(_path: tuple[str, ...], group: str) -> tuple[EntryPoint, ...]:
    """Read what every installed package says of itself: tens of files, once for each path."""
    return tuple(entry_points(group=group))


def installed(group: str = CONNECTORS) -> tuple[str, ...]:
    """Return the names in an entry point group, without importing anything."""
    return tuple(sorted({point.name for point in _points(group)}))


def nearest(name: str, known: tuple[str, ...] | list[str]) -> str:
    """Return " Did you mean …?" for the closest known name, or what is known."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f' Did you mean "{close[0]}"?'
    return f" Known here: {', '.join(known)}." if known else ""


def find(name: str, group: str = CONNECTORS) -> Any:
    """Import and return what the entry point `name` names; raise SettingsError with the way out."""
    points = tuple(point for point in _points(group) if point.name == name)
    word = _WORDS[group]
    if not points:
        text = f'no {word} "{name}" is installed.{nearest(name, installed(group))}'
        raise SettingsError([Problem("", text)])
    if len({point.value for point in points}) > 1:
        owners = " and ".join(sorted(_owner(point) for point in points))
        raise SettingsError([Problem("", f'{owners} both call a {word} "{name}"; uninstall one of them')])
    try:
        found = points[0].load()
    except Exception as error:
        text = f'{_owner(points[0])}: the {word} "{name}" cannot be imported: {type(error).__name__}: {error}'
        raise SettingsError([Problem("", text)]) from error
    _refuse_mismatch(found, name, points[0], word)
    return found


def _refuse_mismatch(found: Any, name: str, point: EntryPoint, word: str) -> None:
    if word not in ("connector", "app"):
        return
    manifest = getattr(found, "manifest", None)
    if not isinstance(manifest, Manifest if word == "connector" else AppManifest):
        raise SettingsError([Problem("", f'{_owner(point)}: the {word} "{name}" has no manifest of that kind')])
    if manifest.name != name:
        text = f'{_owner(point)}: the entry point is called "{name}" and its manifest "{manifest.name}"'
        raise SettingsError([Problem("", text)])
    low, high = manifest.api
    if not low <= API <= high:
        text = (
            f'{_owner(point)}: the {word} "{name}" was made for contract {low} to {high}, this is {API}; '
            f"install a version of it that fits"
        )
        raise SettingsError([Problem("", text)])


def _owner(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value
