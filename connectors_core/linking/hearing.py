"""The way in: the code that comes back from the chat or from the platform, and the wish to be somebody else again."""

from __future__ import annotations

from collections.abc import Sequence
from time import time
from typing import Any

from connectors_core.gateway import Gateway
from connectors_core.linking import secrets, telling
from connectors_core.linking.addresses import code_of
from connectors_core.linking.limits import CHAT_DIGITS, MOST_TRIES
from connectors_core.linking.offering import LOG_OUT
from connectors_core.model import Choice, Link, LinkStatus, Message, Origin, Text
from connectors_core.store import linkings, merges, people


def hear(gateway: Gateway, db: Any, entry: Any) -> bool:
    """Do what an event says about a linking; True for a message that was meant for this program alone.

    Nothing is asked of the store for a message that is neither a code nor a tap on a log-out button.
    """
    if isinstance(entry.event, Message):
        return _said(gateway, db, entry)
    if isinstance(entry.event, Link):
        _link(gateway, db, entry, entry.event)
    return False


def _said(gateway: Gateway, db: Any, entry: Any) -> bool:
    event = entry.event
    if event.origin is not Origin.CONTACT or event.endpoint != entry.home or len(event.parts) != 1:
        return False
    match event.parts[0]:
        case Text(body=body) if entry.conversation_id is not None and (code := code_of(body, CHAT_DIGITS)):
            return _typed(gateway, db, entry, code)
        case Choice(payload=payload) if entry.conversation_id is not None and payload == LOG_OUT:
            return _ended(gateway, db, linkings.linked_in(db, entry.conversation_id), by_platform=False)
    return False


def _link(gateway: Gateway, db: Any, entry: Any, event: Link) -> None:
    if event.status is LinkStatus.UNLINKED and entry.conversation_id is None:
        _parted(gateway, db, event)
    elif event.status is LinkStatus.UNLINKED:
        rows = linkings.linked_in(db, entry.conversation_id)
        if event.endpoint == entry.home:
            _ended(gateway, db, rows, by_platform=True)
        elif event.contact is not None:
            mine = [row.id for row in rows if row.crm == event.endpoint and row.customer == event.contact.id]
            linkings.end(db, mine)
    elif event.status is LinkStatus.LINKED and event.code and event.endpoint == entry.home:
        _returned(gateway, db, entry, event.code)


def _parted(gateway: Gateway, db: Any, event: Link) -> None:
    """Hear that a CRM says of a customer and the person of a linked chat that they are two again."""
    pair = [ref for ref in (event.contact, event.other) if ref is not None]
    rows = linkings.of_customers(db, event.endpoint, [ref.id for ref in pair])
    if len(pair) != 2 or not rows:
        return
    keys = [(people.CONTACT, ref.endpoint, ref.account, ref.id) for ref in pair]
    named = set(people.find_links(db, keys).values())
    chats = people.conversations_by_id(db, [row.conversation_id for row in rows])
    _ended(gateway, db, [row for row in rows if chats[row.conversation_id].contact_id in named], by_platform=True)


def _typed(gateway: Gateway, db: Any, entry: Any, code: str) -> bool:
    """Take a code that was typed in a chat: it is looked for among the linkings of this very chat alone."""
    secret = gateway.settings.gateway.secret
    waiting = [row for row in linkings.proven_in(db, entry.conversation_id, time()) if not row.platform]
    if secret is None or not waiting or not _is_its_person(db, entry):
        return False
    right = next((row for row in waiting if secrets.same(code, secrets.chat_code(secret, row))), None)
    if right is not None:
        _complete(gateway, db, right)
        return True
    left = linkings.missed(db, [row.id for row in waiting], MOST_TRIES)
    said = "This code is not right. You have {left} more tries." if left else "That was wrong too often. Log in again."
    _say(gateway, db, waiting[0], f"linking:{waiting[0].id}:{entry.event_id}", said, left=left)
    return True


def _is_its_person(db: Any, entry: Any) -> bool:
    """Whether the person of the chat wrote: in one of many people, others cannot make that person a customer."""
    chat = people.conversations_by_id(db, [entry.conversation_id])[entry.conversation_id]
    return entry.contact_id in merges.groups_of(db, [chat.contact_id])[chat.contact_id]


def _returned(gateway: Gateway, db: Any, entry: Any, code: str) -> None:
    """Take a code that the platform gave back for a person who came from its own log-in button."""
    secret = gateway.settings.gateway.secret
    rows = linkings.proven_in(db, entry.conversation_id, time()) if secret is not None else ()
    for row in rows:
        if secret is not None and row.platform and secrets.same(code, secrets.platform_code(secret, row)):
            _complete(gateway, db, row)


def _complete(gateway: Gateway, db: Any, row: Any) -> None:
    """Link a chat with its customer, once; who it belonged to before is not its customer any more."""
    now = time()
    before = [one for one in linkings.linked_in(db, row.conversation_id) if one.crm == row.crm]
    linked = linkings.complete(db, row.id, now)
    if linked is None:
        return
    others = [one for one in linkings.end(db, [one.id for one in before]) if one.customer != linked.customer]
    ends = [telling.link(one, LinkStatus.UNLINKED, f"linking:{one.id}:over") for one in others]
    news = telling.link(linked, LinkStatus.LINKED, f"linking:{linked.id}")
    told = _words(linked, f"linking:{linked.id}:told", "Your account is linked to this chat.")
    telling.tell(gateway, db, linked.crm, [*ends, news, told])


def _ended(gateway: Gateway, db: Any, rows: Sequence[Any], *, by_platform: bool) -> bool:
    """Forget who a chat belongs to, by the person's own wish; nothing to forget is nothing to hear."""
    for row in linkings.end(db, [row.id for row in rows]):
        news = telling.link(row, LinkStatus.UNLINKED, f"linking:{row.id}:over")
        # A platform that has a log-out of its own says so itself.
        said = [] if by_platform else [_words(row, f"linking:{row.id}:bye", "Your account is no longer linked here.")]
        telling.tell(gateway, db, row.crm, [news, *said])
    return bool(rows)


def _say(gateway: Gateway, db: Any, row: Any, id_: str, text: str, **values: object) -> None:
    telling.tell(gateway, db, row.crm, [_words(row, id_, text, **values)])


def _words(row: Any, id_: str, text: str, **values: object) -> Message:
    return telling.words(row.crm, telling.ref_of(row), row.language, id_, text, **values)
