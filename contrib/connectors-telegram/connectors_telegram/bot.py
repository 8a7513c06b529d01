"""Calls to the Bot API, and what they answer (Bot API 10.3, "Making requests")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from connectors_core import Call, Http, Malformed, Uncertain, Unreachable
from connectors_core.model import Content
from connectors_core.model.wire import Json
from connectors_telegram.errors import explain
from connectors_telegram.settings import TelegramSettings


def method(settings: TelegramSettings, name: str, fields: Mapping[str, object], *, harmless: bool = False) -> Call:
    """Return the call of a method; `harmless`: calling it twice is calling it once."""
    return attrs.evolve(Call.json("POST", settings.address(name), fields), harmless=harmless)


def upload(settings: TelegramSettings, name: str, fields: Mapping[str, object], file: Content, part: str) -> Call:
    """Return the call of a method with a file in the field `part`; in a form, what is no text is JSON."""
    texts = {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for key, value in fields.items()
    }
    return Call.form("POST", settings.address(name), texts, file, part=part)


def ask(http: Http, call: Call, verb: str) -> Any:
    """Make a call and return its `result`; raise Uncertain when it may have worked and nobody can say."""
    # An answer like {"ok": true, "result": {"message_id": 7, "chat": {"id": 5}, "date": 1767225600}}
    reply = http.call(call, verb=verb, explain=explain)
    try:
        answer = reply.object()
    except Malformed:
        answer = {}
    if answer.get("ok") is True and "result" in answer:
        return answer["result"]
    text = f"{http.endpoint} could not {verb}: the Bot API gave an answer that cannot be read"
    raise Unreachable(text) if call.repeatable else Uncertain(text)


def told(http: Http, call: Call, verb: str) -> Json:
    """Make a call and return its `result`, which must be an object; raise Malformed otherwise."""
    found = ask(http, call, verb)
    if not isinstance(found, dict):
        raise Malformed(f"{http.endpoint} could not {verb}: the Bot API gave no object")
    return found


def dumps(value: object) -> bytes:
    """Return JSON as bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
