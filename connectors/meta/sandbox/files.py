"""Media files in the folder of the sandbox: written whole or not at all, named by random ids."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from secrets import randbelow
from time import time

from connectors.meta.sandbox.store.catalogue import File


class TooLarge(Exception):
    """The file has more bytes than it may have."""


class Files:
    """The files of one sandbox."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `folder`."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep(self, chunks: Iterable[bytes], *, mime: str, name: str, most: int) -> File:
        """Write a file and return what to remember of it; raise TooLarge above `most` bytes."""
        file_id = new_id()
        path, part = self.path(file_id), self._folder / f"{file_id}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if size > most:
                        raise TooLarge
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return File(id=file_id, mime=mime, name=name, size=size, sha256=digest.hexdigest(), at=time())

    def path(self, file_id: str) -> Path:
        """Return where a file is; raise ValueError for an id that is none."""
        if not (file_id.isascii() and file_id.isdecimal()):
            raise ValueError("the id of a file has digits only")
        return self._folder / file_id

    def remove(self, file_id: str) -> None:
        """Remove a file."""
        self.path(file_id).unlink(missing_ok=True)


def new_id() -> str:
    """Return sixteen random digits, as the ids of Meta have."""
    return str(10**15 + randbelow(9 * 10**15))
