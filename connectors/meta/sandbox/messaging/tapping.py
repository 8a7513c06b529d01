"""What a tap means: on a message, on the persistent menu, on an ice breaker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.messaging import profile
from connectors.meta.sandbox.store import Db
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry

Json = dict[str, Any]


@attrs.frozen(kw_only=True)
class Tapped:
    """One of these: `said`, the content of a message; `postback`; or an `event` of a `field`, shown as `text`.

    `once`: the message cannot be tapped again.
    """

    said: Json = attrs.field(factory=dict)
    postback: Json = attrs.field(factory=dict)
    event: Json = attrs.field(factory=dict)
    field: str = ""
    text: str = ""
    once: bool = False


def tapped(db: Db, customer: Customer, target: Entry | None, choice: str, answers: Json) -> Tapped:
    """Return what a tap does; raise GraphError for what cannot be tapped."""
    if target is None:
        found = _beside(profile.of(db, customer.account), choice)
    else:
        found = _quick_reply(target.content, choice, answers) or _survey(target.content, choice, answers)
        found = found or _coupon(target.content, choice) or _button(target.content, choice)
    if found is None:
        raise GraphError(100, "There is no such button.")
    return found


def buttons(content: Json) -> Iterator[tuple[str, Json]]:
    """Yield the buttons of a message with their numbers: "0", and "1.0" on a card."""
    for number, button in enumerate(content.get("shown", {}).get("buttons", [])):
        yield str(number), button
    for one in content.get("attachments", []):
        payload = one.get("payload", {})
        for number, button in enumerate(payload.get("buttons", [])):
            yield str(number), button
        for index, card in enumerate(payload.get("elements", [])):
            for number, button in enumerate(card.get("buttons", [])):
                yield f"{index}.{number}", button
            for number, picture in enumerate(card.get("images", [])):
                if picture.get("action", {}).get("type") == "postback":
                    action = picture["action"]
                    yield f"{index}.image{number}", {**action, "title": action.get("text", "")}


def _beside(known: Json, choice: str) -> Tapped | None:
    if choice == "get_started":
        start = known.get("get_started")
        return Tapped(postback={"title": "Get Started", "payload": start["payload"]}) if start else None
    for version in known.get("ice_breakers", []):
        for one in version["call_to_actions"]:
            if one["question"] == choice:
                return Tapped(postback={"title": choice, "payload": one["payload"]})
    for version in known.get("persistent_menu", []):
        for one in version["call_to_actions"]:
            if one["title"] == choice and one["type"] == "postback":
                return Tapped(postback={"title": choice, "payload": one["payload"]})
    return None


def _quick_reply(content: Json, choice: str, answers: Json) -> Tapped | None:
    for one in content.get("quick_replies", []):
        kind = one["content_type"]
        if kind == "text" and choice in (one["title"], one["payload"]):
            return Tapped(said={"text": one["title"], "quick_reply": {"payload": one["payload"]}}, once=True)
        if kind != "text" and choice == kind:
            value = str(answers.get("value") or {"user_email": "customer@example.com"}.get(kind, "+15550783881"))
            return Tapped(said={"text": value, "quick_reply": {"payload": value}}, once=True)
    return None


def _payloads(content: Json, kind: str) -> Iterator[Json]:
    for one in content.get("attachments", []):
        if one.get("payload", {}).get("template_type") == kind:
            yield one["payload"]


def _survey(content: Json, choice: str, answers: Json) -> Tapped | None:
    for payload in _payloads(content, "customer_feedback"):
        if not choice.isdecimal():
            continue
        question = payload["feedback_screens"][0]["questions"][0]
        answer: Json = {"type": question["type"], "payload": choice}
        if words := answers.get("words"):
            answer["follow_up"] = {"type": "free_form", "payload": str(words)}
        screens = [{"screen_id": 0, "questions": {question["id"]: answer}}]
        event = {"messaging_feedback": {"feedback_screens": screens}}
        return Tapped(event=event, field="messaging_feedback", text=choice, once=True)
    return None


def _coupon(content: Json, choice: str) -> Tapped | None:
    for payload in _payloads(content, "coupon"):
        if choice == "coupon" and payload.get("coupon_code"):
            told = {"type": "coupon", "payload": payload.get("payload", ""), "coupon_code": payload["coupon_code"]}
            return Tapped(event={"template": told}, field="messages", text=payload["coupon_code"], once=True)
    return None


def _button(content: Json, choice: str) -> Tapped | None:
    for name, button in buttons(content):
        kind = str(button.get("type", "")).lower()
        if kind == "postback" and choice in (name, button.get("payload")):
            title = str(button.get("title") or button.get("text", ""))
            return Tapped(postback={"title": title, "payload": button.get("payload", title)})
    return None
