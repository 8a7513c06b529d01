"""The lengths that Meta allows, looked at before anything is sent."""

from __future__ import annotations

from connectors_core import Measure, NotSupported


def fits(what: str, value: str, most: int, measure: Measure = Measure.CHARACTERS) -> str:
    """Return `value` when it is at most `most` long; raise NotSupported otherwise."""
    if (length := measure.of(value)) > most:
        raise NotSupported(f"{what} has {length} {measure}, and {most} are allowed")
    return value


def needed(what: str, value: str, most: int, measure: Measure = Measure.CHARACTERS) -> str:
    """Return `value` when it says something and is at most `most` long; raise NotSupported otherwise."""
    if not value.strip():
        raise NotSupported(f"{what} is empty, and it is needed")
    return fits(what, value, most, measure)


def address(what: str, url: str) -> str:
    """Return an address that Meta can fetch or open; raise NotSupported for any other."""
    if not url.startswith(("http://", "https://")):
        raise NotSupported(f"{what} needs an address that begins with https://; a kept file has one with public_url")
    return url
