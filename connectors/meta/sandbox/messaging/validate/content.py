"""What a message says: text, files, quick replies (MP/send-messages, 2026-05-05; IG/send-message, 2026-06-30)."""

from __future__ import annotations

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.messaging.errors import Refusal

MOST_REPLIES, LONGEST_REPLY, LONGEST_PAYLOAD = 13, 20, 1000
LONGEST_METADATA = 1000
LONGEST_URL = 2048

_CONTENTS = ("text", "attachment", "attachments", "sticker_id", "template")


def check_message(channel: Channel, message: Fields) -> None:
    """Raise GraphError when a message is not one that the channel takes."""
    message.only(*channel.message_keys)
    given = [name for name in _CONTENTS if message.has(name)]
    if len(given) != 1:
        raise GraphError(100, "Message cannot be empty, must provide valid attachment or text, and one of them alone.")
    message.text("metadata", LONGEST_METADATA, needed=False)
    if given == ["text"]:
        _text(channel, message)
    elif given == ["attachment"]:
        check_attachment(channel, message.object("attachment"))
    elif given == ["attachments"]:
        _album(channel, message)
    elif given == ["sticker_id"]:
        message.number("sticker_id", 1, 2**63)
    if message.has("quick_replies"):
        _replies(channel, message)


def check_attachment(channel: Channel, attachment: Fields, *, bare: bool = False) -> None:
    """Check one attachment; a `bare` one is a file."""
    allowed = [*channel.attachments]
    if not bare:
        allowed += [*channel.specials, "template"]
    kind = attachment.choice("type", tuple(allowed))
    if kind == "template":
        attachment.only("type", "payload")
        payload = attachment.object("payload")
        channel.templates[payload.choice("template_type", tuple(channel.templates))](payload)
    elif kind in channel.attachments:
        attachment.only("type", "payload")
        _file(attachment.object("payload"))
    elif kind == "MEDIA_SHARE":
        payload = attachment.object("payload")
        payload.only("id")
        payload.text("id", 64)


def _text(channel: Channel, message: Fields) -> None:
    text = message.text("text", 64 * 1024)
    length = len(text.encode()) if channel.in_bytes else len(text)
    if length > channel.longest_text:
        unit = "bytes of UTF-8" if channel.in_bytes else "characters"
        raise GraphError(
            100, f"Length of param message[text] must be less than or equal to {channel.longest_text} {unit}."
        )


def _album(channel: Channel, message: Fields) -> None:
    for one in message.objects("attachments", 1, channel.most_images):
        check_attachment(channel, one, bare=True)
        if one.data["type"] != "image":
            raise Refusal("wrong type")


def _file(payload: Fields) -> None:
    payload.only("url", "attachment_id", "is_reusable")
    if payload.has("url") == payload.has("attachment_id"):
        raise GraphError(100, f"Exactly one of {payload.name('url')} and {payload.name('attachment_id')} is required.")
    payload.flag("is_reusable")
    if payload.has("url"):
        link(payload, "url")
    else:
        payload.number("attachment_id", 1, 10**30)


def link(fields: Fields, name: str, *, needed: bool = True) -> str:
    """Return an address of the web."""
    url = fields.text(name, LONGEST_URL, needed=needed)
    if url and not url.startswith(("http://", "https://")):
        raise GraphError(100, f"Param {fields.name(name)} should represent a valid URL.")
    return url


def _replies(channel: Channel, message: Fields) -> None:
    for reply in message.objects("quick_replies", 1, MOST_REPLIES):
        kind = reply.choice("content_type", ("text", "user_phone_number", "user_email"))
        reply.only("content_type", "title", "payload", "image_url")
        if kind == "text":
            reply.text("title", LONGEST_REPLY)
            reply.text("payload", LONGEST_PAYLOAD)
        if reply.has("image_url"):
            if channel.in_bytes:
                raise GraphError(100, f'Unexpected key "image_url" on param "{reply.where}".')
            link(reply, "image_url")
