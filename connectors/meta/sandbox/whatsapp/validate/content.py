"""The content of each type of message but templates (WA/messages/*, 2025-11 to 2025-12)."""

from __future__ import annotations

from collections.abc import Callable

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.whatsapp.validate.fields import Fields
from connectors.meta.sandbox.whatsapp.validate.interactive import interactive

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
MOST_CONTACTS = 257

_NAMES = ("first_name", "last_name", "middle_name", "suffix", "prefix")


def check(kind: str, message: Fields) -> None:
    """Raise GraphError when the content of a message is not one that WhatsApp takes."""
    reader = _READERS.get(kind)
    if reader is None:
        raise GraphError(131051, f"Message type {kind[:32]} is not supported.")
    if kind == "contacts":
        _contacts(message)
    else:
        reader(message.object(kind))


def _text(text: Fields) -> None:
    text.only("body", "preview_url")
    text.text("body", LONGEST_TEXT)
    text.flag("preview_url")


def _media(*more: str) -> Callable[[Fields], None]:
    def read(media: Fields) -> None:
        media.only("id", "link", *more)
        if media.has("id") == media.has("link"):
            raise GraphError(131008, f"Exactly one of {media.name('id')} and {media.name('link')} is required.")
        media.text("id", 128, needed=False)
        link = media.text("link", 2048, needed=False)
        if link and not link.startswith("http"):
            raise GraphError(131009, f"Param {media.name('link')} is not a valid URI.")
        media.text("caption", LONGEST_CAPTION, needed=False)
        media.text("filename", 240, needed=False)
        media.flag("voice")

    return read


def _location(location: Fields) -> None:
    location.only("latitude", "longitude", "name", "address")
    location.number("latitude", -90, 90)
    location.number("longitude", -180, 180)
    location.text("name", 1000, needed=False)
    location.text("address", 1000, needed=False)


def _contacts(message: Fields) -> None:
    for card in message.objects("contacts", 1, MOST_CONTACTS):
        card.only("addresses", "birthday", "emails", "name", "org", "phones", "urls")
        name = card.object("name")
        name.only("formatted_name", *_NAMES)
        name.text("formatted_name", 1000)
        if not any(name.has(part) for part in _NAMES):
            raise GraphError(131009, f"{name.where} needs one more part than formatted_name.")
        for phone in card.objects("phones", 0, 50):
            phone.only("phone", "type", "wa_id")
        for email in card.objects("emails", 0, 50):
            email.only("email", "type")
        for url in card.objects("urls", 0, 50):
            url.only("url", "type")


def _reaction(reaction: Fields) -> None:
    reaction.only("message_id", "emoji")
    reaction.text("message_id", 512)
    reaction.text("emoji", 32, empty=True)


_READERS: dict[str, Callable[[Fields], None]] = {
    "text": _text,
    "image": _media("caption"),
    "video": _media("caption"),
    "audio": _media("voice"),
    "document": _media("caption", "filename"),
    "sticker": _media(),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": interactive,
}
