"""What was acknowledged on one side against what arrived on the other, message by message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from time import time
from typing import Any

import attrs
from leaks import BODY, NUMBER

ACCOUNT = "106540352242922"
START = int(time()) - 3600
"""Unix seconds of the first message: within the 24 hours in which it may be answered."""
"""The phone number id of the documentation."""


@attrs.frozen(kw_only=True)
class Call:
    """One call that arrived at a CRM."""

    key: str
    kind: str
    conversation: str
    message: str
    origin: str = ""
    status: str = ""
    messages: tuple[str, ...] = ()
    text: str = ""


@attrs.frozen
class Hook:
    """A message that a person writes: the `number`th of its conversation. Its id says both."""

    conversation: str
    number: int
    run: str = ""

    @property
    def id(self) -> str:
        """The wamid."""
        return f"wamid.{self.run}c{self.conversation}n{self.number}"


def conversation(number: int) -> str:
    """Return the wa_id of a person of whom no log may tell."""
    return f"{NUMBER}{number:03d}"


def hooks(conversations: int, each: int, run: str = "") -> list[list[Hook]]:
    """Return `each` messages for every conversation, in the order in which they are sent."""
    return [[Hook(conversation(one), number, run) for number in range(each)] for one in range(conversations)]


def value_of(*batch: Hook) -> dict[str, Any]:
    """Return the `value` of a webhook that brings these messages (WA/webhooks/reference/messages/text, 2025-11)."""
    people = sorted({hook.conversation for hook in batch})
    return {
        "contacts": [{"profile": {"name": "Sheena Nelson"}, "wa_id": person} for person in people],
        "messages": [
            {
                "from": hook.conversation,
                "id": hook.id,
                "timestamp": str(START + hook.number),
                "type": "text",
                "text": {"body": f"{BODY} {hook.id}"},
            }
            for hook in batch
        ],
    }


def status_of(wamid: str, status: str, person: str, key: str = "") -> dict[str, Any]:
    """Return the `value` of a webhook with a status; with a key where the platform gives it back."""
    tracker = {"biz_opaque_callback_data": key} if key else {}
    return {
        "statuses": [{"id": wamid, "status": status, "timestamp": str(START + 7), "recipient_id": person, **tracker}]
    }


def echo_of(wamid: str, person: str) -> dict[str, Any]:
    """Return the `value` of an echo: what the business wrote, without saying by which of its hands."""
    row = {"from": "15550783881", "to": person, "id": wamid, "timestamp": str(START + 8), "type": "text"}
    return {"message_echoes": [{**row, "text": {"body": f"{BODY} {wamid}"}}]}


def body_of(data: Mapping[str, Any]) -> str:
    """Return the words of a message as a CRM got it."""
    return " ".join(part.get("body", "") for part in data.get("parts", ()))


@attrs.frozen
class Difference:
    """Where the two sides disagree; nothing but empty collections is right."""

    lost: list[str]
    doubled: list[str]
    invented: list[str]
    mixed: list[str]
    """Messages that arrived under another conversation, or with other words."""
    disordered: list[str]
    """Conversations whose messages did not arrive in the order in which they were acknowledged."""


NONE = Difference([], [], [], [], [])


def compare(
    acknowledged: Iterable[Hook],
    calls: Sequence[Call],
    *,
    drops_repetitions: bool = True,
    unknown: Collection[str] = (),
) -> Difference:
    """Compare every acknowledged webhook with what arrived.

    A CRM that `drops_repetitions` knows a key again; `unknown` are the ids of messages that the gateway lists as sends
    that may have happened: they may have arrived, once, or not.
    """
    first: dict[str, Call] = {}
    doubled = []
    for call in calls:
        if call.message not in first:
            first[call.message] = call
        elif not (drops_repetitions and call.key == first[call.message].key):
            doubled.append(call.message)
    sent = {hook.id: hook for hook in acknowledged}
    mixed = [
        name
        for name, call in first.items()
        if name in sent and (call.conversation != sent[name].conversation or call.text != f"{BODY} {name}")
    ]
    arrived: dict[str, list[int]] = {}
    for name in first:
        if name in sent:
            arrived.setdefault(sent[name].conversation, []).append(sent[name].number)
    return Difference(
        lost=sorted(set(sent) - set(first) - set(unknown)),
        doubled=sorted(doubled),
        invented=sorted(set(first) - set(sent)),
        mixed=sorted(mixed),
        disordered=sorted(person for person, numbers in arrived.items() if numbers != sorted(numbers)),
    )


def repeated_keys(calls: Iterable[Call]) -> list[str]:
    """Return the keys that arrived more than once."""
    return sorted(key for key, count in Counter(call.key for call in calls).items() if count > 1)
