"""A multipart/form-data body whose file is never in memory as a whole (RFC 7578)."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

import attrs

from connectors_core.errors import Rejected
from connectors_core.model import Content

PIECE = 64 * 1024
"""Bytes that are read from a file at a time."""


@attrs.define(eq=False)
class Upload:
    """The body: fields, then the file. It can be iterated once, and its length is known beforehand."""

    kind: str
    """The content type, with the boundary."""
    _head: bytes
    _chunks: Iterable[bytes]
    _size: int
    _tail: bytes

    @classmethod
    def of(cls, fields: Mapping[str, str], content: Content, part: str) -> Upload:
        """Return the body of `fields` and the file in `part`; the errors of `content.chunks` pass through."""
        boundary = secrets.token_hex(16)
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(part)}"; '
            f'filename="{_quoted(content.name or "file")}"'
            f"\r\nContent-Type: {_one_line(content.mime)}\r\n\r\n"
        )
        chunks, size = (content.chunks, content.size) if content.size is not None else _spooled(content.chunks)
        tail = f"\r\n--{boundary}--\r\n".encode()
        head = "".join(parts).encode("utf-8", "replace")
        return cls(f"multipart/form-data; boundary={boundary}", head, chunks, size, tail)

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        left = self._size
        for chunk in self._chunks:
            left -= len(chunk)
            if left < 0:
                break
            yield chunk
        if left:
            raise Rejected(f"the file has not the {self._size} bytes that were announced for it")
        yield self._tail


def _spooled(chunks: Iterable[bytes]) -> tuple[Iterator[bytes], int]:
    """Write pieces of unknown number into a temporary file; return its pieces and its size."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by its reader, which comes later
    reader = _reader(file)
    # Started here, so that its `finally` closes the file whatever becomes of the upload.
    next(reader)
    size = 0
    for chunk in chunks:
        size += file.write(chunk)
    file.seek(0)
    return reader, size


def _reader(file: IO[bytes]) -> Iterator[bytes]:
    try:
        yield b""
        while piece := file.read(PIECE):
            yield piece
    finally:
        file.close()


def _quoted(name: str) -> str:
    """Write a name as browsers do."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _one_line(mime: str) -> str:
    return "".join(mime.split("\r")).replace("\n", "") or "application/octet-stream"
