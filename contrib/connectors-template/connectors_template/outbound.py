"""Events as calls, and what the answers mean: pure."""

from typing import Any

from connectors_core import Call, ConnectorsError, NotSupported, Rejected, Reply, model

LONGEST_TEXT = 1000
"""Characters."""


def send(settings: dict[str, Any], message: model.Message, key: str) -> Call:
    """Return the call that sends a message; raise NotSupported for what cannot be said there."""
    match message:
        case model.Message(parts=(model.Text(body=body),), conversation=model.ConversationRef(id=person)):
            return _call(settings, "POST", "messages", {"to": person, "text": body, "reference": key})
    raise NotSupported("it carries one text in a message, to a person who has written")


def explain(reply: Reply) -> ConnectorsError | None:
    """Return what an error of this API means; None for what its status says well enough."""
    # {"error": "blocked"}
    if reply.status == 400 and reply.object().get("error") == "blocked":
        return Rejected("the person does not want messages any more", code="blocked")
    return None


def check(settings: dict[str, Any]) -> Call:
    """Return a call that needs the token and changes nothing."""
    return _call(settings, "GET", "me")


def _call(settings: dict[str, Any], method: str, path: str, content: object = None) -> Call:
    headers = {"authorization": f"Bearer {settings['token'].reveal()}"}
    return Call.json(method, f"{settings['url']}/{path}", content, headers)
