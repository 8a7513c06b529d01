"""`POST /PAGE_ID/messages` and `/IG_ID/messages`: taking messages of the business.

Sources: MP/send-messages (2026-05-05), IG/send-message (2026-06-30). What is wrong is said in the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.faults.deciding import About
from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.messaging import actions, attachments, payloads, people, private, steps, threads, window
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.messaging.errors import Refusal
from connectors.meta.sandbox.messaging.products import known_product, own_post
from connectors.meta.sandbox.messaging.validate import check_message
from connectors.meta.sandbox.messaging.validate.utility import render
from connectors.meta.sandbox.store import catalogue, customers, facts
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

HUMAN_AGENT = "HUMAN_AGENT"
REMOVED_TAGS = (
    "CONFIRMED_EVENT_UPDATE",
    "POST_PURCHASE_UPDATE",
    "ACCOUNT_UPDATE",
    "CUSTOMER_FEEDBACK",
    "NON_PROMOTIONAL_SUBSCRIPTION",
)
"""An error since 2026-04-27 (MP/changelog, 2026-03-27); the last two were never for everybody."""

_TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
_NOISES = ("REGULAR", "SILENT_PUSH", "NO_PUSH")
_RECIPIENTS = ("id", "user_ref", "post_id", "comment_id", "notification_messages_token")
_REQUEST = (
    "recipient",
    "messaging_type",
    "tag",
    "message",
    "notification_type",
    "reply_to",
    "thread_control",
    "platform",
)


@attrs.frozen(kw_only=True)
class Asked:
    """A message that was read: to whom, under which rule, and what."""

    channel: Channel
    customer: Customer
    private: str
    kind: str
    content: dict[str, Any]
    context: str
    tracker: str
    control: Fields | None


def post(sandbox: Sandbox, call: GraphCall) -> Any:
    """Take a message, or something that is none: typing, seen, a reaction."""
    asked = people.asked(call)
    if asked.has("sender_action"):
        return actions.act(sandbox, call, asked)
    message = _read(sandbox, call, asked)
    kinds = {one["type"] for one in _files(message.content)}
    sandbox.limits.chat(call.object_id, media=bool(kinds & {"audio", "video"}))
    content = {**message.content, "app": sandbox.settings.app_id}
    content["attachments"] = [attachments.resolve(sandbox, message.channel, one) for one in _files(message.content)]
    mid = payloads.new_mid(message.channel)
    about = _about(message, mid)
    bound = not message.private and message.kind != "UTILITY"
    if bound and sandbox.faults.alone("window_closed", about) is not None:
        raise Refusal(message.channel.error("window"))
    with sandbox.change() as change:
        customer = customers.get(change.db, message.customer.id) or message.customer
        _allow(sandbox, change, message, customer)
        entry = Entry(
            id=mid,
            customer=customer.id,
            incoming=False,
            at=change.at,
            type="message",
            content={name: value for name, value in content.items() if value},
            context=message.context,
            tracker=message.tracker,
            category=message.kind,
            silent=sandbox.faults.strikes(change.db, "receipts_never", about),
        )
        if message.private:
            comment = private.answered(change, message.channel, message.private)
            entry = attrs.evolve(entry, content={**entry.content, "comment": comment.text})
        steps.go(sandbox, change, customer, entry)
        if message.control is not None:
            threads.inline(sandbox, change, customer, message.control)
    answer = {"recipient_id": customer.user_id, "message_id": mid}
    reusable = attachments.attached(content)
    return {**answer, "attachment_id": reusable} if reusable else answer


def _files(content: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content.get("attachments", [])
    return found


def _read(sandbox: Sandbox, call: GraphCall, asked: Fields) -> Asked:
    """Return the message that is asked for; raise GraphError for one that is none."""
    channel, customer, comment = _recipient(sandbox, call, asked)
    asked.only(*_REQUEST, *channel.request_keys)
    if asked.has("notification_type"):
        asked.choice("notification_type", _NOISES)
    kind = _kind(channel, asked)
    message = asked.object("message")
    check_message(channel, message)
    if (kind == "UTILITY") != message.has("template"):
        raise GraphError(100, "Param message[template] goes with messaging_type UTILITY, and only with it.")
    context = ""
    if asked.has("reply_to"):
        asked.object("reply_to").only("mid")
        context = asked.object("reply_to").text("mid", 512)
    control = asked.object("thread_control") if asked.has("thread_control") else None
    return Asked(
        channel=channel,
        customer=customer,
        private=comment,
        kind=kind,
        content=_content(sandbox, call, channel, asked, message),
        context=context,
        tracker=message.text("metadata", 1000, needed=False),
        control=control,
    )


def _recipient(sandbox: Sandbox, call: GraphCall, asked: Fields) -> tuple[Channel, Customer, str]:
    """Return whom a message is for, and the comment or post that it answers privately ("" for none)."""
    recipient = asked.object("recipient")
    recipient.only(*_RECIPIENTS)
    given = [name for name in _RECIPIENTS if recipient.has(name)]
    if len(given) != 1:
        raise GraphError(100, f"Param recipient must have one of {', '.join(_RECIPIENTS)}.")
    value = recipient.text(given[0], 512)
    if given[0] in ("user_ref", "notification_messages_token"):
        raise GraphError(100, f"Param recipient[{given[0]}] is not valid: nobody here has opted in by it.")
    if given[0] == "id":
        return *people.find(sandbox, call, value), ""
    comment, channel = private.find(sandbox, call, value, post=given[0] == "post_id")
    with sandbox.store.read() as db:
        customer = customers.get(db, comment.customer)
    if customer is None:
        raise Refusal(channel.error("nobody"))
    return channel, customer, comment.id


def _kind(channel: Channel, asked: Fields) -> str:
    """Return the messaging type, or the tag where there is one."""
    kind = asked.choice("messaging_type", _TYPES) if asked.has("messaging_type") else "RESPONSE"
    tag = asked.text("tag", 64, needed=False)
    if tag in REMOVED_TAGS:
        raise Refusal("tag removed")
    if tag not in ("", HUMAN_AGENT):
        raise GraphError(100, f"Param tag must be one of {{{HUMAN_AGENT}}}.")
    if bool(tag) != (kind == "MESSAGE_TAG"):
        raise GraphError(100, "Param tag goes with messaging_type MESSAGE_TAG, and only with it.")
    if kind == "UTILITY" and "template" not in channel.message_keys:
        raise GraphError(100, "Utility messages are not for Instagram.")
    return tag or kind


def _content(sandbox: Sandbox, call: GraphCall, channel: Channel, asked: Fields, message: Fields) -> dict[str, Any]:
    """Return what is kept of a message."""
    data = message.data
    content: dict[str, Any] = {name: data[name] for name in ("text", "sticker_id") if name in data}
    if message.has("quick_replies"):
        content["quick_replies"] = [one for one in data["quick_replies"] if one["content_type"] in channel.replies]
    if message.has("attachment") or message.has("attachments"):
        content["attachments"] = [data["attachment"]] if message.has("attachment") else data["attachments"]
        for one in content["attachments"]:
            own_post(one)
            known_product(one)
    if message.has("template"):
        template = message.object("template")
        language = template.object("language").text("code", 64)
        with sandbox.store.read() as db:
            known = catalogue.named_template(db, call.object_id, template.text("name", 512), language)
        content["shown"] = render(known, template)
    if persona := asked.text("persona_id", 64, needed=False):
        with sandbox.store.read() as db:
            found = (facts.get(db, "personas") or {}).get(persona)
        if found is None:
            raise GraphError(100, "Param persona_id is not the id of a persona of this page.")
        content["persona"] = {**found, "id": persona}
    return content


def _about(message: Asked, mid: str) -> About:
    customer = message.customer
    return About(
        into="send",
        subject=customer.address,
        product=customer.channel,
        customer=customer.id,
        account=customer.account,
        call="send",
        message=mid,
        key=message.tracker,
    )


def _allow(sandbox: Sandbox, change: Change, message: Asked, customer: Customer) -> None:
    """Raise Refusal when this person may not be written to now."""
    if customer.traits.get("blocks"):
        raise Refusal("blocked")
    if customer.traits.get("blocked") or customer.traits.get("gone"):
        raise Refusal("not reachable")
    if threads.held(sandbox, change.db, customer, change.at):
        raise Refusal("held")
    if message.private or message.kind == "UTILITY":
        return
    until = window.human_until(customer) if message.kind == HUMAN_AGENT else window.closes_at(customer)
    if until is None or change.at >= until:
        raise Refusal(message.channel.error("window"))


ROUTES: Routes = {("POST", "page", "messages"): post, ("POST", "instagram", "messages"): post}
