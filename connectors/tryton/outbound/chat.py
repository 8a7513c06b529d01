"""The chat of an opportunity: posted to once, and looked up by the key of the delivery.

trytond 8.2 (ir/chat.py): a message takes a `reference`, which the method `post` does not, but a default for it comes
with the context; so each message of ours carries its key. Where somebody follows the chat by e-mail, Tryton puts the
Message-ID of its mail in the place of a public message's reference.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors.tryton.outbound.errors import ONE_CHANNEL, Conflict
from connectors.tryton.outbound.rest import REFERENCE, Json, Rest
from connectors_core import Uncertain

PUBLIC, INTERNAL = "public", "internal"

_ATTEMPTS = 5
"""Posts of a first message against others that make the chat at the same moment: one of them wins each time."""

_SKEW = timedelta(minutes=2)
"""How far apart the clocks of the gateway and of Tryton may be."""


def post(rest: Rest, opportunity: int, content: str, key: str, *, audience: str, verb: str) -> int:
    """Post into the chat of an opportunity and return the id of the message."""
    values = {"resource": f"sale.opportunity,{opportunity}", "content": content, "audience": audience}
    context = {"default_reference": f"{REFERENCE}{key}"}
    for left in reversed(range(_ATTEMPTS)):
        try:
            posted = rest.act("ir.chat.channel", "post", values, verb=verb, context=context)
        except Conflict as error:
            if ONE_CHANNEL not in error.text or not left:
                raise
        else:
            break
    if not isinstance(posted, int) or isinstance(posted, bool):
        raise Uncertain(f"{rest.http.endpoint} could not {verb}: Tryton did not say what it posted")
    return posted


def find(rest: Rest, key: str, *, verb: str) -> Json:
    """Return the message that a delivery has posted, {} when there is none."""
    return rest.first("ir.chat.message", [["reference", "=", f"{REFERENCE}{key}"]], ["channel.resource"], verb=verb)


def read(rest: Rest, message: str, *, verb: str) -> Json:
    """Return the words of a message and what it is about, {} when it is gone."""
    if not message.isdecimal():
        return {}
    return rest.first("ir.chat.message", [["id", "=", int(message)]], ["content", "channel.resource"], verb=verb)


def resembles(rest: Rest, opportunity: int, content: str, me: int, since: float, *, verb: str) -> bool:
    """Whether a message of ours with these words, but without any key, has been posted since (Unix seconds)."""
    start = datetime.fromtimestamp(since, UTC) - _SKEW
    domain = [
        ["channel.resource", "=", f"sale.opportunity,{opportunity}"],
        ["user", "=", me],
        ["create_date", ">=", as_datetime(start)],
    ]
    rows = rest.find("ir.chat.message", domain, ["content", "reference"], verb=verb, order=[["id", "DESC"]], most=100)
    return any(
        row.get("content") == content and not str(row.get("reference") or "").startswith(REFERENCE) for row in rows
    )


def opportunity_of(row: Json) -> int:
    """Return the opportunity that a message belongs to; 0 when it is about something else."""
    channel = row.get("channel")
    resource = str(channel.get("resource") or "") if isinstance(channel, dict) else ""
    model, _, number = resource.partition(",")
    return int(number) if model == "sale.opportunity" and number.isdecimal() else 0


def as_datetime(moment: datetime) -> Json:
    """Return a moment as the API takes it: a dictionary, in UTC."""
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    at = moment.astimezone(UTC)
    return {"__class__": "datetime", **{name: getattr(at, name) for name in names}}
