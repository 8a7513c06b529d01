"""Which reader takes which update, and what becomes of one that nobody can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from connectors_core import Malformed
from connectors_core.model import Event, Item, Notice, wire
from connectors_core.model.wire import Json
from connectors_telegram.inbound import changes, messages
from connectors_telegram.inbound.update import Update


def receive(item: Item) -> Sequence[Event]:
    """Read a webhook or a polled page; raise Malformed for a webhook that is not what the Bot API documents.

    In a page, an update that cannot be read becomes a Notice: the other ninety-nine have nothing to do with it.
    """
    raw = item.json()
    if not isinstance(raw, dict):
        raise Malformed("the update is no object")
    if "result" not in raw:
        return _events(item, raw)
    if not isinstance(raw["result"], list):
        raise Malformed("the page is no list of updates")
    found: list[Event] = []
    for one in raw["result"]:
        try:
            if not isinstance(one, dict):
                raise Malformed("the update is no object")
            found += _events(item, one)
        except Malformed as error:
            found.append(_unreadable(attrs.evolve(item, raw=one), error))
    return found


def taps(body: object) -> list[str]:
    """Return the ids of the taps on buttons in a webhook or a page: Telegram wants to hear that they were noticed."""
    updates = body.get("result", [body]) if isinstance(body, dict) else []
    queries = [one.get("callback_query") for one in updates if isinstance(one, dict)]
    return [one["id"] for one in queries if isinstance(one, dict) and isinstance(one.get("id"), str)]


def _events(item: Item, raw: Json) -> Sequence[Event]:
    number = wire.needed_whole(raw, "update_id")
    kind = next((name for name in raw if name in _READERS), "")
    if not kind:
        return [_unknown(item, number, raw)]
    return _READERS[kind](Update(item=item, number=number, data=wire.needed(raw, kind)))


def _unknown(item: Item, number: int, raw: Json) -> Notice:
    """Keep an update of a kind that was not asked for, or that came after this version."""
    kind = next((name for name in raw if name != "update_id"), "unknown")
    return Notice(
        endpoint=item.endpoint,
        account=item.account,
        id=f"update:{number}",
        at=item.received_at,
        topic=f"update.{kind[:100]}",
        extra={"update": raw},
    )


def _unreadable(item: Item, error: Malformed) -> Notice:
    number = item.raw.get("update_id") if isinstance(item.raw, dict) else None
    return Notice(
        endpoint=item.endpoint,
        account=item.account,
        id=f"update:{number}" if isinstance(number, int) else f"unreadable:{item.digest()}",
        at=item.received_at,
        topic="update.unreadable",
        text=error.text,
        severity="warning",
        extra={"update": item.raw},
    )


_READERS: dict[str, Callable[[Update], Sequence[Event]]] = {
    "message": messages.written,
    "edited_message": messages.edited,
    "business_message": messages.written,
    "edited_business_message": messages.edited,
    "deleted_business_messages": messages.deleted,
    "callback_query": changes.tapped,
    "message_reaction": changes.reacted,
    "my_chat_member": changes.joined,
    "business_connection": changes.connected,
}

ALLOWED = tuple(_READERS)
"""What is asked for as `allowed_updates`: reactions come only to who names them (Bot API 10.3, setWebhook)."""
