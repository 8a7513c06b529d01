"""Checksums as Meta writes them."""

from __future__ import annotations

import base64
from string import hexdigits

from connectors_core.model import wire
from connectors_core.model.wire import Json

_SHA256_DIGITS = 64


def sha256(data: Json, name: str) -> str:
    """Return the checksum called `name` in lower-case hexadecimal, "" when there is none that can be read.

    Webhooks have it in base64, answers of the API in hexadecimal.
    """
    value = wire.text(data, name).strip()
    if len(value) == _SHA256_DIGITS and not value.strip(hexdigits):
        return value.lower()
    try:
        digest = base64.b64decode(value, validate=True)
    except ValueError:
        return ""
    return digest.hex() if len(digest) * 2 == _SHA256_DIGITS else ""
