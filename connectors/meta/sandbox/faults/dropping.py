"""Webhooks whose connection breaks: in the middle of the body, or when the answer has begun and nobody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from connectors_core import Unreachable

PATIENCE = 10.0


def post(url: str, headers: Mapping[str, str], body: bytes, drop: str) -> None:
    """Post `body` and break off "before" it has been read whole or "after" it was answered; raise Unreachable."""
    place = urlsplit(url)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    line = kind(place.hostname or "", place.port, timeout=PATIENCE)
    try:
        line.putrequest("POST", f"{place.path or '/'}{'?' if place.query else ''}{place.query}")
        for name, value in {**headers, "content-length": str(len(body))}.items():
            line.putheader(name, value)
        line.endheaders()
        line.send(body if drop == "after" else body[: len(body) // 2])
        if drop == "after":
            line.getresponse()
    except (OSError, HTTPException):
        # Whoever does not listen has not read it either: it is tried again in every case.
        pass
    finally:
        line.close()
    raise Unreachable(f"the connection of a webhook was dropped {drop} it was taken, as the fault menu says")
