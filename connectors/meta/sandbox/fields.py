"""Reading the fields of a request as strictly as Meta does."""

from __future__ import annotations

from typing import Any, Self

from connectors.meta.sandbox.errors import GraphError


class Fields:
    """One object of a request. `where` is what errors call it, as in `interactive['action']`."""

    MISSING = INVALID = 100
    """The codes of what is not there and of what cannot be."""

    def __init__(self, data: dict[str, Any], where: str) -> None:
        """Read `data`."""
        self.data = data
        self.where = where

    def name(self, name: str) -> str:
        """Return what errors call a field."""
        return f"{self.where}['{name}']" if self.where else name

    def only(self, *names: str) -> None:
        """Refuse what Meta does not know: a misspelt parameter is no parameter."""
        if unknown := [name for name in self.data if name not in names]:
            where = f' on param "{self.where}"' if self.where else ""
            raise GraphError(100, f'Unexpected key "{unknown[0][:64]}"{where}.')

    def has(self, name: str) -> bool:
        """Whether a field is there."""
        return self.data.get(name) is not None

    def text(self, name: str, most: int, *, needed: bool = True, empty: bool = False) -> str:
        """Return a text of at most `most` characters; "" when it is missing and not needed."""
        value = self.data.get(name)
        if value is None:
            if needed:
                raise self.missing(name)
            return ""
        if not isinstance(value, str):
            raise GraphError(100, f"Param {self.name(name)} must be a string.")
        if needed and not empty and not value.strip():
            raise self.missing(name)
        if len(value) > most:
            raise GraphError(self.INVALID, f"Param {self.name(name)} must be at most {most} characters long.")
        return value

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return one of the words that are allowed."""
        value = self.text(name, 64)
        if value not in allowed:
            raise GraphError(self.INVALID, f"Param {self.name(name)} must be one of {{{', '.join(allowed)}}}.")
        return value

    def flag(self, name: str) -> bool:
        """Return a yes or no, which may be missing."""
        value = self.data.get(name, False)
        if not isinstance(value, bool):
            raise GraphError(100, f"Param {self.name(name)} must be a boolean.")
        return value

    def number(self, name: str, low: float, high: float) -> float:
        """Return a number, which may be written as a text."""
        value = self.data.get(name)
        if value is None:
            raise self.missing(name)
        try:
            found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
        except ValueError:
            found = None
        if found is None or not low <= found <= high:
            raise GraphError(self.INVALID, f"Param {self.name(name)} must be a number from {low:g} to {high:g}.")
        return found

    def object(self, name: str) -> Self:
        """Return an object, which must be there."""
        value = self.data.get(name)
        if value is None:
            raise self.missing(name)
        if not isinstance(value, dict):
            raise GraphError(100, f"Param {self.name(name)} must be a JSON object.")
        return type(self)(value, self.name(name))

    def objects(self, name: str, least: int, most: int) -> list[Self]:
        """Return a list of objects."""
        value = self.data.get(name)
        if value is None:
            if least:
                raise self.missing(name)
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise GraphError(100, f"Param {self.name(name)} must be an array of JSON objects.")
        if not least <= len(value) <= most:
            raise GraphError(self.INVALID, f"Param {self.name(name)} must have {least} to {most} elements.")
        return [type(self)(one, f"{self.name(name)}[{index}]") for index, one in enumerate(value)]

    def missing(self, name: str) -> GraphError:
        """Return the error for a field that is not there."""
        return GraphError(self.MISSING, f"The parameter {self.name(name)} is required.")
