"""Comparing what the settings declare with what Meta has: what every plan of an endpoint at Meta is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from connectors_core import ConnectorsError
from connectors_core.model import Change, Finding


def tried(path: str, ask: Callable[[], Iterable[Change | Finding]]) -> Sequence[Change | Finding]:
    """Return what a comparison gave, or the error that kept it from being made: the others are made all the same."""
    try:
        return list(ask())
    except ConnectorsError as error:
        return [Finding(level="error", text=error.text, path=path)]


def compared(path: str, title: str, before: object, after: object, level: str = "warning") -> list[Change]:
    """Return the difference between two values, none when the settings leave it open (`after` is None).

    An empty text, list or object declares that there is to be nothing, which Meta tells in several ways.
    """
    if after is None or (before or None) == (after or None):
        return []
    return [Change(path=path, title=title, before=before or None, after=after or None, level=level)]
