"""A file that goes out: as which type of attachment, and whether that is possible at all.

Sources: MP/send-messages/saving-assets and MP/reference/attachment-upload-api, 2026; IG/send-message, 2026-06-30.
"""

from __future__ import annotations

import mimetypes
import unicodedata

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


def ascii_name(name: str) -> str:
    """Return the name of a file in ASCII: accents go, and a name that has nothing else is "file", with its ending."""
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    plain, last = (unicodedata.normalize("NFKD", one).encode("ascii", "ignore").decode() for one in (stem, ending))
    return f"{plain.strip() or 'file'}{dot}{last}" if name else ""


def attachment_type(media: Media, dialect: Dialect) -> str:
    """Return the type that a file goes as; raise NotSupported for one that goes as none, or is too large.

    A picture, film or sound of a media type that is not shown, or too large for that, goes as a file, where files are
    taken.
    """
    mime = mime_of(media)
    fit = [one for one in dict.fromkeys((_TYPES[media.kind], "file")) if _takes(dialect, one, mime)]
    if not fit:
        raise NotSupported(f"a file of the kind {media.kind} and the type {mime or 'unknown'} is not taken here")
    size = media.size or 0
    kind = next((one for one in fit if size <= dialect.files[one].largest), "")
    if not kind:
        largest = max(dialect.files[one].largest for one in fit)
        raise NotSupported(f"the file has {size} bytes, and {largest} of this type are taken")
    return kind


def _takes(dialect: Dialect, kind: str, mime: str) -> bool:
    rule = dialect.files.get(kind)
    return rule is not None and (rule.types is None or not mime or mime in rule.types)
