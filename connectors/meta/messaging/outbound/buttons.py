"""Buttons, which stand below words, a card or a picture (MP/reference/buttons, 2026-04-22; IG/features, 2026-06-30)."""

from __future__ import annotations

from collections.abc import Callable

from connectors.meta.messaging.outbound.dialect import Dialect
from connectors.meta.messaging.outbound.fields import address, fits, needed
from connectors_core import NotSupported
from connectors_core.model import ChoiceKind, Option
from connectors_core.model.wire import Json

MOST_BUTTONS = 3
LONGEST_TITLE = 20
LONGEST_PAYLOAD = 1000

TELEPHONE = "tel:"
"""How the `url` of a call button begins that dials a number; without one it calls the business in the app."""


def buttons(options: tuple[Option, ...], dialect: Dialect) -> list[Json]:
    """Return one to three buttons; raise NotSupported for more, and for what is no button."""
    if not 0 < len(options) <= MOST_BUTTONS:
        raise NotSupported(f"a message has 1 to {MOST_BUTTONS} buttons, and these are {len(options)}")
    strange = sorted({option.kind for option in options} - dialect.buttons)
    if strange:
        raise NotSupported(f"an option of the kind {strange[0]} is no button here")
    return [_SHAPES[option.kind](option) for option in options]


def _title(option: Option) -> str:
    return needed("the label of a button", option.title, LONGEST_TITLE)


def _payload(option: Option) -> str:
    return fits("the payload of a button", option.payload or option.title, LONGEST_PAYLOAD)


def _postback(option: Option) -> Json:
    return {"type": "postback", "title": _title(option), "payload": _payload(option)}


def _link(option: Option) -> Json:
    return {"type": "web_url", "title": _title(option), "url": address("a link button", option.url)}


def _login(option: Option) -> Json:
    return {"type": "account_link", "url": address("a login button", option.url)}


def _logout(_option: Option) -> Json:
    return {"type": "account_unlink"}


def _call(option: Option) -> Json:
    """Return a button that dials a number, or calls the business in the app (MP/calling/callaudiocta, 2026-03-16)."""
    if option.url.startswith(TELEPHONE):
        return {"type": "phone_number", "title": _title(option), "payload": option.url.removeprefix(TELEPHONE)}
    return {"type": "audio_call", "title": _title(option)}


_SHAPES: dict[ChoiceKind, Callable[[Option], Json]] = {
    ChoiceKind.REPLY: _postback,
    ChoiceKind.LINK: _link,
    ChoiceKind.LOGIN: _login,
    ChoiceKind.LOGOUT: _logout,
    ChoiceKind.CALL: _call,
}
