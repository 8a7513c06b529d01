"""Media of a number: upload, look-up, deletion; and finding what a message links to.

Source: WA/business-phone-numbers/media (2025-12).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox import downloads
from connectors.meta.sandbox.downloads import plain
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.files import TooLarge
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.store import catalogue
from connectors.meta.sandbox.store.catalogue import File

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

MB = 1024 * 1024

TYPES: dict[str, tuple[str, ...]] = {
    "image": ("image/jpeg", "image/png"),
    "sticker": ("image/webp",),
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"),
    "video": ("video/mp4", "video/3gpp"),
    "document": (
        "text/plain",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
}
"""What may be sent as what."""

SIZES = {"image": 5 * MB, "sticker": 500 * 1024, "audio": 16 * MB, "video": 16 * MB, "document": 100 * MB}
LARGEST = max(SIZES.values())


def kind_of(mime: str) -> str:
    """Return what a customer's file is sent as: whatever is no picture, sound or film is a document."""
    return next((kind for kind in ("image", "audio", "video") if plain(mime) in TYPES[kind]), "document")


def check(kind: str, file: File) -> None:
    """Raise GraphError 131053 when a file cannot be sent as `kind`."""
    if plain(file.mime) not in TYPES[kind]:
        allowed = ", ".join(TYPES[kind])
        raise GraphError(131053, f"Unsupported {kind} mime type {file.mime[:80]}. Please use one of {allowed}.")
    if file.size > SIZES[kind]:
        raise GraphError(131053, f"The file is too large: {kind} may have {SIZES[kind]} bytes.")


def slots(kind: str, content: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each place of a message that names a file, with its kind: the message itself, headers, and cards."""
    if kind in TYPES:
        yield kind, content
        return
    holder = content if kind == "interactive" else content.get("shown", {}) if kind == "template" else {}
    cards = holder.get("cards", []) if kind == "template" else holder.get("action", {}).get("cards", [])
    for one in (holder, *cards):
        header = one.get("header", {})
        form = header.get("type", "")
        if form in TYPES and isinstance(header.get(form), dict):
            yield form, header[form]


def resolve(sandbox: Sandbox, kind: str, content: Any) -> None:
    """Find every file that a message names, fetching what it links to; raise GraphError 131053 when that fails."""
    for form, slot in slots(kind, content):
        if file_id := slot.get("id"):
            with sandbox.store.read() as db:
                file = catalogue.file(db, str(file_id))
            if file is None:
                raise GraphError(131053, "The media id does not exist, or it has expired.")
        else:
            file = _fetched(sandbox, str(slot["link"]), form)
        check(form, file)
        slot |= {"file": file.id, "mime": file.mime, "size": file.size, "name": slot.get("filename") or file.name}


def _fetched(sandbox: Sandbox, link: str, kind: str) -> File:
    """Fetch a link; raise GraphError 131053 when that fails."""
    try:
        return downloads.fetch(sandbox, link, kind, SIZES[kind])
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a link, the message fails for this reason
        raise GraphError(131053, f"Downloading media from weblink failed ({type(error).__name__}).") from None


def keep(sandbox: Sandbox, chunks: Any, *, mime: str, name: str, most: int) -> File:
    """Keep a file; raise GraphError 131053 when it is too large."""
    try:
        return downloads.keep(sandbox, chunks, mime=mime, name=name, most=most)
    except TooLarge:
        raise GraphError(131053, f"The file has more than {most} bytes.") from None


def described(sandbox: Sandbox, file: File, kind: str, **more: Any) -> dict[str, Any]:
    """Return a file as a webhook describes it: its digest in Base64, an address beside its id since 2025-10-16."""
    told = {name: value for name, value in more.items() if value}
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    told |= {
        "mime_type": file.mime,
        "sha256": digest,
        "id": file.id,
        "url": downloads.address(sandbox, file, downloads.WHATSAPP),
    }
    if kind == "sticker":
        told["animated"] = False
    if kind == "audio":
        told["voice"] = bool(more.get("voice"))
    return told


def _upload(sandbox: Sandbox, call: GraphCall) -> Any:
    if call.params.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if call.file is None:
        raise GraphError(100, "The parameter file is required.")
    mime = str(call.params.get("type") or call.file.content_type or "")
    kind = next((kind for kind, types in TYPES.items() if plain(mime) in types), None)
    if kind is None:
        raise GraphError(100, f"Param file must be a file with one of the types that WhatsApp takes, not {mime[:80]}.")
    source = call.file.file
    chunks = iter(lambda: source.read(64 * 1024), b"")
    return {"id": keep(sandbox, chunks, mime=mime, name=call.file.filename or "", most=SIZES[kind]).id}


def _describe(sandbox: Sandbox, call: GraphCall) -> Any:
    with sandbox.store.read() as db:
        file = catalogue.file(db, call.object_id)
    if file is None:
        raise GraphError(100, subcode=33)
    return {
        "messaging_product": "whatsapp",
        "url": downloads.address(sandbox, file, downloads.WHATSAPP, call.url),
        "mime_type": file.mime,
        "sha256": file.sha256,
        "file_size": file.size,
        "id": file.id,
    }


def _delete(sandbox: Sandbox, call: GraphCall) -> Any:
    with sandbox.store.write() as db:
        catalogue.remove_file(db, call.object_id)
    sandbox.files.remove(call.object_id)
    return {"success": True}


ROUTES: Routes = {
    ("POST", "number", "media"): _upload,
    ("GET", "media", ""): _describe,
    ("DELETE", "media", ""): _delete,
}
