"""The buttons of templates and menus (MP/reference/buttons, 2026-05; IG/features, 2026-06)."""

from __future__ import annotations

from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.messaging.validate.content import LONGEST_PAYLOAD, link

LONGEST_TITLE = 20

_WEB = ("webview_height_ratio", "messenger_extensions", "fallback_url", "webview_share_button")
_KEYS = {
    "web_url": ("url", "title", *_WEB),
    "postback": ("title", "payload"),
    "phone_number": ("title", "payload"),
    "account_link": ("url",),
    "account_unlink": (),
    "game_play": ("title", "payload", "game_metadata"),
    "audio_call": ("title", "payload"),
}
MESSENGER = frozenset(_KEYS)
INSTAGRAM = frozenset(("web_url", "postback"))


def check_button(button: Fields, allowed: frozenset[str], *, longest: int = LONGEST_TITLE) -> None:
    """Raise GraphError when a button is not one that there is."""
    kind = button.choice("type", tuple(sorted(allowed)))
    button.only("type", *_KEYS[kind])
    if "title" in _KEYS[kind]:
        button.text("title", longest)
    if kind in ("postback", "phone_number"):
        button.text("payload", LONGEST_PAYLOAD)
    if kind in ("web_url", "account_link"):
        link(button, "url")
    if button.has("webview_height_ratio"):
        button.choice("webview_height_ratio", ("compact", "tall", "full"))


def check_action(action: Fields) -> None:
    """Check what a tap on a whole card does: it opens an address."""
    action.only("type", "url", *_WEB)
    action.choice("type", ("web_url",))
    link(action, "url")


def check_buttons(fields: Fields, allowed: frozenset[str], *, least: int = 0, most: int = 3) -> None:
    """Check the buttons of a message or a card."""
    for button in fields.objects("buttons", least, most):
        check_button(button, allowed)
