"""What a request may cost: bytes, seconds, and how many of them an app may send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import IO

import attrs
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest

from connectors_core.errors import ConnectorsError

SPOOLED = 1024 * 1024
"""Bytes of a file that are held in memory; the rest goes to disk."""


class TooLarge(ConnectorsError):
    """The body is larger than this gateway takes."""


class TooSlow(ConnectorsError):
    """The body did not arrive in time."""


async def read_body(request: HttpRequest, most: int, seconds: float) -> bytes:
    """Return the whole body; raise TooLarge before it is held, TooSlow when it trickles."""
    chunks: list[bytes] = []
    await _drain(request, most, seconds, chunks.append)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def spool_body(request: HttpRequest, most: int, seconds: float) -> IO[bytes]:
    """Return the whole body as a temporary file, at its beginning; the caller closes it. Errors as of `read_body`."""
    file = SpooledTemporaryFile(SPOOLED)  # noqa: SIM115 - the caller closes it
    try:
        await _drain(request, most, seconds, file.write)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


async def _drain(request: HttpRequest, most: int, seconds: float, take: Callable[[bytes], object]) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise TooLarge
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise TooLarge
                take(chunk)
    except TimeoutError:
        raise TooSlow from None
    except ClientDisconnect:
        raise TooSlow("the sender went away") from None


@attrs.define
class Quota:
    """So many requests a second, with as many saved up from quieter ones."""

    rate: float
    _left: float = attrs.field(init=False)
    _at: float = attrs.field(factory=monotonic, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with a full bucket."""
        self._left = self.rate

    def take(self) -> bool:
        """Take one; False when there is none left."""
        now = monotonic()
        self._left = min(self.rate, self._left + (now - self._at) * self.rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
