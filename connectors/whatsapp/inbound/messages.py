"""Messages, echoes and changes of identity, and which reader takes which piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connectors.whatsapp.inbound import history, notices, people
from connectors.whatsapp.inbound.content import parts
from connectors.whatsapp.inbound.receipts import receipt
from connectors_core import Malformed
from connectors_core.model import (
    OTHER,
    ContactRef,
    ConversationRef,
    Echo,
    Event,
    Identity,
    Item,
    Link,
    LinkStatus,
    Message,
    MessageRef,
    Notice,
    Origin,
    Scheme,
    wire,
)
from connectors_core.model.wire import Json

_READ = frozenset(
    ("from", "from_user_id", "from_parent_user_id", "to", "to_user_id", "to_parent_user_id", "id", "timestamp", "type")
)
"""What of a message becomes something of its own; the rest goes to `extra`."""


def receive(item: Item) -> Sequence[Event]:
    """Read one Item; raise Malformed when it is not what the platform documents."""
    raw = item.json()
    if not isinstance(raw, dict):
        raise Malformed("the change is no object")
    field = wire.text(raw, "field")
    if not field:
        raise Malformed("the change does not say which field it is about")
    value = wire.needed(raw, "value")
    if field == "history" and "history" in value:
        return list(history.events(item, value, _message, _echo)) or [notices.of_field(item, field, value)]
    for (name, fields), read in _PIECES.items():
        if name in value and field in fields:
            return [read(item, field, value, one) for one in wire.items(value, name)]
    return [notices.of_field(item, field, value)]


def _message(item: Item, field: str, value: Json, data: Json) -> Event:
    # {"from": "16505551234", "from_user_id": "US.1349", "id": "wamid.x", "timestamp": "1749416383",
    #  "type": "text", "text": {"body": "Hello"}, "context": {"id": "wamid.y"}}
    person, row = people.named(
        value, wire.text(data, "from"), wire.text(data, "from_user_id"), wire.text(data, "from_parent_user_id")
    )
    if data.get("type") == "system":
        return _system(item, data, person)
    contact, conversation = person.refs(item, wire.text(data, "group_id"))
    return Message(
        endpoint=item.endpoint,
        account=item.account,
        id=_id(data),
        at=wire.seconds(data, "timestamp"),
        conversation=conversation,
        contact=contact,
        profile=people.profile(person, row, contact),
        standby=field == "standby",
        extra=_extra(data),
        parts=parts(item, data),
        origin=Origin.CONTACT,
        reply_to=_reply_to(item, data),
    )


def _echo(item: Item, field: str, value: Json, data: Json) -> Event:
    # {"from": "15550783881", "to": "16505551234", "id": "wamid.x", "timestamp": "1739321024", "type": "text", ...}
    to = wire.text(data, "to")
    if to and to == wire.text(wire.obj(value, "metadata"), "display_phone_number"):
        # Meta's own sample of a deleted message has the two ends exchanged.
        to = wire.text(data, "from")
    person, _ = people.named(value, to, wire.text(data, "to_user_id") or wire.text(data, "recipient"))
    contact, conversation = person.refs(item, wire.text(data, "group_id"))
    return Message(
        endpoint=item.endpoint,
        account=item.account,
        id=_id(data),
        at=wire.seconds(data, "timestamp"),
        conversation=conversation,
        contact=contact,
        standby=field == "standby",
        extra=_extra(data),
        parts=parts(item, data),
        origin=Origin.NATIVE_APP,
        reply_to=_reply_to(item, data),
        # Which of the others wrote is not told; on standby it was no human in the phone app.
        echo=Echo(key=wire.text(data, "biz_opaque_callback_data"), app_id=OTHER if field == "standby" else ""),
    )


def _system(item: Item, data: Json, person: people.Person) -> Event:
    # as in "system": {"type": "user_changed_number", "wa_id": "12195555358", "user_id": "US.9876",
    #  "previous_user_id": "US.1349"}
    system = wire.needed(data, "system")
    kind = wire.text(system, "type") or "unknown"
    if kind.startswith("user_changed") and (link := _changed(item, data, system, person)):
        return link
    contact, conversation = person.refs(item)
    return Notice(
        endpoint=item.endpoint,
        account=item.account,
        id=_id(data),
        at=wire.seconds(data, "timestamp"),
        contact=contact,
        conversation=conversation,
        topic=f"system.{kind}",
        severity="warning" if kind == "customer_identity_changed" else "info",
        extra=data,
    )


def _changed(item: Item, data: Json, system: Json, old: people.Person) -> Link | None:
    """Return the tie between the old and the new ids of a person; None when the change does not name both."""
    new = people.Person(wire.text(system, "wa_id"), wire.text(system, "user_id"), wire.text(system, "parent_user_id"))
    old_user = wire.text(system, "previous_user_id") or old.user_id
    if new.wa_id and old.wa_id and new.wa_id != old.wa_id:
        previous = Identity(scheme=Scheme.WA_ID, value=old.wa_id, verified=True)
    elif new.ids and old_user:
        previous = Identity(scheme=Scheme.BSUID, value=old_user, verified=True)
    else:
        return None
    ids = tuple(dict.fromkeys(one for one in (*new.ids, previous.value, old_user) if one))
    contact = ContactRef(endpoint=item.endpoint, account=item.account, id=ids[0], aliases=ids[1:])
    return Link(
        endpoint=item.endpoint,
        account=item.account,
        id=_id(data),
        at=wire.seconds(data, "timestamp"),
        conversation=ConversationRef(endpoint=item.endpoint, account=item.account, id=ids[0], aliases=ids[1:]),
        contact=contact,
        profile=people.profile(new, {}, contact),
        extra={"system": system},
        status=LinkStatus.CHANGED,
        previous=previous,
    )


def _id(data: Json) -> str:
    found = wire.text(data, "id")
    if not found:
        raise Malformed("the message has no id")
    return found


def _extra(data: Json) -> dict[str, object]:
    """Return what the message says beside what became of it: an advertisement, a forward, whatever comes later."""
    known = _READ | {data["type"]} if isinstance(data.get("type"), str) else _READ
    extra = {name: part for name, part in data.items() if name not in known}
    context = extra.get("context")
    if isinstance(context, dict) and context.keys() <= {"id", "from"}:
        del extra["context"]
    return extra


def _reply_to(item: Item, data: Json) -> MessageRef | None:
    answered = wire.text(wire.obj(data, "context"), "id") if "context" in data else ""
    return MessageRef(endpoint=item.endpoint, account=item.account, id=answered) if answered else None


_Read = Callable[[Item, str, Json, Json], Event]

_TALK = frozenset(("messages", "standby", "history"))
_ECHOES = frozenset(("standby", "smb_message_echoes", "history"))
_GROUPS = frozenset(f"group_{what}_update" for what in ("lifecycle", "participants", "settings", "status"))

_PIECES: dict[tuple[str, frozenset[str]], _Read] = {
    ("messages", _TALK): _message,
    ("statuses", _TALK): receipt,
    ("message_echoes", _ECHOES): _echo,
    ("errors", _TALK | _ECHOES): notices.of_error,
    ("calls", frozenset(("calls",))): notices.of_piece,
    ("statuses", frozenset(("calls",))): notices.of_piece,
    ("groups", _GROUPS): notices.of_group,
    ("user_preferences", frozenset(("user_preferences",))): notices.of_preference,
    ("state_sync", frozenset(("smb_app_state_sync",))): notices.of_piece,
}
"""What reads a list, and the fields in which it means what it says; in any other it is kept as a Notice."""
