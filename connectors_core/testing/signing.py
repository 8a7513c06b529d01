"""How the requests of a provider are signed, so that the kit can sign, forge and break them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping

import attrs


@attrs.frozen(kw_only=True)
class Signing:
    """The proof that a provider puts into a request.

    `header`: the header that carries it, in lower case. `secret`: the key in the settings, in those of the app where
    there is one. `covers_body`: whether it proves the body as well, or the sender alone.
    `make(secret, body)` returns the headers.
    """

    header: str
    secret: str
    covers_body: bool
    make: Callable[[str, bytes], Mapping[str, str]]


def hmac_signed(header: str, secret: str, *, prefix: str = "", digest: str = "sha256") -> Signing:
    """Return a signing by an HMAC of the raw body, in hexadecimal after `prefix`, as Meta and many others do it."""
    name = header.lower()

    def make(value: str, body: bytes) -> Mapping[str, str]:
        return {name: prefix + hmac.new(value.encode(), body, getattr(hashlib, digest)).hexdigest()}

    return Signing(header=name, secret=secret, covers_body=True, make=make)


def shared_secret(header: str, secret: str, *, prefix: str = "") -> Signing:
    """Return a signing by a secret that stands in a header as it is, as Telegram does it."""
    name = header.lower()
    return Signing(header=name, secret=secret, covers_body=False, make=lambda value, _body: {name: f"{prefix}{value}"})
