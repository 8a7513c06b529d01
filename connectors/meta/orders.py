"""Lines of an order, whose numbers stand there as numbers or as texts."""

from __future__ import annotations

from connectors_core import Malformed
from connectors_core.model import wire
from connectors_core.model.wire import Json


def quantity(line: Json) -> int:
    """Return the number of pieces, one where nothing is said; raise Malformed for what is no number."""
    value = wire.text(line, "quantity") or "1"
    if not value.isdecimal() or len(value) > 9:
        raise Malformed("quantity is no number")
    return int(value)


def price(line: Json, name: str) -> str:
    """Return a price as a decimal in text, "" where there is none."""
    return repr(wire.number(line, name)) if isinstance(line.get(name), float) else wire.text(line, name)
