"""Choices as buttons (Bot API 10.3, InlineKeyboardButton and KeyboardButton)."""

from __future__ import annotations

from connectors_core import NotSupported
from connectors_core.model import ChoiceKind, Option
from connectors_core.model.wire import Json

MOST_OPTIONS = 100
"""Buttons under one message."""

LONGEST_PAYLOAD = 64
"""Bytes of `callback_data`."""

_ANSWERS = (ChoiceKind.REPLY, ChoiceKind.QUICK_REPLY, ChoiceKind.LIST_ROW)
_ASKING = {ChoiceKind.PHONE: "request_contact", ChoiceKind.LOCATION: "request_location"}

KINDS = frozenset((*_ANSWERS, *_ASKING, ChoiceKind.LINK, ChoiceKind.LOGIN))


def keyboard(options: tuple[Option, ...]) -> Json:
    """Return the buttons, one a row; raise NotSupported for what Telegram cannot show together, or give back.

    Buttons under the message give their payload back. Only the keyboard in the place of the person's own can ask for
    a number or a place; its other buttons are typed as words, so they have no payload.
    """
    if not options:
        raise NotSupported("a choice without options is no choice")
    for option in options:
        if not option.title.strip():
            raise NotSupported("a button of Telegram has a title")
    if any(option.kind in _ASKING for option in options):
        rows = [[_asking(option)] for option in options]
        return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
    return {"inline_keyboard": [[_inline(option)] for option in options]}


def _inline(option: Option) -> Json:
    if option.kind is ChoiceKind.LINK:
        return {"text": option.title, "url": _url(option)}
    if option.kind is ChoiceKind.LOGIN:
        return {"text": option.title, "login_url": {"url": _url(option)}}
    if option.kind not in _ANSWERS:
        raise NotSupported(f"Telegram has no button of the kind {option.kind}")
    payload = option.payload or option.title
    if len(payload.encode()) > LONGEST_PAYLOAD:
        size = len(payload.encode())
        raise NotSupported(f"the payload of a button has {size} bytes, and Telegram gives back {LONGEST_PAYLOAD}")
    return {"text": option.title, "callback_data": payload}


def _asking(option: Option) -> Json:
    if option.kind in _ASKING:
        return {"text": option.title, _ASKING[option.kind]: True}
    if option.kind not in _ANSWERS:
        raise NotSupported(f"Telegram shows no {option.kind} beside a request for a number or a place")
    if option.payload not in ("", option.title):
        raise NotSupported("beside a request for a number or a place Telegram gives back titles, and no payloads")
    return {"text": option.title}


def _url(option: Option) -> str:
    if not option.url:
        raise NotSupported("a button that leads somewhere needs an address")
    return option.url
