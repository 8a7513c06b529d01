"""The content of a message: what Messenger alone has, and else what both products make alike."""

from __future__ import annotations

from connectors.messenger.outbound.dialect import DIALECT
from connectors.messenger.outbound.orders import coupon, receipt, survey
from connectors.messenger.outbound.pictures import grid, is_grid, is_media_card, media_card
from connectors.meta import templates
from connectors.meta.messaging import outbound as shared
from connectors.meta.messaging.outbound import Attach
from connectors.meta.messaging.outbound.fields import address
from connectors_core import NotSupported
from connectors_core.model import (
    Carousel,
    Choices,
    Coupon,
    Media,
    MediaKind,
    Message,
    OrderReceipt,
    Survey,
    Template,
)
from connectors_core.model.wire import Json


def content(message: Message, attach: Attach, privacy_url: str) -> Json:  # noqa: PLR0911 - a line for each part
    """Return what stands under `message`; raise NotSupported for a part that makes nothing here."""
    if len(message.parts) > 1:
        return shared.album(message.parts, DIALECT, attach)
    part = shared.only(message)
    match part:
        case Media(kind=MediaKind.STICKER) if sticker := message.extra.get("sticker_id"):
            return {"sticker_id": _number(sticker)}
        case Choices() if is_media_card(part, DIALECT):
            return media_card(part, DIALECT, attach)
        case Carousel() if is_grid(part):
            return grid(part)
        case OrderReceipt():
            return receipt(part, message.profile)
        case Coupon():
            return coupon(part)
        case Survey():
            return survey(part, privacy_url)
        case Template():
            return {"template": _template(part)}
    return shared.content(part, DIALECT, attach)


def _number(sticker: object) -> object:
    """Return the id of a sticker as the number that Meta shows it as (MP/send-messages/sticker-api, 2026-06-01)."""
    return int(sticker) if isinstance(sticker, str) and sticker.isdecimal() else sticker


def _template(part: Template) -> Json:
    found: Json = {"name": part.name, "language": {"code": part.language}}
    components = list(part.components) or templates.filled(part.values, _header)
    return {**found, "components": components} if components else found


def _header(kind: str, value: str) -> Json:
    """Return the picture of a template: for an uploaded one no form is documented."""
    if kind != "image":
        raise NotSupported(f"above a utility template stands words or a picture, and no {kind}")
    return {"link": address("the picture of a template", value)}
