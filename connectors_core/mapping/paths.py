"""Dotted paths with list positions, such as `contact.phones[0]`, into plain documents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import attrs

_STEP = re.compile(r"([^.\[\]\s]+)((?:\[\d{1,6}\])*)")
_POSITION = re.compile(r"\[(\d+)\]")


@attrs.frozen
class Path:
    """A path after compiling: names and list positions, in order."""

    text: str
    steps: tuple[str | int, ...]

    @property
    def general(self) -> str:
        """The path with `[]` for every position: the form in which documents are described."""
        found = "".join("[]" if isinstance(step, int) else f".{step}" for step in self.steps)
        return found.removeprefix(".")

    def read(self, document: Any) -> Any:
        """Return what stands there, None where anything on the way is missing."""
        found = document
        for step in self.steps:
            if isinstance(step, int):
                if not isinstance(found, Sequence) or isinstance(found, str | bytes) or step >= len(found):
                    return None
                found = found[step]
            elif isinstance(found, Mapping):
                found = found.get(step)
            else:
                return None
        return found


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """Return the compiled path, once for each text; raise ValueError for what is none."""
    steps: list[str | int] = []
    for piece in text.split("."):
        match = _STEP.fullmatch(piece)
        if match is None:
            raise ValueError("a path has names with dots between them and positions such as [0]")
        steps.append(match[1])
        steps.extend(int(position) for position in _POSITION.findall(match[2]))
    return Path(text, tuple(steps))
