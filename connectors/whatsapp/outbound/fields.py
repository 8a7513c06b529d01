"""The lengths that WhatsApp allows, looked at before anything is sent."""

from __future__ import annotations

from connectors_core import NotSupported


def fits(what: str, value: str, most: int) -> str:
    """Return `value` when it has at most `most` characters; raise NotSupported otherwise."""
    if len(value) > most:
        raise NotSupported(f"{what} has {len(value)} characters, and WhatsApp allows {most}")
    return value


def needed(what: str, value: str, most: int) -> str:
    """Return `value` when it has 1 to `most` characters; raise NotSupported otherwise."""
    if not value.strip():
        raise NotSupported(f"{what} is empty, and WhatsApp needs it")
    return fits(what, value, most)
