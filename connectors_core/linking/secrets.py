"""Addresses and codes: made of a linking's seed and the gateway's secret, so that the store holds none of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from secrets import token_bytes, token_urlsafe
from typing import Any

from connectors_core.linking.limits import ADDRESS_DIGITS, CHAT_DIGITS
from connectors_core.redact import Secret


def seed() -> str:
    """Return what one linking's address and codes are made of."""
    return token_bytes(16).hex()


def random() -> str:
    """Return 256 bits for a browser's cookie, or for the state of a log-in."""
    return token_urlsafe(32)


def mark(value: str) -> str:
    """Return what the store keeps of a random value; "" for none."""
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest() if value else ""


def token(secret: Secret, seed_: str) -> str:
    """Return what stands in the address of a linking: 192 bits, the same in every retry of its delivery."""
    return _words(secret, "address", seed_)


def chat_code(secret: Secret, row: Any) -> str:
    """Return the code that is shown on the page, and typed in the chat that asked."""
    return _digits(secret, CHAT_DIGITS, "chat", row.seed)


def platform_code(secret: Secret, row: Any) -> str:
    """Return the code that goes back to the platform, and comes with its news that the account is linked."""
    return _words(secret, "platform", row.seed)


def address_code(secret: Secret, row: Any) -> str:
    """Return the code that is brought to an address: another for each wish."""
    return _digits(secret, ADDRESS_DIGITS, "code", row.seed, str(row.codes))


def verifier(secret: Secret, row: Any, state: str) -> str:
    """Return the PKCE verifier of a log-in (RFC 7636, 4.1): 43 characters that never leave the server."""
    return base64.urlsafe_b64encode(_digest(secret, "verifier", row.seed, state)).decode().rstrip("=")


def form(secret: Secret, row: Any, browser: str) -> str:
    """Return what a form of the pages carries, so that no other site can fill it in for the person."""
    return _words(secret, "form", row.seed, browser)


def same(given: str, wanted: str) -> bool:
    """Compare what somebody gave with a secret value, in constant time."""
    return bool(wanted) and hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _digest(secret: Secret, *words: str) -> bytes:
    return hmac.new(secret.reveal().encode(), "\n".join(("linking", *words)).encode(), hashlib.sha256).digest()


def _words(secret: Secret, *words: str) -> str:
    return base64.urlsafe_b64encode(_digest(secret, *words)[:24]).decode()


def _digits(secret: Secret, count: int, *words: str) -> str:
    return str(int.from_bytes(_digest(secret, *words), "big") % 10**count).zfill(count)
