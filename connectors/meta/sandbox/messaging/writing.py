"""What a person does in a chat: writes, sends files, taps, reacts, edits, unsends; each act is one webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.messaging import payloads, steps, threads
from connectors.meta.sandbox.messaging.actions import NAMES
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.messaging.tapping import Tapped, tapped
from connectors.meta.sandbox.messaging.window import WEEK
from connectors.meta.sandbox.store import customers, messages
from connectors.meta.sandbox.store.catalogue import File
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

MOST_EDITS = 5
LONGEST = 20_000

Json = dict[str, Any]


def needed(change: Change, customer_id: str) -> Customer:
    """Return a person who must be there and whose phone is on."""
    customer = customers.get(change.db, customer_id)
    if customer is None:
        raise GraphError(100, "There is no such customer.", subcode=33)
    if not customer.online:
        raise GraphError(100, "The phone is offline.")
    return customer


def write(sandbox: Sandbox, customer_id: str, given: Json) -> Entry:
    """Write: `{"text"}`, or `{"sticker"}` with an id, or `{"reaction"}` to the message `{"to"}`, "" to take it back.

    `{"reply_to"}`: the id of the message that a text answers; `{"edit"}`: that of an own one that it replaces.
    """
    asked = Fields(given, "")
    if asked.has("reaction"):
        asked.only("reaction", "to")
        return _react(sandbox, customer_id, asked.text("to", 512), asked.text("reaction", 32, empty=True))
    if asked.has("sticker"):
        asked.only("sticker")
        sticker = asked.text("sticker", 40)
        payload = {"sticker_id": int(sticker) if sticker.isdecimal() else 0}
        return say(sandbox, customer_id, {"attachments": [{"type": "sticker", "payload": payload}]})
    asked.only("text", "reply_to", "edit")
    text = asked.text("text", LONGEST)
    if asked.has("edit"):
        return _edit(sandbox, customer_id, asked.text("edit", 512), text)
    return say(sandbox, customer_id, {"text": text}, context=asked.text("reply_to", 512, needed=False))


def attach(sandbox: Sandbox, customer_id: str, files: list[tuple[str, File]], **told: str) -> Entry:
    """Send files, each with its kind, as one message; `told`: caption and context."""
    found = [{"type": kind, "payload": {"file": file.id, "mime": file.mime, "name": file.name}} for kind, file in files]
    caption = {"text": told["caption"]} if told.get("caption") else {}
    return say(sandbox, customer_id, {**caption, "attachments": found}, context=told.get("context", ""))


def choose(sandbox: Sandbox, customer_id: str, message_id: str, choice: str, answers: Json) -> Entry:
    """Tap something: a quick reply or button of a message, by its title or number; `answers` fill in what it asks.

    Without a message: an ice breaker, an item of the menu by its title, or "get_started".
    """
    with sandbox.store.read() as db:
        target = messages.get(db, message_id) if message_id else None
        customer = customers.get(db, customer_id)
        if customer is None or (message_id and (target is None or target.customer != customer_id or target.incoming)):
            raise GraphError(100, "There is no such message on this phone.")
        found = tapped(db, customer, target, choice, answers)
    if target is not None:
        with sandbox.change() as change:
            messages.change(change.db, target.id, chosen=found.once)
            change.show(customer_id, target.id)
    if found.event:
        return _event(sandbox, customer_id, found)
    if found.postback:
        return press(sandbox, customer_id, found.postback)
    return say(sandbox, customer_id, found.said)


def say(sandbox: Sandbox, customer_id: str, content: Json, *, context: str = "") -> Entry:
    """Write a message; whoever came by an ad or a link brings that along."""
    with sandbox.change() as change:
        customer, channel = person(sandbox, change, customer_id)
        came = customer.traits.get("came")
        if came:
            content = {**content, "referral": came}
        target = messages.get(change.db, context) if context else None
        if target is not None and target.incoming:
            content = {**content, "self_reply": True}
        entry = _entry(channel, change, customer, "message", content, context=context)
        item = payloads.event(customer, change.at, message=payloads.said(sandbox, change.db, channel, entry))
        _tell(sandbox, change, channel, customer, "messages", item, entry)
    return entry


def press(sandbox: Sandbox, customer_id: str, postback: Json) -> Entry:
    """Tap a button that the business hears of by its payload."""
    with sandbox.change() as change:
        customer, channel = person(sandbox, change, customer_id)
        if came := customer.traits.get("came"):
            postback = {**postback, "referral": came}
        entry = _entry(channel, change, customer, "postback", postback)
        told: Json = {"mid": entry.id, **postback}
        if threads.held(sandbox, change.db, customer, change.at):
            # MP/webhooks/webhook-events/standby: postbacks come without their payload there.
            told.pop("payload", None)
        item = payloads.event(customer, change.at, postback=told)
        _tell(sandbox, change, channel, customer, "messaging_postbacks", item, entry)
    return entry


def delete(sandbox: Sandbox, customer_id: str, message_id: str) -> None:
    """Unsend a message; only Instagram tells it."""
    with sandbox.change() as change:
        customer, channel = person(sandbox, change, customer_id)
        target = _own(change, customer, message_id)
        messages.change(change.db, target.id, deleted=True)
        if not channel.watermarks:
            item = payloads.event(customer, change.at, message={"mid": target.id, "is_deleted": True})
            send_event(sandbox, change, channel, customer, "messages", item)
        change.show(customer_id, target.id)
        change.show_customer(customer_id)


def send_event(
    sandbox: Sandbox, change: Change, channel: Channel, customer: Customer, field: str, item: Json, message: str = ""
) -> None:
    """Tell an event, as a copy where another app controls the thread."""
    standby = bool(threads.held(sandbox, change.db, customer, change.at))
    payload = payloads.envelope(channel, customer.account, item, change.at, standby=standby)
    change.webhook(customer.id, "standby" if standby else field, payload, message=message)


def opened(change: Change, customer: Customer) -> Customer:
    """Let the window open: for a week where an ad led here."""
    traits = {name: value for name, value in customer.traits.items() if name not in ("came", "ad")}
    if customer.traits.get("ad"):
        traits["ad_until"] = change.at + WEEK
    customers.change(change.db, customer.id, opened_at=change.at, traits=traits)
    return attrs.evolve(customer, opened_at=change.at, traits=traits)


def person(sandbox: Sandbox, change: Change, customer_id: str) -> tuple[Customer, Channel]:
    """Return a person of Messenger or Instagram who may write, and the channel."""
    customer = needed(change, customer_id)
    if customer.channel not in sandbox.channels:
        raise GraphError(100, "This is for Messenger and Instagram.")
    if customer.traits.get("blocked"):
        raise GraphError(100, "The business has blocked this person.")
    return customer, sandbox.channels[customer.channel]


def _own(change: Change, customer: Customer, message_id: str) -> Entry:
    target = messages.get(change.db, message_id)
    if target is None or target.customer != customer.id or not target.incoming or target.deleted:
        raise GraphError(100, "The customer did not write this message.")
    return target


def _entry(
    channel: Channel, change: Change, customer: Customer, kind: str, content: Json, *, context: str = ""
) -> Entry:
    entry = Entry(
        id=payloads.new_mid(channel),
        customer=customer.id,
        incoming=True,
        at=change.at,
        type=kind,
        content=content,
        context=context,
    )
    messages.add(change.db, entry)
    return entry


def _tell(
    sandbox: Sandbox, change: Change, channel: Channel, customer: Customer, field: str, item: Json, entry: Entry
) -> None:
    """Tell a message, which opens the window and shows that what was there was read."""
    steps.read(sandbox, change, customer)
    customer = opened(change, customer)
    send_event(sandbox, change, channel, customer, field, item, entry.id)
    change.show(customer.id, entry.id)
    change.show_customer(customer.id)


def _event(sandbox: Sandbox, customer_id: str, found: Tapped) -> Entry:
    """Tell what a tap does that is no message: an answer to a survey, a coupon that was revealed."""
    with sandbox.change() as change:
        customer, channel = person(sandbox, change, customer_id)
        entry = _entry(channel, change, customer, "message", {"text": found.text})
        item = payloads.event(customer, change.at, **found.event)
        _tell(sandbox, change, channel, customer, found.field, item, entry)
    return entry


def _react(sandbox: Sandbox, customer_id: str, message_id: str, emoji: str) -> Entry:
    with sandbox.change() as change:
        customer, channel = person(sandbox, change, customer_id)
        target = messages.get(change.db, message_id)
        if target is None or target.customer != customer_id or target.deleted:
            raise GraphError(100, "There is no such message on this phone.")
        names = {face: name for name, face in NAMES.items()}
        told: Json = {"mid": message_id, "action": "react" if emoji else "unreact"}
        if emoji:
            told |= {"reaction": names.get(emoji, "other"), "emoji": emoji}
        marks = {**target.marks, "customer": emoji}
        messages.change(change.db, message_id, marks={who: one for who, one in marks.items() if one})
        customer = opened(change, customer)
        item = payloads.event(customer, change.at, reaction=told)
        send_event(sandbox, change, channel, customer, "message_reactions", item)
        change.show(customer_id, message_id)
        change.show_customer(customer_id)
    return attrs.evolve(target, marks=marks)


def _edit(sandbox: Sandbox, customer_id: str, message_id: str, text: str) -> Entry:
    with sandbox.change() as change:
        customer, channel = person(sandbox, change, customer_id)
        target = _own(change, customer, message_id)
        number = int(target.content.get("edits", 0)) + 1
        if "text" not in target.content or number > MOST_EDITS:
            raise GraphError(100, f"Only texts are edited, and {MOST_EDITS} times at most.")
        content = {**target.content, "text": text, "edits": number}
        messages.change(change.db, message_id, content=content)
        edit = {"mid": message_id, "text": text, "num_edit": number if channel.watermarks else str(number)}
        item = payloads.event(customer, change.at, message_edit=edit)
        send_event(sandbox, change, channel, customer, channel.fields.edit, item)
        change.show(customer_id, message_id)
    return attrs.evolve(target, content=content)
