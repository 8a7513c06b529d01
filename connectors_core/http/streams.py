"""The bytes of a file in pieces as they come, and never more of them than allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import monotonic

import attrs
import urllib3

from connectors_core.errors import Rejected, Unreachable
from connectors_core.model import Content

PIECE = 64 * 1024
"""Bytes of one piece, at most."""

LONGEST = 600.0
"""Seconds that one file may take: a server that sends a byte a second would hold a worker for ever."""


def content(answer: urllib3.BaseHTTPResponse, largest: int, where: str) -> Content:
    """Return the body of an answer; raise Rejected when it announces more than `largest` bytes."""
    size = _announced(answer)
    if size is not None and size > largest:
        answer.close()
        raise Rejected(f"{where} has a file of {size} bytes, and {largest} are allowed")
    mime = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    return Content(chunks=_Body(answer, largest, where), mime=mime, size=size)


def bounded(kept: Content, largest: int, where: str) -> Content:
    """Return content that ends with Rejected when it has more than `largest` bytes."""
    if kept.size is not None and kept.size > largest:
        raise Rejected(f"{where}: it has {kept.size} bytes, and {largest} are allowed")
    return attrs.evolve(kept, chunks=_counted(kept.chunks, largest, where))


def _announced(answer: urllib3.BaseHTTPResponse) -> int | None:
    """Return the number of bytes that will come, None where nobody says or where they are compressed."""
    value = answer.headers.get("content-length", "")
    return int(value) if value.isdecimal() and "content-encoding" not in answer.headers else None


class _Body:
    """The pieces of an answer; its connection is closed when they end, break off or are forgotten."""

    def __init__(self, answer: urllib3.BaseHTTPResponse, largest: int, where: str) -> None:
        self._answer = answer
        self._largest = largest
        self._where = where

    def __iter__(self) -> Iterator[bytes]:
        return _counted(self._pieces(), self._largest, self._where)

    def _pieces(self) -> Iterator[bytes]:
        end = monotonic() + LONGEST
        try:
            while True:
                try:
                    piece = self._answer.read(PIECE, decode_content=True)
                except Exception:  # noqa: BLE001 - time-outs, resets and broken encodings are all half a file
                    raise Unreachable(f"{self._where} broke off in the middle of a file") from None
                if not piece:
                    return
                if monotonic() > end:
                    raise Unreachable(f"{self._where} needed more than {LONGEST:g} s for a file")
                yield piece
        finally:
            self._answer.close()

    def __del__(self) -> None:
        self._answer.close()


def _counted(chunks: Iterable[bytes], largest: int, where: str) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > largest:
            raise Rejected(f"{where}: it has more than {largest} bytes")
        yield chunk
