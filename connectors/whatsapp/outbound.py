"""Messages as calls of the Cloud API, and its answers as `Done`."""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from urllib.parse import urlencode

from connectors.meta import wire
from connectors.meta.errors import WHATSAPP, explain
from connectors.meta.wire import Json
from connectors.whatsapp.inbound.people import BSUID
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import Call, Malformed, NoCounterpart, NotSupported, Reply, Uncertain
from connectors_core.model import ConversationRef, Done, Message, MessageRef, Scheme, Text

LONGEST_TRACKER = 512
"""Characters of `biz_opaque_callback_data` (WA/messages/send-messages)."""

EXPLAIN = partial(explain, table=WHATSAPP)

_ADDRESSES = (Scheme.WA_ID, Scheme.PHONE, Scheme.BSUID)


def call(settings: WhatsAppSettings, method: str, path: str, content: Json | None = None, **query: str) -> Call:
    """Return a call of the Graph API with this number's token, and with its proof where the app demands one."""
    token = settings.access_token.reveal()
    if settings.app_secret is not None:
        secret = settings.app_secret.reveal().encode()
        query["appsecret_proof"] = hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()
    url = f"{settings.graph_url.rstrip('/')}/{settings.graph_version}/{path}"
    if query:
        url = f"{url}?{urlencode(query)}"
    headers = {"authorization": f"Bearer {token}"}
    if content is None:
        return Call(method=method, url=url, headers=headers)
    return Call.json(method, url, content, headers)


def send(settings: WhatsAppSettings, message: Message, key: str) -> Call:
    """Return the call that sends `message` (WA/messages/send-messages, WA/messages/text-messages, 2025-12).

    `key` goes where every status gives it back.
    """
    content: Json = {"messaging_product": "whatsapp", **_address(message), **_content(message)}
    if message.reply_to is not None:
        content["context"] = {"message_id": message.reply_to.id}
    if len(key) <= LONGEST_TRACKER:
        content["biz_opaque_callback_data"] = key
    return call(settings, "POST", f"{settings.phone_number_id}/messages", content)


def _address(message: Message) -> Json:
    if message.conversation is not None:
        name = message.conversation.id
    elif message.to is not None and message.to.scheme in _ADDRESSES:
        name = message.to.value
    elif message.to is not None:
        raise NoCounterpart(f"WhatsApp knows nobody by {message.to.scheme}; a number or a user id is needed")
    else:
        raise NoCounterpart("the message names neither a conversation nor a person")
    if BSUID.fullmatch(name):
        return {"recipient_type": "individual", "recipient": name}
    if name.removeprefix("+").isdecimal():
        return {"recipient_type": "individual", "to": name}
    return {"recipient_type": "group", "to": name}


def _content(message: Message) -> Json:
    if len(message.parts) != 1:
        raise NotSupported(f"one part makes one WhatsApp message, and this has {len(message.parts)}")
    part = message.parts[0]
    if not isinstance(part, Text):
        raise NotSupported(f"the part {type(part).__name__} is not sent to WhatsApp")
    return {"type": "text", "text": {"body": part.body, "preview_url": part.preview}}


def sent(reply: Reply, message: Message, endpoint: str, account: str) -> Done:
    """Return the names that an accepted message got; raise Uncertain when the answer gives none."""
    # An answer like {"contacts": [{"input": "+16505551234", "wa_id": "16505551234"}], "messages": [{"id": "wamid.x"}]}
    try:
        answer = reply.json()
        if not isinstance(answer, dict):
            raise Malformed
        first = (wire.items(answer, "messages") or [{}])[0]
        name = MessageRef(endpoint=endpoint, account=account, id=wire.text(first, "id"))
        ids = _conversation(answer, first, message)
    except Malformed:
        raise Uncertain(f"{endpoint} sent, and WhatsApp answered without a readable id; a status will tell") from None
    if not ids:
        return Done(refs=(name,))
    return Done(refs=(name, ConversationRef(endpoint=endpoint, account=account, id=ids[0], aliases=ids[1:])))


def _conversation(answer: Json, first: Json, message: Message) -> tuple[str, ...]:
    """Return the ids of the conversation: webhooks use the number that WhatsApp made of ours, not always the same."""
    known = message.conversation.id if message.conversation is not None else ""
    if group := wire.text(first, "group_id"):
        return (group,)
    contact = (wire.items(answer, "contacts") or [{}])[0]
    found = (wire.text(contact, "wa_id"), wire.text(contact, "user_id"), known)
    return tuple(dict.fromkeys(one for one in found if one))
