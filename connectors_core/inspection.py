"""Reading captured webhooks without settings, store or network, to see what a connector makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any

import attrs

from connectors_core import discovery
from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import Malformed, Problem, SettingsError
from connectors_core.model import Event, Handover, Item, Link, Message, MessageRef, Notice, Receipt, Ref, Request
from connectors_core.model.codec import NOUN_OF, PART_NAMES

_BULK = frozenset({"raw", "extra"})
"""What is left out of a part: the provider's own data, as long as the file that is being looked at."""


@attrs.frozen(kw_only=True)
class Parked:
    """A piece of a webhook that could not be read, and why."""

    reason: str


class Inspector:
    """Reads webhooks with one connector, as the program would."""

    def __init__(self, type_name: str) -> None:
        """Find the connector, and the app that splits its webhooks; raise SettingsError when it reads nothing."""
        kind = discovery.find(type_name)
        if not hasattr(kind, "receive"):
            raise SettingsError(
                [Problem("", f'the connector "{type_name}" receives nothing: there is nothing to inspect')]
            )
        self._name = type_name
        # Reading is pure: neither settings nor network take part in it.
        self._endpoint = Endpoint.build(type_name, kind(settings=None, http=None))
        app = self._endpoint.manifest.app
        self._app = App.build(app, discovery.find(app, discovery.APPS)(settings=None, http=None)) if app else None

    def read(self, body: bytes) -> Iterator[Event | Parked]:
        """Yield what every piece of a webhook is read as, in order; what cannot be read is `Parked`."""
        try:
            items = self._items(body)
        except Malformed as error:
            yield Parked(reason=error.text)
            return
        for item in items:
            if item.type != self._name:
                yield Parked(reason=f"it is for a connector of the type {item.type or '(none)'}")
                continue
            try:
                yield from self._endpoint.receive(attrs.evolve(item, endpoint=self._name))
            except Malformed as error:
                yield Parked(reason=error.text)

    def _items(self, body: bytes) -> list[Item]:
        if self._app is None:
            return self._endpoint.items(Item(type=self._name, account=self._name, raw=body))
        return self._app.split(Request(method="POST", path="/", body=body))


def describe(event: Event) -> dict[str, Any]:
    """Return the one-line description of an event: a flat JSON object, without the provider's own data."""
    line: dict[str, Any] = {"event": NOUN_OF[type(event)], "id": event.id, "account": event.account}
    if event.contact is not None:
        line["contact"] = {"id": event.contact.id, "aliases": list(event.contact.aliases)}
    if event.conversation is not None:
        line["conversation"] = event.conversation.id
    line |= {"at": event.at.isoformat(), "standby": event.standby}
    return line | _particulars(event)


def _particulars(event: Event) -> dict[str, Any]:
    match event:
        case Message():
            return {
                "origin": event.origin.value,
                "reply_to": event.reply_to.id if event.reply_to else None,
                "parts": [{"part": PART_NAMES[type(part)], **_plain(part)} for part in event.parts],
            }
        case Receipt():
            return {
                "kind": event.kind.value,
                "message_ids": [message.id for message in event.messages],
                "watermark": round(event.watermark.timestamp() * 1000) if event.watermark else None,
                "key": event.key,
                "error_code": event.failure.code if event.failure else None,
                "pricing_category": event.pricing.category if event.pricing else None,
            }
        case Handover():
            return {
                "action": event.action.value,
                "previous_owner": event.previous_owner,
                "new_owner": event.new_owner,
            }
        case Link():
            return {"status": event.status.value, "previous": str(event.previous) if event.previous else None}
        case Notice():
            return {
                "topic": event.topic,
                "severity": event.severity,
                "text": event.text,
                "error_code": event.code,
            }
    return {}


def _plain(value: Any) -> dict[str, Any]:
    """Return the fields of a part or of something in one; a reference to a message becomes `message_id`."""
    line: dict[str, Any] = {}
    for field in attrs.fields(type(value)):
        found = getattr(value, field.name)
        if isinstance(found, MessageRef):
            line[f"{field.name}_id"] = found.id
        elif field.name not in _BULK:
            line[field.name] = _simple(found)
    return line


def _simple(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, tuple | list):
        return [_simple(one) for one in value]
    return _plain(value) if attrs.has(type(value)) else value
