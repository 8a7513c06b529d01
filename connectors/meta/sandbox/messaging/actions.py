"""What a business does without a message: it types, has seen, reacts (MP/send-messages/sender-actions, 2026)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.feed import News
from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.graph import GraphCall
from connectors.meta.sandbox.messaging import people, threads, window
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.messaging.errors import Refusal
from connectors.meta.sandbox.store import customers, messages
from connectors.meta.sandbox.store.customers import Customer

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

TYPING_SECONDS = 20
NAMES = {"love": "❤️", "smile": "😆", "wow": "😮", "sad": "😢", "angry": "😠", "like": "👍", "dislike": "👎"}
"""The reactions that have names (MP/webhooks/webhook-events/message-reactions)."""

_ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")


def act(sandbox: Sandbox, call: GraphCall, asked: Fields) -> Any:
    """Do one of them."""
    asked.only("recipient", "sender_action", "payload", "platform", "messaging_type", "persona_id")
    action = asked.choice("sender_action", _ACTIONS)
    recipient = asked.object("recipient")
    recipient.only("id")
    channel, customer = people.find(sandbox, call, recipient.text("id", 64))
    with sandbox.change() as change:
        customer = customers.get(change.db, customer.id) or customer
        if threads.held(sandbox, change.db, customer, change.at):
            raise Refusal("held")
        if action != "mark_seen" and not window.is_open(customer, change.at):
            raise Refusal(channel.error("window"))
        if action in ("react", "unreact"):
            _react(change, channel, customer, asked.object("payload"), undo=action == "unreact")
        elif action == "mark_seen":
            _seen(change, customer)
        else:
            seconds = TYPING_SECONDS if action == "typing_on" else 0
            change.news.append(News(kind="typing", customer=customer.id, data={"seconds": seconds}))
    return {"recipient_id": customer.user_id}


def _seen(change: Change, customer: Customer) -> None:
    for entry in messages.waiting(change.db, customer.id, ("sent", "delivered"), incoming=True):
        messages.change(change.db, entry.id, status="read")
        change.show(customer.id, entry.id)


def _react(change: Change, channel: Channel, customer: Customer, payload: Fields, *, undo: bool) -> None:
    payload.only("message_id", "reaction")
    target = messages.get(change.db, payload.text("message_id", 512))
    if target is None or target.customer != customer.id:
        raise GraphError(100, "Param payload[message_id] is not a message of this chat.")
    if target.deleted:
        raise Refusal("deleted")
    marks = {who: one for who, one in target.marks.items() if who != "business"}
    if not undo:
        reaction = payload.text("reaction", 32)
        if channel.reactions and reaction not in channel.reactions:
            raise GraphError(100, f"Param payload[reaction] must be one of {{{', '.join(sorted(channel.reactions))}}}.")
        marks["business"] = NAMES.get(reaction, reaction)
    messages.change(change.db, target.id, marks=marks)
    change.show(customer.id, target.id)
