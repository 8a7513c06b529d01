"""How a file goes to WhatsApp: as what, by which way, and how large (WA/business-phone-numbers/media, 2025-12-02)."""

from __future__ import annotations

import mimetypes

import attrs

from connectors.whatsapp.outbound.fields import fits
from connectors_core import NotSupported
from connectors_core.model import Media, MediaKind
from connectors_core.model.wire import Json

MB = 1024 * 1024
LARGEST = 100 * MB

LONGEST_CAPTION = 1024
"""Characters (WA/messages/document-messages, 2025-11-03)."""

CAPTIONED = {"image": LONGEST_CAPTION, "video": LONGEST_CAPTION, "document": LONGEST_CAPTION}

_IMAGES = frozenset({"image/jpeg", "image/png"})
_VIDEOS = frozenset({"video/mp4", "video/3gpp"})
_SOUNDS = frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"})
_STICKERS = frozenset({"image/webp"})
_DOCUMENTS = frozenset(
    {
        "text/plain",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
)
_SIZES = (
    (_IMAGES, 5 * MB),
    (_VIDEOS, 16 * MB),
    (_SOUNDS, 16 * MB),
    (_STICKERS, 500 * 1024),
    (_DOCUMENTS, LARGEST),
)
"""What an upload of each type may have, whatever it is sent as."""

_TAKEN = {"image": _IMAGES, "video": _VIDEOS, "audio": _SOUNDS, "sticker": _STICKERS}
_SPELLINGS = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/opus": "audio/ogg",
}
"""Types by other names that programs give."""

_STILL_STICKER = 100 * 1024
_OPUS = "audio/ogg; codecs=opus"


@attrs.frozen(kw_only=True)
class Plan:
    """What becomes of a file: `type` of the message, `mime` that it is announced with, bytes that it may have.

    `voice`: shown as recorded in the chat. `by_link`: its address goes to WhatsApp, and not its bytes.
    """

    type: str
    mime: str
    largest: int
    voice: bool = False
    by_link: bool = False

    def content(self, media: Media, place: Json) -> Json:
        """Return the content of the message; `place` is `{"id": …}` or `{"link": …}`."""
        found: Json = dict(place)
        if media.caption and self.type in CAPTIONED:
            found["caption"] = media.caption
        if media.name and self.type == "document":
            found["filename"] = media.name
        if self.voice:
            found["voice"] = True
        return {"type": self.type, self.type: found}


def plan(media: Media, *, by_link: bool) -> Plan:
    """Decide how a file goes out; raise NotSupported for what WhatsApp takes in no form.

    A kind that does not take the type of the file becomes another: a voice message that is not Ogg/Opus a plain sound,
    a sound, picture or video of another type a document. A document of a type that cannot be uploaded goes by link.
    """
    base, _, parameters = media.mime.lower().partition(";")
    if base.strip() in ("", "application/octet-stream"):
        base = mimetypes.guess_type(media.name)[0] or ""
    base = _SPELLINGS.get(base.strip(), base.strip())
    kind = "audio" if media.kind is MediaKind.VOICE else str(media.kind)
    if kind == "sticker" and base in _IMAGES:
        kind = "image"
    if kind in _TAKEN and base not in _TAKEN[kind]:
        kind = "document"
    if media.caption and kind not in CAPTIONED:
        raise NotSupported(f"WhatsApp shows no words under a file of the kind {kind}; send them as a text of their own")
    fits("the text under the file", media.caption, LONGEST_CAPTION)
    opus = base == "audio/ogg" and parameters.replace(" ", "") in ("", "codecs=opus")
    mime = _OPUS if kind == "audio" and opus else base
    if kind == "document" and base.startswith("text/"):
        # A table of commas or a calendar is text, and is opened by the end of its name.
        mime = base = "text/plain"
    found = _uploaded(media, kind, base, mime, by_link=by_link)
    if media.size is not None and media.size > found.largest:
        raise NotSupported(f"the file has {media.size} bytes, and WhatsApp takes {found.largest} of this type")
    return attrs.evolve(found, voice=kind == "audio" and opus and media.kind is MediaKind.VOICE)


def _uploaded(media: Media, kind: str, base: str, mime: str, *, by_link: bool) -> Plan:
    has_link = media.url.startswith(("http://", "https://"))
    for types, largest in _SIZES:
        if base in types:
            most = _STILL_STICKER if kind == "sticker" and not media.animated else largest
            return Plan(type=kind, mime=mime, largest=most, by_link=by_link and has_link)
    if not has_link:
        raise NotSupported(
            f"WhatsApp takes no upload of the type {base or 'unknown'}, and the file has no public address to send "
            "instead; set gateway.public_url, or send the file as a PDF"
        )
    return Plan(type=kind, mime=mime, largest=LARGEST, by_link=True)
