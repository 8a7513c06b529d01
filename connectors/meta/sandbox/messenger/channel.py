"""Messenger as data (MP/send-messages, 2026-05-05)."""

from __future__ import annotations

from types import MappingProxyType

from connectors.meta.sandbox import downloads
from connectors.meta.sandbox.messaging.channel import MB, Channel, Fieldnames, Kind
from connectors.meta.sandbox.messaging.validate import buttons, templates

MESSENGER = Channel(
    name="messenger",
    object="page",
    account=lambda settings: settings.page_id,
    longest_text=2000,
    in_bytes=False,
    attachments=MappingProxyType(
        {
            "image": Kind(types=("image/jpeg", "image/png", "image/gif", "image/webp"), largest=8 * MB),
            "audio": Kind(types=("audio/",), largest=25 * MB),
            "video": Kind(types=("video/",), largest=25 * MB),
            "file": Kind(types=("",), largest=25 * MB),
        }
    ),
    most_images=30,
    specials=frozenset(),
    templates=MappingProxyType(
        {
            "button": templates.button(buttons.MESSENGER),
            "generic": templates.generic(buttons.MESSENGER),
            "media": templates.media(buttons.MESSENGER),
            "receipt": templates.receipt,
            "product": templates.product,
            "coupon": templates.coupon,
            "customer_feedback": templates.survey,
            "image_grid": templates.image_grid(buttons.MESSENGER),
        }
    ),
    replies=frozenset(("text", "user_phone_number", "user_email")),
    reactions=frozenset(),
    message_keys=frozenset(
        ("text", "attachment", "attachments", "quick_replies", "metadata", "sticker_id", "template")
    ),
    request_keys=frozenset(("persona_id",)),
    errors=MappingProxyType({}),
    fields=Fieldnames(
        echo="message_echoes",
        delivery="message_deliveries",
        read="message_reads",
        edit="message_edits",
        referral="messaging_referrals",
        handover="messaging_handovers",
    ),
    inbox="263902037430900",
    mid="m_",
    watermarks=True,
    place=downloads.MESSENGER,
)
