"""Reading the fields of a request with the codes that WhatsApp has for what is wrong."""

from __future__ import annotations

from connectors.meta.sandbox import fields
from connectors.meta.sandbox.errors import GraphError


class Fields(fields.Fields):
    """One object of a request."""

    MISSING, INVALID = 131008, 131009


def distinct(values: list[str], what: str) -> None:
    """Refuse values that are the same."""
    if len(set(values)) != len(values):
        raise GraphError(131009, f"Duplicated {what}.")
