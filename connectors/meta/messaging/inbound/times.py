"""Times as these webhooks write them: milliseconds mostly, seconds in places, as numbers or as text."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors_core import Malformed
from connectors_core.model.wire import Json

_SECONDS = 10**11
"""Below it a number counts seconds: as milliseconds it would be a day of 1973."""


def moment(data: Json, name: str) -> datetime | None:
    """Return the time called `name`, None when it is not there.

    Messages bring milliseconds; calls, comments and lead forms seconds (MP/webhooks, 2026); some samples have text.
    """
    value = data.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, str) and not value.isdecimal():
            found = datetime.fromisoformat(value)
            if found.utcoffset() is not None:
                return found.astimezone(UTC)
        elif isinstance(value, str | int) and not isinstance(value, bool):
            number = int(value)
            return datetime.fromtimestamp(number if number < _SECONDS else number / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Malformed(f"{name} is no time")
