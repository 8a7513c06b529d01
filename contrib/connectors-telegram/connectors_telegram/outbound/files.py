"""Which method sends a file, by its kind, type and size (Bot API 10.3, sendPhoto to sendSticker)."""

from __future__ import annotations

import mimetypes

import attrs

from connectors_core import NotSupported
from connectors_core.model import Content, Media, MediaKind

MB = 1024 * 1024

LARGEST = 50 * MB
"""Bytes that a bot may upload (Bot API 10.3, Sending files)."""

LARGEST_PHOTO = 10 * MB

LONGEST_CAPTION = 1024
"""UTF-16 code units."""

CAPTIONED = dict.fromkeys(("image", "video", "audio", "voice", "document"), LONGEST_CAPTION)

_PHOTOS = frozenset(("image/jpeg", "image/png", "image/webp"))
_SOUNDS = frozenset(("audio/mpeg", "audio/mp3", "audio/mp4", "audio/m4a", "audio/x-m4a"))
_VOICES = frozenset(("audio/ogg", "audio/opus")) | _SOUNDS
_STICKERS = frozenset(("image/webp", "application/x-tgsticker", "video/webm"))


@attrs.frozen(kw_only=True)
class Way:
    """How a file goes: the method, and the field that holds it."""

    method: str
    field: str


_DOCUMENT = Way(method="sendDocument", field="document")


def sendable(media: Media) -> Media:
    """Return a file that may be sent as far as is known before it is opened; raise NotSupported otherwise."""
    if media.size is not None and media.size > LARGEST:
        raise NotSupported(f"the file has {media.size} bytes, and a bot sends {LARGEST}")
    return media


def way(media: Media, content: Content) -> Way:
    """Return how a file goes. What Telegram does not show as what it is goes as a document, unchanged.

    A voice message that is no Ogg, MP3 or M4A goes as a document; a GIF is an animation; a sticker that is a
    photograph is a picture.
    """
    mime = mime_of(media, content)
    size = media.size if media.size is not None else content.size
    if media.kind is MediaKind.STICKER and mime in _STICKERS:
        return Way(method="sendSticker", field="sticker")
    if mime == "image/gif" and media.kind is not MediaKind.DOCUMENT:
        return Way(method="sendAnimation", field="animation")
    if media.kind in (MediaKind.IMAGE, MediaKind.STICKER) and mime in _PHOTOS:
        return Way(method="sendPhoto", field="photo") if (size or 0) <= LARGEST_PHOTO else _DOCUMENT
    if media.kind is MediaKind.VIDEO and mime == "video/mp4":
        found = "animation" if media.animated else "video"
        return Way(method=f"send{found.capitalize()}", field=found)
    if media.kind is MediaKind.VOICE and mime in _VOICES:
        return Way(method="sendVoice", field="voice")
    if media.kind is MediaKind.AUDIO and mime in _SOUNDS:
        return Way(method="sendAudio", field="audio")
    return _DOCUMENT


def mime_of(media: Media, content: Content) -> str:
    """Return the type of a file without its parameters; its name tells where nothing else does."""
    for found in (media.mime, content.mime):
        mime = found.partition(";")[0].strip().lower()
        if mime not in ("", "application/octet-stream"):
            return mime
    return mimetypes.guess_type(media.name or content.name)[0] or "application/octet-stream"


def with_name(media: Media, content: Content) -> Content:
    """Return the file with a name: Telegram shows it, and tells the type of some by its end."""
    mime = mime_of(media, content)
    name = media.name or content.name or f"file{mimetypes.guess_extension(mime) or ''}"
    return attrs.evolve(content, mime=mime, name=name)


def refuse_words(media: Media, found: Way) -> None:
    """Raise NotSupported where words would be lost."""
    if media.caption and found.field == "sticker":
        raise NotSupported("Telegram shows no words under a sticker; send them as a text of their own")
