"""Cutting a webhook of Meta into its smallest pieces: every entry, every change, every message, none lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors_core import Malformed
from connectors_core.model import Item
from connectors_core.model.wire import Json

TYPES = {"whatsapp_business_account": "whatsapp", "page": "messenger", "instagram": "instagram"}
"""The connector type of each `object` (WA/webhooks/overview 2025-12-02; MP/webhooks and IG/webhook 2026-06)."""

PIECES = frozenset(
    ("messages", "statuses", "errors", "message_echoes", "calls", "groups", "history", "state_sync", "user_preferences")
)
"""The lists of a WhatsApp `value` whose elements stand for themselves."""

ENTRY_LISTS = frozenset(("messaging", "standby", "changes", "calls", "call_permission_reply"))
"""What stands in the entry of a Page or an Instagram account for itself: lists, or one object."""


def split(body: object) -> Iterator[Item]:
    """Yield the Items of a parsed webhook; raise Malformed when it is no JSON object.

    What does not have the documented form becomes an Item as it is, so that it is parked and not lost.
    """
    if not isinstance(body, dict):
        raise Malformed("the webhook is no JSON object")
    name = body.get("object")
    kind = TYPES.get(name, name) if isinstance(name, str) else ""
    if "entry" not in body:
        yield Item(type=kind, account="", raw=body)
    for entry in _listed(body.get("entry")):
        if isinstance(entry, dict):
            # One that names a product of its own, as relays write it who put webhooks together.
            own = TYPES.get(str(entry.get("object")), kind)
            yield from (_whatsapp if own == "whatsapp" else _messaging)(own, entry)
        else:
            yield Item(type=kind, account="", raw={"entry": entry})


def _listed(value: Any) -> list[Any]:
    """Return a list as it is, nothing as an empty one, and anything else as a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _name(data: Json, key: str) -> str:
    """Return an id for routing, "" when there is none: what names no account is parked as unrouted."""
    value = data.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _whatsapp(kind: str, entry: Json) -> Iterator[Item]:
    """Yield `{"field", "waba", "time", "value"}` for each piece; `value` has one list with one element, or none."""
    waba = _name(entry, "id")
    if "changes" not in entry:
        yield Item(type=kind, account=waba, raw={"waba": waba, "entry": entry})
    for change in _listed(entry.get("changes")):
        if not isinstance(change, dict):
            yield Item(type=kind, account=waba, raw={"waba": waba, "change": change})
            continue
        head = {"field": change.get("field"), "waba": waba, "time": entry.get("time")}
        value = change.get("value")
        if not isinstance(value, dict):
            yield Item(type=kind, account=waba, raw={**head, "value": value})
            continue
        account = _whatsapp_account(value) or waba
        for piece in _values(value, head["field"]):
            number = _addressed(piece)
            names = {"account": number, "aliases": (account,)} if number else {"account": account}
            yield Item(type=kind, raw={**head, "value": piece}, **names)


def _whatsapp_account(value: Json) -> str:
    """Return the id of the phone number; handovers name it in `recipient` (WA/…/standby, 2026-08-04)."""
    for place in ("metadata", "recipient"):
        data = value.get(place)
        if isinstance(data, dict) and (account := _name(data, "phone_number_id")):
            return account
    return ""


def _addressed(piece: Json) -> str:
    """Return the number that an echo is addressed to when that is the business's own, "" for any other.

    Meta's sample of a message that was deleted in the phone app has its ends exchanged, so that it names the account
    by its number (WA/webhooks/reference/smb_message_echoes, 2025-11).
    """
    echoes, metadata = piece.get("message_echoes"), piece.get("metadata")
    if (
        not isinstance(echoes, list)
        or not isinstance(metadata, dict)
        or not all(isinstance(one, dict) for one in echoes)
    ):
        return ""
    number = _name(metadata, "display_phone_number")
    return number if number and [_name(one, "to") for one in echoes] == [number] else ""


def _values(value: Json, field: object) -> Iterator[Json]:
    if field == "standby" and isinstance(inner := value.get("standby"), dict):
        value = {**value, **inner}
        del value["standby"]
    # The errors of a call belong to the call beside which they stand.
    names = value.keys() & PIECES - {"errors"} if field == "calls" else value.keys() & PIECES
    if not names:
        yield value
        return
    common = {name: part for name, part in value.items() if name not in names}
    contacts = common.get("contacts")
    many = isinstance(contacts, list) and len(contacts) > 1
    for name in [name for name in value if name in names]:
        for piece in _listed(value[name]):
            shared = {**common, "contacts": _own(contacts, piece)} if many else common
            yield {**shared, name: [piece]}


def _own(contacts: Any, piece: Any) -> list[Any]:
    """Return the contacts that a piece names: nobody gets the name of another person of the batch."""
    if not isinstance(piece, dict):
        return []
    named = {value for value in piece.values() if isinstance(value, str)}
    return [
        contact
        for contact in contacts
        if isinstance(contact, dict) and (_name(contact, "wa_id") in named or _name(contact, "user_id") in named)
    ]


def _messaging(kind: str, entry: Json) -> Iterator[Item]:
    """Yield the entry itself for each piece, with one list of one element left in it.

    Comments of an account that is connected by Instagram Login stand in the entry itself, without a list
    (IP/webhooks, 2026-06): they become a change like any other.
    """
    account = _name(entry, "id")
    if "field" in entry and "changes" not in entry:
        change = {"field": entry["field"], "value": entry.get("value")}
        entry = {name: part for name, part in entry.items() if name not in change} | {"changes": [change]}
    names = [name for name in entry if name in ENTRY_LISTS]
    if not names:
        yield Item(type=kind, account=account, raw=entry)
        return
    common = {name: part for name, part in entry.items() if name not in ENTRY_LISTS}
    for name in names:
        for piece in _listed(entry[name]):
            yield Item(type=kind, raw={**common, name: [piece]}, **_account(account, piece))


def _account(entry: str, piece: Any) -> dict[str, Any]:
    """Return the names of the account that a piece is addressed to: the entry's, unless it names other ends.

    The dashboard's test puts a message into `changes`, in an entry with the id 0 (seen in 2026).
    """
    told = piece.get("value") if isinstance(piece, dict) and isinstance(piece.get("value"), dict) else piece
    if not isinstance(told, dict):
        return {"account": entry}
    ends = {name: _name(end, "id") for name in ("sender", "recipient") if isinstance(end := told.get(name), dict)}
    message = told.get("message")
    echo = isinstance(message, dict) and message.get("is_echo") is True
    business = ends.get("sender" if echo else "recipient", "")
    if not business or entry in ends.values():
        return {"account": entry}
    return {"account": business, "aliases": (entry,)}
