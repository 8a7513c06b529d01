"""Files and contact cards in a WhatsApp message."""

from __future__ import annotations

import re

from connectors.meta import checksums
from connectors_core.model import Card, Contact, Identity, Item, Media, MediaKind, Part, Scheme, Unsupported, wire
from connectors_core.model.wire import Json

KINDS = ("image", "video", "audio", "document", "sticker")
"""The types of a message that are a file (WA/webhooks/reference/messages/*, 2025-11)."""

_CARD_DETAILS = ("name", "org", "urls", "addresses", "birthday")
"""What a card says besides names, numbers and mail; sent on as it came."""


def media(_item: Item, data: Json) -> list[Part]:
    """Return the file of a message; one that cannot be fetched by anything is kept as it came."""
    # as in "image": {"id": "1003", "mime_type": "image/jpeg", "sha256": "SfInY0g...=", "caption": "...",
    #  "url": "https://lookaside.fbsbx.com/..."}; "link" instead of "id" in what another responder sent
    kind = wire.text(data, "type")
    told = wire.needed(data, kind)
    name, url = wire.text(told, "id"), wire.text(told, "url") or wire.text(told, "link")
    if not name and not url:
        return [Unsupported(kind=kind, raw=told)]
    return [
        Media(
            kind=MediaKind.VOICE if kind == "audio" and wire.flag(told, "voice") else MediaKind(kind),
            id=name,
            url=url,
            mime=wire.text(told, "mime_type"),
            sha256=checksums.sha256(told, "sha256"),
            name=wire.text(told, "filename"),
            caption=wire.text(told, "caption"),
            animated=bool(wire.flag(told, "animated")),
        )
    ]


def cards(_item: Item, data: Json) -> list[Part]:
    """Return the contact cards of a message."""
    # as in "contacts": [{"name": {"formatted_name": "Barbara J. Johnson", "first_name": "Barbara"},
    #  "phones": [{"phone": "+1 (415) 555-0829", "wa_id": "14155550829", "type": "MOBILE"}], "emails": [...]}]
    return [Card(contacts=tuple(_contact(row) for row in wire.items(data, "contacts")))]


def _contact(row: Json) -> Contact:
    told = wire.obj(row, "name")
    name = wire.text(told, "formatted_name") or " ".join(
        word for word in (wire.text(told, "first_name"), wire.text(told, "last_name")) if word
    )
    found = [*_numbers(row), *_mails(row)]
    extra = {key: row[key] for key in _CARD_DETAILS if row.get(key)}
    return Contact(name=name, identities=tuple(dict.fromkeys(found)), extra=extra)


def _numbers(row: Json) -> list[Identity]:
    """Return the numbers of a card: what somebody typed into an address book, so nobody vouches for them."""
    found = []
    for phone in wire.items(row, "phones"):
        number, wa_id = wire.text(phone, "phone"), wire.text(phone, "wa_id")
        if number := re.sub(r"[^\d+]", "", number) or (f"+{wa_id}" if wa_id else ""):
            found.append(Identity(scheme=Scheme.PHONE, value=number))
        if wa_id:
            found.append(Identity(scheme=Scheme.WA_ID, value=wa_id))
    return found


def _mails(row: Json) -> list[Identity]:
    mails = (wire.text(one, "email").strip() for one in wire.items(row, "emails"))
    return [Identity(scheme=Scheme.EMAIL, value=mail) for mail in mails if mail]
