"""Passwords as they are kept: scrypt, with its parameters and a salt of their own."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

SHORTEST = 10
"""Characters of a password."""
LONGEST = 200

_COST, _BLOCK, _PARALLEL = 15, 8, 3
"""2^15 rounds of 32 MB, three times: what OWASP's cheat sheet on storing passwords asks for (2026-01)."""
_MEMORY = 64 * 1024 * 1024
_AT_ONCE = threading.Semaphore(2)
"""Whoever tries many passwords at once must not take the memory of the gateway."""


def problem(password: str) -> str:
    """Return why a password cannot be used, "" when it can."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"a password has {SHORTEST} to {LONGEST} characters"
    return ""


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, _COST, _BLOCK, _PARALLEL)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${salt.hex()}${digest.hex()}"


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept; as slow for "" as for any other."""
    name, *values = (kept or _NOBODY).split("$")
    if name != "scrypt" or len(values) != 5 or len(password) > LONGEST:
        return False
    cost, block, parallel = (int(value) for value in values[:3])
    digest = _scrypt(password, bytes.fromhex(values[3]), cost, block, parallel)
    return hmac.compare_digest(digest, bytes.fromhex(values[4])) and bool(kept)


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    with _AT_ONCE:
        return hashlib.scrypt(
            password.encode("utf-8", "replace"), salt=salt, n=1 << cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32
        )


_NOBODY = f"scrypt${_COST}${_BLOCK}${_PARALLEL}${bytes(16).hex()}${bytes(32).hex()}"
