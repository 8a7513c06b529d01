"""Signatures of Standard Webhooks (https://www.standardwebhooks.com, version 1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

from connectors_core import Secret

PREFIX = "whsec_"


def key_of(secret: Secret) -> bytes:
    """Return the bytes of a secret `whsec_<base64>`; raise ValueError when it is none."""
    value = secret.reveal()
    if not value.startswith(PREFIX):
        raise ValueError(f"must begin with {PREFIX}")
    try:
        key = base64.b64decode(value.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"must be base64 after {PREFIX}") from None
    if not 24 <= len(key) <= 64:
        raise ValueError("must have 24 to 64 bytes, as Standard Webhooks demands")
    return key


def signature(secrets: Iterable[Secret], name: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature for each secret, with spaces between."""
    content = f"{name}.{timestamp}.".encode() + body
    made = (hmac.new(key_of(secret), content, hashlib.sha256).digest() for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in made)
