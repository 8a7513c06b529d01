"""Files in a message (Bot API 10.3, PhotoSize to VideoNote, Sticker)."""

from __future__ import annotations

from connectors_core import Malformed
from connectors_core.model import Media, MediaKind, Part, Unsupported, wire
from connectors_core.model.wire import Json

KINDS = {
    "animation": MediaKind.VIDEO,
    "video": MediaKind.VIDEO,
    "video_note": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "voice": MediaKind.VOICE,
    "sticker": MediaKind.STICKER,
    "document": MediaKind.DOCUMENT,
}
"""The fields that hold one file. An animation also stands under `document`, for old programs, so it goes first."""

_MIMES = {"video_note": "video/mp4", "voice": "audio/ogg"}


def photo(message: Json) -> list[Part]:
    """Return the largest of the sizes of a picture."""
    # as in "photo": [{"file_id": "a", "file_unique_id": "u", "width": 90, "height": 67, "file_size": 1300}, ...]
    sizes = wire.items(message, "photo")
    if not sizes:
        return [Unsupported(kind="photo", raw=message.get("photo"))]
    best = max(sizes, key=lambda one: (wire.whole(one, "width") or 0) * (wire.whole(one, "height") or 0))
    return [_media(MediaKind.IMAGE, best, message, "image/jpeg")]


def file(kind: str, message: Json) -> list[Part]:
    """Return the file in the field `kind`."""
    # as in "document": {"file_id": "b", "file_name": "offer.pdf", "mime_type": "application/pdf", "file_size": 9000}
    told = wire.needed(message, kind)
    mime = wire.text(told, "mime_type") or _MIMES.get(kind, "")
    return [
        _media(KINDS[kind], told, message, _sticker(told) if kind == "sticker" else mime, moves=kind == "animation")
    ]


def _sticker(told: Json) -> str:
    if told.get("is_animated") is True:
        return "application/x-tgsticker"
    return "video/webm" if told.get("is_video") is True else "image/webp"


def _media(kind: MediaKind, told: Json, message: Json, mime: str, *, moves: bool = False) -> Media:
    name = wire.text(told, "file_id")
    if not name:
        raise Malformed("the file has no file_id")
    return Media(
        kind=kind,
        id=name,
        mime=mime,
        size=wire.whole(told, "file_size"),
        name=wire.text(told, "file_name"),
        caption=wire.text(message, "caption"),
        animated=moves or told.get("is_animated") is True or told.get("is_video") is True,
    )
