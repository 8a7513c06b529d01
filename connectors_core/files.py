"""A folder of files with names of our own: written whole and durably, or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import attrs

from connectors_core.errors import NoCounterpart, Rejected
from connectors_core.model import Content

PIECE = 64 * 1024
"""Bytes that are read at a time."""

_NAME = re.compile(r"kept-[0-9a-f]{32}")


def new_name() -> str:
    """Return a name that nobody can guess: 128 random bits."""
    return f"kept-{secrets.token_hex(16)}"


_MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
PLAIN = "application/octet-stream"
LONGEST_NAME = 200
"""Characters of a file's name."""


def clean_mime(mime: str) -> str:
    """Return a media type without parameters; what is none becomes the type of any bytes."""
    kind = mime.split(";", maxsplit=1)[0].strip().lower()
    return kind if _MIME.fullmatch(kind) else PLAIN


def clean_filename(name: str) -> str:
    """Return the name of a file as somebody else gave it, without folders and what no file system or header takes."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(letter for letter in last if letter.isprintable()).encode("utf-8", "replace").decode()
    return printable.strip(". ")[:LONGEST_NAME]


def is_name(text: str) -> bool:
    """Whether a text has the form of a name of ours."""
    return _NAME.fullmatch(text) is not None


@attrs.frozen
class Kept:
    """What was written: its length in bytes and its SHA-256 in lower-case hexadecimal."""

    size: int
    sha256: str


@attrs.frozen
class Folder:
    """Where files are kept; several machines may share one."""

    path: Path

    def keep(self, name: str, content: Content, largest: int) -> Kept:
        """Write content under a name; raise Rejected when it has more than `largest` bytes.

        The errors of `content.chunks` pass through. After any error nothing is left behind.
        """
        final = self.find(name)
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = final.with_name(f"{name}.{secrets.token_hex(4)}.part")
        digest, size = hashlib.sha256(), 0
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for chunk in content.chunks:
                    size += len(chunk)
                    if size > largest:
                        raise Rejected(f"the file has more than {largest} bytes")
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.rename(final)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return Kept(size, digest.hexdigest())

    def find(self, name: str) -> Path:
        """Return where a file is, or would be; raise NoCounterpart for what is no name of ours."""
        if not is_name(name):
            raise NoCounterpart("this is not the name of a kept file")
        return self.path / name[5:7] / name

    def read(self, name: str) -> Iterator[bytes]:
        """Yield the pieces of a file; raise NoCounterpart at once when it is not there."""
        try:
            file = self.find(name).open("rb")
        except OSError:
            raise NoCounterpart("the file is not in the media folder") from None
        return _pieces(file)

    def remove(self, name: str) -> None:
        """Delete a file; one that is gone is no error."""
        self.find(name).unlink(missing_ok=True)


def _pieces(file: object) -> Iterator[bytes]:
    with file as opened:  # type: ignore[attr-defined]
        while piece := opened.read(PIECE):
            yield piece
