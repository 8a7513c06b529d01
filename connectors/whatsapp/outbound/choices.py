"""Options to tap: reply buttons, a list, or one thing to do (WA/messages/interactive-*, 2025-11-03)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from connectors.whatsapp.outbound.actions import ACTIONS, HEADED, MEDIA, action
from connectors.whatsapp.outbound.fields import fits, needed
from connectors_core import NotSupported
from connectors_core.model import ChoiceKind, Choices, Media, Option
from connectors_core.model.wire import Json

MOST_BUTTONS = 3
MOST_ROWS = 10
LONGEST_BUTTON = 20
LONGEST_ROW = 24
LONGEST_LINE = 60

REPLIES = frozenset((ChoiceKind.REPLY, ChoiceKind.QUICK_REPLY, ChoiceKind.LIST_ROW))
"""The options of which one message offers several."""

_MENU = "☰"
"""The label that opens a list, when the message brings none: a sign, as we do not know its language."""

ABOVE = ("image", "video", "document")
"""What may stand above buttons, a link or a form."""

Attach = Callable[[Media, tuple[str, ...]], tuple[str, Json]]
"""Makes a file ready that goes as one of these types: returns the type, and `{"id": …}` or `{"link": …}`.

Raises NotSupported, before any request, for a file that goes as another.
"""


def interactive(part: Choices, attach: Attach) -> Json:
    """Return the content of a message with options; raise NotSupported for what WhatsApp has no form for."""
    if not part.options:
        raise NotSupported("there is nothing to choose")
    first = part.options[0].kind
    alone = [option.kind for option in part.options if option.kind not in REPLIES]
    if alone and len(part.options) > 1:
        raise NotSupported(f"an option of the kind {alone[0]} is the only one of its message; send the others as text")
    if first in ACTIONS:
        found = action(part)
    elif alone:
        raise NotSupported(f"WhatsApp has no option of the kind {first}")
    elif _are_buttons(part.options):
        found = _buttons(part)
    else:
        found = _list(part)
    return {**found, **_around(part, found["type"], attach)}


def _around(part: Choices, form: str, attach: Attach) -> Json:
    """Return header and footer; raise NotSupported where the form of the message has none."""
    if (part.header or part.footer) and form not in HEADED | MEDIA:
        raise NotSupported(f"WhatsApp shows no header and no footer in a message of the type {form}")
    if part.media is not None and (form not in MEDIA or part.header):
        raise NotSupported("WhatsApp shows a file above buttons, a link or a form, and no words beside it there")
    found: Json = {}
    if part.media is not None:
        kind, place = attach(part.media, ABOVE)
        found["header"] = {"type": kind, kind: place}
    elif part.header:
        found["header"] = {"type": "text", "text": fits("the header", part.header, LONGEST_LINE)}
    if part.footer:
        found["footer"] = {"text": fits("the footer", part.footer, LONGEST_LINE)}
    return found


def _are_buttons(options: tuple[Option, ...]) -> bool:
    """Whether options fit into reply buttons, which have a title and nothing more."""
    return len(options) <= MOST_BUTTONS and not any(
        option.kind is ChoiceKind.LIST_ROW or option.description or option.section or len(option.title) > LONGEST_BUTTON
        for option in options
    )


def _buttons(part: Choices) -> Json:
    return {
        "type": "button",
        "body": {"text": needed("the text above the buttons", part.body, 1024)},
        "action": {"buttons": [{"type": "reply", "reply": reply} for reply in replies(part.options)]},
    }


def replies(options: tuple[Option, ...]) -> list[Json]:
    """Return the title and the id of each reply button; raise NotSupported for two that are the same."""
    different("titles of buttons", [option.title for option in options])
    different("payloads of buttons", [_id(option) for option in options])
    return [
        {
            "title": needed("the label of a button", option.title, LONGEST_BUTTON),
            "id": needed("the payload of a button", _id(option), 256),
        }
        for option in options
    ]


def _list(part: Choices) -> Json:
    if len(part.options) > MOST_ROWS:
        raise NotSupported(f"a list of WhatsApp has {MOST_ROWS} rows, and this has {len(part.options)}")
    different("payloads of rows", [_id(option) for option in part.options])
    ordered = sorted(part.options, key=lambda option: _section_order(part, option))
    sections: list[Json] = [
        {"title": fits("the title of a section", title, 24), "rows": [_row(option) for option in rows]}
        for title, rows in groupby(ordered, key=lambda option: option.section)
    ]
    if len(sections) == 1 and not sections[0]["title"]:
        del sections[0]["title"]
    elif any(not section["title"] for section in sections):
        raise NotSupported("when a list has sections, every option of it needs one")
    label = fits("the label of the list", part.button or _MENU, LONGEST_BUTTON)
    return {
        "type": "list",
        "body": {"text": needed("the text above the list", part.body, 4096)},
        "action": {"button": label, "sections": sections},
    }


def _section_order(part: Choices, option: Option) -> int:
    """Return where the section of an option begins: options of one section need not stand side by side."""
    return next(n for n, other in enumerate(part.options) if other.section == option.section)


def _row(option: Option) -> Json:
    row = {
        "title": needed("the title of a row", option.title, LONGEST_ROW),
        "id": needed("the payload of a row", _id(option), 200),
    }
    if option.description:
        row["description"] = fits("the description of a row", option.description, 72)
    return row


def _id(option: Option) -> str:
    return option.payload or option.title


def different(what: str, values: list[str]) -> None:
    """Raise NotSupported when two values are the same."""
    if len(set(values)) < len(values):
        raise NotSupported(f"two {what} are the same, and WhatsApp needs different ones")
