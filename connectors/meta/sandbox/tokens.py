"""Whose token it is, and what it is good for."""

from __future__ import annotations

import hmac

from connectors.meta.sandbox.errors import unknown_object
from connectors.meta.sandbox.settings import SandboxSettings

SCOPES = {
    "number": ("whatsapp_business_management", "whatsapp_business_messaging", "public_profile"),
    "page": (
        "pages_messaging",
        "pages_manage_metadata",
        "pages_read_engagement",
        "pages_utility_messaging",
        "instagram_basic",
        "instagram_manage_comments",
        "instagram_manage_messages",
    ),
    "instagram": (
        "instagram_business_basic",
        "instagram_business_manage_comments",
        "instagram_business_manage_messages",
    ),
}
"""By the holder of a token."""


def holder(settings: SandboxSettings, given: str) -> str:
    """Return whose token it is: number, page or instagram; "" for nobody's."""
    known = {
        "number": settings.access_token,
        "page": settings.page_token,
        "instagram": settings.instagram_token,
    }
    return next((who for who, one in known.items() if hmac.compare_digest(given.encode(), one.reveal().encode())), "")


def refuse_foreign(who: str, kind: str, object_id: str) -> None:
    """Raise GraphError when a token is not good for an object of this kind (GA/guides/error-handling)."""
    allowed = {
        "number": ("number", "account", "media"),
        "page": ("page", "instagram", "persona"),
        "instagram": ("instagram", "refresh"),
    }
    if kind in ("person", "template", "app", "debug_token"):
        return
    if who in allowed and kind not in allowed[who]:
        raise unknown_object(object_id)
