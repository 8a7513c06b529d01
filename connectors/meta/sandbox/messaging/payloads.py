"""Webhooks of chats, as Messenger and Instagram send them.

Shapes: MP/webhooks/webhook-events/* (2024-06-26 to 2026-06), IG/webhook (2026-06).
"""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox import downloads
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.store import Db, catalogue
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

Json = dict[str, Any]

_FROM_PERSON = ("text", "quick_reply", "referral", "commands")


def new_mid(channel: Channel) -> str:
    """Return a new id of a message."""
    return channel.mid + token_urlsafe(48)


def envelope(channel: Channel, account: str, item: Json, at: float, *, standby: bool = False) -> Json:
    """Return a webhook of one event; `standby`: another app controls the thread."""
    # {"object": "page", "entry": [{"id": "682498171943165", "time": 1458692752478, "messaging": [{"sender": {"id":
    #   "1254459154682919"}, "recipient": {"id": "682498171943165"}, "timestamp": 1458692752478, ...}]}]}
    entry = {"id": account, "time": ms(at), "standby" if standby else "messaging": [item]}
    return {"object": channel.object, "entry": [entry]}


def event(customer: Customer, at: float, **what: Any) -> Json:
    """Return an event that comes from a person."""
    return {"sender": {"id": customer.user_id}, "recipient": {"id": customer.account}, "timestamp": ms(at), **what}


def change(channel: Channel, account: str, field: str, value: Json, at: float) -> Json:
    """Return a webhook of something in public."""
    changes = [{"field": field, "value": value}]
    return {"object": channel.object, "entry": [{"id": account, "time": int(at), "changes": changes}]}


def said(sandbox: Sandbox, db: Db, channel: Channel, entry: Entry) -> Json:
    """Return the `message` of a chat's message that a person wrote."""
    content: Json = entry.content
    told: Json = {"mid": entry.id, **{name: content[name] for name in _FROM_PERSON if name in content}}
    if content.get("attachments"):
        told["attachments"] = [attachment(sandbox, db, channel, one) for one in content["attachments"]]
    if "story" in content:
        told["reply_to"] = {
            "story": attachment(sandbox, db, channel, {"type": "", "payload": content["story"]})["payload"]
        }
    elif entry.context:
        told["reply_to"] = {"mid": entry.context, "is_self_reply": bool(content.get("self_reply"))}
    return told


def echoed(sandbox: Sandbox, db: Db, channel: Channel, customer: Customer, entry: Entry) -> Json:
    """Return the event of a message that the business sent, from whichever app."""
    content: Json = entry.content
    told: Json = {"is_echo": True, "mid": entry.id}
    if channel.watermarks:
        # Instagram's echoes name neither app nor metadata.
        told["app_id"] = int(content["app"])
        if entry.tracker:
            told["metadata"] = entry.tracker
    for name in ("text", "quick_replies"):
        if name in content:
            told[name] = content[name]
    if "shown" in content:
        told["text"] = str(content["shown"].get("body", ""))
    if content.get("attachments"):
        told["attachments"] = [attachment(sandbox, db, channel, one) for one in content["attachments"]]
    if entry.context:
        told["reply_to"] = {"mid": entry.context}
    sender, recipient = {"id": customer.account}, {"id": customer.user_id}
    return {"sender": sender, "recipient": recipient, "timestamp": ms(entry.at), "message": told}


def attachment(sandbox: Sandbox, db: Db, channel: Channel, one: Json) -> Json:
    """Return an attachment with an address that is good now; a file is named by `file` in its payload."""
    if "payload" not in one:
        return {"type": one["type"]}
    payload = {name: value for name, value in one["payload"].items() if name not in _OWN}
    file = catalogue.file(db, str(one["payload"].get("file", "")))
    if file is not None:
        payload["url"] = downloads.address(sandbox, file, channel.place)
    return {"type": one["type"], "payload": payload}


def ms(at: float) -> int:
    """Return a time as Meta writes it in chats: milliseconds."""
    return int(at * 1000)


_OWN = frozenset(("file", "mime", "name", "is_reusable", "attachment_id", "pictures"))
"""What only the sandbox knows of an attachment."""
