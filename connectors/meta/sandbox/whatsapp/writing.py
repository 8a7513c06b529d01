"""What a customer does with the phone: writes, sends files, reacts, taps, deletes; each act is one webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store import customers, messages
from connectors.meta.sandbox.store.catalogue import File
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.whatsapp import blocking, media, payloads, people, steps, threads
from connectors.meta.sandbox.whatsapp.tapping import chosen
from connectors.meta.sandbox.whatsapp.validate import Fields, check

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

WRITABLE = ("text", "location", "contacts", "reaction")
"""The types that a customer writes as JSON; files come by `attach`, taps by `choose`."""


def write(sandbox: Sandbox, customer_id: str, given: dict[str, Any]) -> Entry:
    """Write a message: `{"type": "text", "text": {"body"}, "context": {"message_id"}}` and the like."""
    asked = Fields(given, "")
    kind = asked.text("type", 32)
    asked.only("type", kind, "context", "referral", "author")
    if kind not in WRITABLE:
        raise GraphError(131051, f"A customer writes {', '.join(WRITABLE)}.")
    check(kind, asked)
    context = asked.object("context").text("message_id", 512) if asked.has("context") else ""
    if kind == "reaction":
        return _react(sandbox, customer_id, given["reaction"])
    more = {name: given[name] for name in ("referral", "author") if asked.has(name)}
    return _send(sandbox, customer_id, kind, given[kind], context=context, **more)


def attach(sandbox: Sandbox, customer_id: str, file: File, kind: str, **told: Any) -> Entry:
    """Send a file as `kind`; `told`: caption, filename, voice, context."""
    context = str(told.pop("context", ""))
    filename = {"filename": file.name} if kind == "document" and file.name else {}
    content = media.described(sandbox, file, kind, **told, **filename)
    return _send(sandbox, customer_id, kind, content, context=context)


def choose(sandbox: Sandbox, customer_id: str, message_id: str, choice: str, answers: dict[str, Any]) -> Entry:
    """Tap a button or a list row of a message, by its id; `answers` are what was filled into a form."""
    with sandbox.store.read() as db:
        target = messages.get(db, message_id)
    if target is None or target.customer != customer_id or target.incoming:
        raise GraphError(131009, "There is no such message on this phone.")
    kind, content = chosen(target, choice, answers)
    with sandbox.change() as change:
        messages.change(change.db, message_id, chosen=True)
        change.show(customer_id, message_id)
    return _send(sandbox, customer_id, kind, content, context=message_id)


def delete(sandbox: Sandbox, customer_id: str, message_id: str) -> None:
    """Delete a message for everyone."""
    with sandbox.change() as change:
        customer, target = _own(change, customer_id, message_id)
        messages.change(change.db, message_id, deleted=True)
        revoke = Entry(
            id=payloads.wamid(customer.address, incoming=True),
            customer=customer_id,
            incoming=True,
            at=change.at,
            type="revoke",
            content={"original_message_id": target.id},
        )
        change.webhook(customer_id, "messages", payloads.message(sandbox.settings, customer, revoke))
        change.show(customer_id, message_id)
        change.show_customer(customer_id)


def renumber(sandbox: Sandbox, customer_id: str, wa_id: str, user_id: str) -> Customer:
    """Give a customer another number, which also makes another user id, and tell it as a system message."""
    with sandbox.change() as change:
        before = needed(change, customer_id)
        if before.is_group:
            raise GraphError(131009, "A group has no number.")
        after = attrs.evolve(before, wa_id=wa_id or before.wa_id, user_id=user_id)
        customers.change(change.db, customer_id, wa_id=after.wa_id, user_id=after.user_id)
        message_id = payloads.wamid(before.address, incoming=True)
        change.webhook(customer_id, "messages", payloads.system(sandbox.settings, before, after, message_id, change.at))
        change.show_customer(customer_id)
    return after


def needed(change: Change, customer_id: str) -> Customer:
    """Return a customer who must be there."""
    customer = customers.get(change.db, customer_id)
    if customer is None:
        raise GraphError(100, "There is no such customer.", subcode=33)
    return customer


def _own(change: Change, customer_id: str, message_id: str) -> tuple[Customer, Entry]:
    target = messages.get(change.db, message_id)
    if target is None or target.customer != customer_id or not target.incoming:
        raise GraphError(131009, "The customer did not write this message.")
    return needed(change, customer_id), target


def _send(sandbox: Sandbox, customer_id: str, kind: str, content: Any, *, context: str = "", **more: Any) -> Entry:
    with sandbox.change() as change:
        customer = needed(change, customer_id)
        if not customer.online:
            raise GraphError(131009, "The phone is offline.")
        if customer_id in blocking.blocked(change.db):
            raise GraphError(131009, "The business has blocked this person.")
        author = _author(change, customer, str(more.pop("author", "")))
        entry = Entry(
            id=payloads.wamid(customer.address, incoming=True),
            customer=customer_id,
            incoming=True,
            at=change.at,
            type=kind,
            content=content,
            context=context,
        )
        messages.add(change.db, entry)
        customers.change(change.db, customer_id, opened_at=change.at)
        # Whoever answers has seen what was there.
        steps.read(sandbox, change, customer)
        standby = bool(threads.owner(change.db, customer))
        group = customer.user_id if customer.is_group else ""
        payload = payloads.message(sandbox.settings, author, entry, standby=standby, group=group, **more)
        change.webhook(customer_id, "standby" if standby else "messages", payload, message=entry.id)
        change.show(customer_id, entry.id)
        change.show_customer(customer_id)
    return entry


def _author(change: Change, customer: Customer, author_id: str) -> Customer:
    """Return who writes: the customer, or in a group the member who is named, else its first."""
    if not customer.is_group:
        return customer
    members = {one.id: one for one in people.members(change.db, customer)}
    if not members or author_id not in ("", *members):
        raise GraphError(131009, "There is no such member of the group.")
    return members[author_id] if author_id else next(iter(members.values()))


def _react(sandbox: Sandbox, customer_id: str, reaction: dict[str, Any]) -> Entry:
    entry = _send(sandbox, customer_id, "reaction", reaction)
    with sandbox.change() as change:
        target = messages.get(change.db, reaction["message_id"])
        if target is not None and target.customer == customer_id:
            marks = {**target.marks, "customer": reaction["emoji"]}
            messages.change(change.db, target.id, marks={who: emoji for who, emoji in marks.items() if emoji})
            change.show(customer_id, target.id)
    return entry
