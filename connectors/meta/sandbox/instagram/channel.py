"""Instagram as data (IG/send-message, 2026-06-30; IG/features, 2026-06)."""

from __future__ import annotations

from types import MappingProxyType

from connectors.meta.sandbox import downloads
from connectors.meta.sandbox.messaging.channel import MB, Channel, Fieldnames, Kind
from connectors.meta.sandbox.messaging.validate import buttons, templates

INSTAGRAM = Channel(
    name="instagram",
    object="instagram",
    account=lambda settings: settings.instagram_account_id,
    longest_text=1000,
    in_bytes=True,
    attachments=MappingProxyType(
        {
            "image": Kind(types=("image/jpeg", "image/png", "image/gif"), largest=8 * MB),
            "audio": Kind(types=("audio/",), largest=25 * MB),
            "video": Kind(types=("video/",), largest=25 * MB),
            "file": Kind(types=("application/pdf",), largest=25 * MB),
        }
    ),
    most_images=10,
    specials=frozenset(("MEDIA_SHARE", "like_heart")),
    templates=MappingProxyType(
        {
            "button": templates.button(buttons.INSTAGRAM),
            "generic": templates.generic(buttons.INSTAGRAM),
            "product": templates.product,
        }
    ),
    replies=frozenset(("text",)),
    reactions=frozenset(("love",)),
    message_keys=frozenset(("text", "attachment", "attachments", "quick_replies", "metadata")),
    request_keys=frozenset(),
    errors=MappingProxyType(
        {
            "window": "window of instagram",
            "nobody": "nobody of instagram",
            "not the owner": "not the owner of instagram",
            "private reply": "private reply of instagram",
            "private reply too late": "private reply of instagram",
        }
    ),
    fields=Fieldnames(
        echo="messages",
        delivery="",
        read="messaging_seen",
        edit="message_edit",
        referral="messaging_referral",
        handover="messaging_handover",
    ),
    inbox="1217981644879628",
    mid="aWdfZAG1",
    watermarks=False,
    place=downloads.INSTAGRAM,
)
