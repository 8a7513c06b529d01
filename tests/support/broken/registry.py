"""How a broken connector is told of: what it breaks, and what falls with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
from courier import ABILITIES, Courier


@attrs.frozen(kw_only=True)
class Fault:
    """A connector that breaks a promise, and every promise that `falls` with it; None for most of them.

    `settings` are other settings than the courier's; `spoil` changes a copy of its samples.
    """

    kind: type
    falls: frozenset[str] | None
    settings: dict[str, Any]
    spoil: Callable[[Path], None] | None = None


FAULTS: dict[str, Fault] = {}
"""By the name of the promise that is broken."""


def breaks(
    name: str,
    *also: str,
    settings: dict[str, Any] | None = None,
    spoil: Callable[[Path], None] | None = None,
    **manifest: Any,
) -> Callable[[type], type]:
    """Register a class as the one that breaks a promise, and `also` others; "*" for most of them.

    `manifest` changes its manifest.
    """
    if "settings_schema" in manifest:
        manifest["settings"] = manifest.pop("settings_schema")

    def register(kind: type) -> type:
        kind.manifest = attrs.evolve(Courier.manifest, **manifest)
        kind.__name__ = kind.__qualname__ = "Breaks" + name.title().replace("-", "")
        made = attrs.frozen(eq=False)(kind)
        # A program of its own finds it by this name.
        setattr(sys.modules[kind.__module__], kind.__name__, made)
        falls = None if "*" in also else frozenset((name, *also))
        FAULTS[name] = Fault(kind=made, falls=falls, settings=settings or {}, spoil=spoil)
        return made

    return register


def without(*names: str) -> Callable[[Path], None]:
    """Return what takes samples away."""

    def spoil(folder: Path) -> None:
        for name in names:
            (folder / f"{name}.json").unlink()

    return spoil


def able(**changes: Any) -> Any:
    """Return the abilities of the courier with changes."""
    return attrs.evolve(ABILITIES, **changes)
