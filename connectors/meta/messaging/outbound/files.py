"""A file that goes out: as which type of attachment, and whether that is possible at all.

Sources: MP/send-messages/saving-assets and MP/reference/attachment-upload-api, 2026; IG/send-message, 2026-06-30.
"""

from __future__ import annotations

import mimetypes

from connectors.meta.messaging.outbound.dialect import Dialect
from connectors_core import NotSupported
from connectors_core.model import Media, MediaKind

MB = 1024 * 1024

_TYPES = {
    MediaKind.IMAGE: "image",
    MediaKind.STICKER: "image",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
    MediaKind.VOICE: "audio",
    MediaKind.DOCUMENT: "file",
}
_SPELLINGS = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
}
"""Types by other names that programs give."""


def mime_of(media: Media) -> str:
    """Return the media type of a file, by its name where it is not told, "" when nobody knows."""
    base = media.mime.partition(";")[0].strip().lower()
    if base in ("", "application/octet-stream"):
        base = mimetypes.guess_type(media.name)[0] or ""
    return _SPELLINGS.get(base, base)


def attachment_type(media: Media, dialect: Dialect) -> str:
    """Return the type that a file goes as; raise NotSupported for one that goes as none, or is too large.

    A picture, film or sound of a media type that is not shown goes as a file, where files are taken.
    """
    wanted, mime = _TYPES[media.kind], mime_of(media)
    kind = next((one for one in (wanted, "file") if _takes(dialect, one, mime)), "")
    if not kind:
        raise NotSupported(f"a file of the kind {media.kind} and the type {mime or 'unknown'} is not taken here")
    largest = dialect.files[kind].largest
    if media.size is not None and media.size > largest:
        raise NotSupported(f"the file has {media.size} bytes, and {largest} of this type are taken")
    return kind


def _takes(dialect: Dialect, kind: str, mime: str) -> bool:
    rule = dialect.files.get(kind)
    return rule is not None and (rule.types is None or not mime or mime in rule.types)
