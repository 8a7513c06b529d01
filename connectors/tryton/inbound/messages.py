"""A page of chat messages as events; pure."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors_core import Malformed
from connectors_core.model import ConversationRef, Event, Item, Media, MediaKind, Message, Notice, Origin, Part, Text

_FILE = re.compile(r"\[([^\[\]/\\]{1,200}\.[A-Za-z0-9]{1,8})\]")
"""A line that sends an attachment of the opportunity: its name in square brackets, and nothing else."""

_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


def receive(item: Item) -> Sequence[Event]:
    """Return the messages of a page, in the order of their ids; raise Malformed for what is no page of ours."""
    page = item.json()
    rows = page.get("messages") if isinstance(page, dict) else None
    if not isinstance(rows, list):
        raise Malformed("this is no page of chat messages")
    return [_event(item, row) for row in rows]


def _event(item: Item, row: Any) -> Event:
    try:
        number, user = int(row["id"]), row["user"]
        model, _, record = row["channel"]["resource"].partition(",")
        content, at, author = row["content"], _moment(row["create_date"]), int(user["id"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Malformed("a chat message is not as Tryton 8.2 tells it") from None
    if not isinstance(content, str):
        raise Malformed("a chat message has no words")
    own: dict[str, Any] = {"endpoint": item.endpoint, "account": item.account}
    if model != "sale.opportunity":
        text = f"an agent wrote into the chat of {model[:80]}, which belongs to no conversation"
        return Notice(**own, id=str(number), at=at, topic="foreign_chat", text=text)
    return Message(
        **own,
        id=str(number),
        at=at,
        # What Tryton itself tells the public is written by the user 0.
        origin=Origin.AGENT if author else Origin.SYSTEM,
        conversation=ConversationRef(**own, id=record),
        parts=tuple(_parts(content, f"{record}/{int(at.timestamp())}")),
        extra={"author": str(user.get("name") or "")},
    )


def _moment(told: dict[str, int]) -> datetime:
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return datetime(*(int(told[name]) for name in names), tzinfo=UTC)  # type: ignore[misc,arg-type]


def _parts(content: str, place: str) -> Iterator[Part]:
    """Yield the words of a message, and the attachments that lines of it name.

    `place`: the opportunity, and when it was named (Unix seconds): nobody waits for ever for a file.
    """
    lines: list[str] = []
    some = False
    for line in content.splitlines():
        found = _FILE.fullmatch(line.strip())
        if found is None:
            lines.append(line)
            continue
        yield from _text(lines)
        lines, some = [], True
        yield _file(found[1].strip(), place)
    yield from _text(lines) if some else [Text(body=content)]


def _text(lines: list[str]) -> Iterator[Text]:
    if words := "\n".join(lines).strip():
        yield Text(body=words)


def _file(name: str, place: str) -> Media:
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = mime.split("/")[0]
    kinds = {"video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}
    shown = MediaKind.IMAGE if mime in _PICTURES else kinds.get(kind, MediaKind.DOCUMENT)
    return Media(kind=shown, id=f"{place}/{name}", mime=mime, name=name)
