"""Files: what agents attach, and what is shown of those that the gateway keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

from connectors.inbox.pages import showing
from connectors.inbox.pages.visit import Visit
from connectors.inbox.store import desk as desk_store
from connectors.inbox.store import thread
from connectors_core import Door
from connectors_core.model import Choices, Content, Media, MediaKind, Part

PIECE = 64 * 1024
"""Bytes."""
LONGEST_NAME = 150

INLINE = frozenset(
    [
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "audio/aac",
        "audio/amr",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/opus",
        "audio/wav",
        "audio/webm",
        "video/3gpp",
        "video/mp4",
        "video/webm",
    ]
)
"""What browsers show without running anything in it: no SVG, no HTML, no PDF."""

_MAGIC = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftyp3g", 4, "video/3gpp"),
    (b"ftypM4A", 4, "audio/mp4"),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
    (b"OggS", 0, "audio/ogg"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"#!AMR", 0, "audio/amr"),
    (b"WAVE", 8, "audio/wav"),
    (b"%PDF-", 0, "application/pdf"),
    (b"PK\x03\x04", 0, "application/zip"),
)
_OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".txt": "text/plain",
    ".csv": "text/csv",
}
_KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}
_BAD = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]+")


def keep(door: Door, upload: UploadFile) -> Media:
    """Keep what an agent attached; its kind is told by its first bytes, not by its name."""
    file = upload.file
    head = file.read(16)
    name = clean_name(upload.filename or "")
    mime = sniff(head, name)
    chunks = chain((head,), iter(lambda: file.read(PIECE), b""))
    content = Content(chunks=chunks, mime=mime, name=name, size=upload.size)
    return door.keep(content, _KINDS.get(mime.partition("/")[0], MediaKind.DOCUMENT))


def sniff(head: bytes, name: str) -> str:
    """Return the type of a file by its first bytes, and of office files and plain text by their names."""
    found = next((mime for magic, at, mime in _MAGIC if head[at : at + len(magic)] == magic), "")
    by_name = _OFFICE.get(PurePosixPath(name).suffix.lower(), "")
    if found in ("", "application/zip"):
        return by_name if by_name.startswith("text/") or found else "application/octet-stream"
    return found


def clean_name(name: str) -> str:
    """Return the name of a file without any folder, and without what a file system or a header trips over."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    last = _BAD.sub("_", last).encode("utf-8", "replace").decode().strip(". ")
    stem, dot, ending = last.rpartition(".")
    if dot and len(last) > LONGEST_NAME:
        return f"{stem[: LONGEST_NAME - 11]}.{ending[:10]}"
    return last[:LONGEST_NAME] or "file"


def show(visit: Visit) -> Response:
    """Give a file of a message to an agent."""
    with visit.desk.database.read() as db:
        row = desk_store.message(db, str(visit.request.path_params["name"]))
    number = int(visit.request.path_params["number"])
    parts = showing.parts(row) if row is not None and not row.deleted else []
    part: Part | None = parts[number] if number < len(parts) else None
    if isinstance(part, Choices):
        part = part.media
    if not isinstance(part, Media) or not part.id:
        return visit.problem(visit.words("There is no such file."), 404)
    return _given(visit, visit.desk.door.open(part.id), part.name or f"{part.kind}")


def picture(visit: Visit) -> Response:
    """Give the picture of a person to an agent; its name is in the address, so that another one is asked for anew."""
    with visit.desk.database.read() as db:
        person = thread.contact(db, int(visit.request.path_params["id"]))
    if person is None or not person.picture or person.picture != visit.request.path_params["picture"]:
        return visit.problem(visit.words("There is no such file."), 404)
    return _given(visit, visit.desk.door.open(person.picture), "picture")


def _given(visit: Visit, content: Content, name: str) -> Response:
    """Return a file as an answer: shown where that is harmless, else to be saved."""
    mime = content.mime.partition(";")[0].strip().lower()
    inline = mime in INLINE
    name = clean_name(content.name or name)
    headers = {
        "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "cache-control": "private, max-age=86400",
        "accept-ranges": "bytes" if content.size else "none",
    }
    status, chunks = 200, content.chunks
    if content.size:
        first, last = _range(visit.request.headers.get("range", ""), content.size)
        headers["content-length"] = str(last - first + 1)
        if (first, last) != (0, content.size - 1):
            status, chunks = 206, _cut(chunks, first, last)
            headers["content-range"] = f"bytes {first}-{last}/{content.size}"
    return StreamingResponse(chunks, status, headers, mime if inline else "application/octet-stream")


def _range(asked: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte that a player asks for; the whole file for what is no single range."""
    match = re.fullmatch(r"bytes=(\d{1,18})-(\d{0,18})", asked)
    if match is None or int(match[1]) >= size:
        return 0, size - 1
    last = min(int(match[2] or size - 1), size - 1)
    return (int(match[1]), last) if int(match[1]) <= last else (0, size - 1)


def _cut(chunks: Iterable[bytes], first: int, last: int) -> Iterator[bytes]:
    """Yield the bytes from `first` to `last`."""
    at = 0
    for chunk in chunks:
        start, end = max(first - at, 0), last - at + 1
        at += len(chunk)
        if end <= 0:
            return
        if start < len(chunk):
            yield chunk[start:end]
