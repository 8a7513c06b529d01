"""Options to tap: reply buttons, a list, or one link (WA/messages/interactive-*, 2025-11-03)."""

from __future__ import annotations

from itertools import groupby

from connectors.meta.wire import Json
from connectors.whatsapp.outbound.fields import fits, needed
from connectors_core import NotSupported
from connectors_core.model import ChoiceKind, Choices, Option

MOST_BUTTONS = 3
MOST_ROWS = 10
LONGEST_BUTTON = 20
LONGEST_ROW = 24

_MENU = "☰"
"""The label that opens a list, when the message brings none: a sign, as we do not know its language."""


def interactive(part: Choices) -> Json:
    """Return the content of a message with options; raise NotSupported for what WhatsApp has no form for."""
    if not part.options:
        raise NotSupported("there is nothing to choose")
    links = [option for option in part.options if option.kind is ChoiceKind.LINK]
    if links and len(part.options) > 1:
        raise NotSupported("WhatsApp shows one link as the only button of a message; send the others as text")
    if links:
        found = _link(part, links[0])
    elif _are_buttons(part.options):
        found = _buttons(part)
    else:
        found = _list(part)
    if part.header:
        found["header"] = {"type": "text", "text": fits("the header", part.header, 60)}
    if part.footer:
        found["footer"] = {"text": fits("the footer", part.footer, 60)}
    return found


def _are_buttons(options: tuple[Option, ...]) -> bool:
    """Whether options fit into reply buttons, which have a title and nothing more."""
    return len(options) <= MOST_BUTTONS and not any(
        option.kind is ChoiceKind.LIST_ROW or option.description or option.section or len(option.title) > LONGEST_BUTTON
        for option in options
    )


def _link(part: Choices, option: Option) -> Json:
    if not option.url.startswith(("http://", "https://")):
        raise NotSupported("a link button needs an address that begins with https://")
    parameters = {"display_text": needed("the label of the button", option.title, LONGEST_BUTTON), "url": option.url}
    return {
        "type": "cta_url",
        "body": {"text": needed("the text above the button", part.body, 1024)},
        "action": {"name": "cta_url", "parameters": parameters},
    }


def _buttons(part: Choices) -> Json:
    _different("titles of buttons", [option.title for option in part.options])
    _different("payloads of buttons", [_id(option) for option in part.options])
    buttons = [
        {
            "type": "reply",
            "reply": {
                "title": needed("the label of a button", option.title, LONGEST_BUTTON),
                "id": needed("the payload of a button", _id(option), 256),
            },
        }
        for option in part.options
    ]
    return {
        "type": "button",
        "body": {"text": needed("the text above the buttons", part.body, 1024)},
        "action": {"buttons": buttons},
    }


def _list(part: Choices) -> Json:
    if len(part.options) > MOST_ROWS:
        raise NotSupported(f"a list of WhatsApp has {MOST_ROWS} rows, and this has {len(part.options)}")
    _different("payloads of rows", [_id(option) for option in part.options])
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


def _different(what: str, values: list[str]) -> None:
    if len(set(values)) < len(values):
        raise NotSupported(f"two {what} are the same, and WhatsApp needs different ones")
