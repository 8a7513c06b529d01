"""What the HTTP API takes: the bodies of its requests, checked all at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from connectors_core.errors import ConnectorsError
from connectors_core.model import HandoverAction, LinkStatus, Origin, ReceiptKind

_ID = validate.Length(1, 512)


def _possible(at: datetime) -> None:
    """Refuse the ends of all time: not every time zone has a name for them."""
    if at.year in (1, 9999):
        raise ValidationError("nothing happened then")


class _Strict(Schema):
    class Meta:
        """Unknown keys are mistakes, not extras."""

        unknown = RAISE


class ConversationBody(_Strict):
    """A conversation, as the event that brought it named it under `source`."""

    endpoint = fields.String(required=True, validate=_ID, metadata={"description": "The channel's endpoint."})
    account = fields.String(required=True, validate=_ID, metadata={"description": "The account there."})
    id = fields.String(required=True, validate=_ID, metadata={"description": "The conversation there."})


class ToBody(_Strict):
    """A person to whom somebody writes first."""

    endpoint = fields.String(
        validate=_ID, metadata={"description": "The channel's endpoint; needed when there are several."}
    )
    scheme = fields.String(required=True, validate=_ID, metadata={"description": "phone, email, wa_id, bsuid …"})
    value = fields.String(required=True, validate=_ID, metadata={"description": "The address itself."})


class _About(_Strict):
    id = fields.String(validate=_ID, metadata={"description": "Your own id; the same id twice is the same event."})
    at = fields.AwareDateTime(
        validate=_possible, metadata={"description": "When it happened, ISO 8601 with a time zone; now by default."}
    )
    conversation = fields.Nested(ConversationBody)
    extra = fields.Dict(keys=fields.String(), metadata={"description": "Data for the channel's own use."})


class MessageBody(_About):
    """A message into a conversation, or to a person."""

    to = fields.Nested(ToBody)
    text = fields.String(validate=validate.Length(1, 100_000), metadata={"description": "The words; or `parts`."})
    parts = fields.List(
        fields.Dict(), validate=validate.Length(1, 40), metadata={"description": "The parts; or `text`."}
    )
    origin = fields.Enum(Origin, by_value=True, load_default=Origin.AGENT, metadata={"description": "Who wrote it."})
    reply_to = fields.String(validate=_ID, metadata={"description": "The id of the message that it answers."})

    @validates_schema
    def _one_of_each(self, data: dict[str, Any], **_options: object) -> None:
        if ("conversation" in data) == ("to" in data):
            raise ValidationError("give one of `conversation` and `to`", "conversation")
        if ("text" in data) == ("parts" in data):
            raise ValidationError("give one of `text` and `parts`", "text")
        if data.get("origin") in (Origin.CONTACT, Origin.NATIVE_APP):
            raise ValidationError("only agent, bot, campaign or system write from here", "origin")


class ReceiptBody(_About):
    """What became of messages here: read by an agent, for example."""

    kind = fields.Enum(ReceiptKind, by_value=True, required=True, metadata={"description": "The status."})
    messages = fields.List(
        fields.String(validate=_ID),
        required=True,
        validate=validate.Length(1, 50),
        metadata={"description": "The ids of the messages, as they were told to you."},
    )


class LinkBody(_About):
    """The person of a conversation, or another of yours, is this person here, or is not (any more)."""

    status = fields.Enum(
        LinkStatus, by_value=True, required=True, metadata={"description": "linked, unlinked or declined."}
    )
    contact = fields.String(required=True, validate=_ID, metadata={"description": "Your own id of the person."})
    other = fields.String(
        validate=_ID, metadata={"description": "Your own id of another, who is the same person; or `conversation`."}
    )
    name = fields.String(load_default="", validate=validate.Length(max=500), metadata={"description": "Their name."})
    reason = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata={"description": "What speaks for it: login, agent or a word of your own."},
    )

    @validates_schema
    def _tied(self, data: dict[str, Any], **_options: object) -> None:
        if data.get("status") not in (None, LinkStatus.LINKED, LinkStatus.UNLINKED, LinkStatus.DECLINED):
            raise ValidationError("only linked, unlinked or declined can be told", "status")
        if ("conversation" in data) == ("other" in data):
            raise ValidationError("name the conversation whose person it is, or the other one", "conversation")


class HandoverBody(_About):
    """The right to answer a conversation moves."""

    action = fields.Enum(HandoverAction, by_value=True, required=True, metadata={"description": "What happens to it."})
    new_owner = fields.String(
        load_default="", validate=validate.Length(max=500), metadata={"description": "Who gets it."}
    )
    metadata = fields.String(
        load_default="", validate=validate.Length(max=2000), metadata={"description": "Travels along."}
    )
    summary = fields.String(
        load_default="", validate=validate.Length(max=5000), metadata={"description": "For the next one."}
    )
    origin = fields.Enum(
        Origin, by_value=True, load_default=Origin.AGENT, metadata={"description": "Who moves it: agent or bot."}
    )
    resolved = fields.Boolean(load_default=False, metadata={"description": "Whether the matter is settled."})
    seconds = fields.Integer(
        validate=validate.Range(1, 30 * 86400), metadata={"description": "For how long it is extended."}
    )

    @validates_schema
    def _placed(self, data: dict[str, Any], **_options: object) -> None:
        if "conversation" not in data:
            raise ValidationError("name the conversation", "conversation")
        if data.get("origin") not in (Origin.AGENT, Origin.BOT):
            raise ValidationError("only an agent or a bot moves it", "origin")


class BadBody(ConnectorsError):
    """The body is not as it should be."""

    def __init__(self, errors: object) -> None:
        """Keep every problem under the key that it is about."""
        super().__init__()
        self.errors = errors


def load(noun: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a checked body; raise BadBody with all its problems."""
    try:
        found: dict[str, Any] = BODIES[noun]().load(body)
    except ValidationError as error:
        raise BadBody(error.messages) from None
    return found


BODIES: dict[str, type[Schema]] = {
    "messages": MessageBody,
    "receipts": ReceiptBody,
    "links": LinkBody,
    "handovers": HandoverBody,
}
"""The last part of each address, and what it takes."""
