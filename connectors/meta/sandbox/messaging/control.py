"""What people do outside the chat, and others with a thread, by HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from starlette.routing import Route

from connectors.meta.sandbox.answering import answering
from connectors.meta.sandbox.messaging import visiting
from connectors.meta.sandbox.phones import phone_of
from connectors.meta.sandbox.store import comments

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox


def _visit(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    return visiting.come(sandbox, customer_id, str(data.get("way")), str(data.get("ref", "")))


def _comments(sandbox: Sandbox, customer_id: str, _data: dict[str, Any]) -> Any:
    with sandbox.store.read() as db:
        return {"data": [attrs.asdict(one) for one in comments.of_customer(db, customer_id)]}


def _comment(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    kind = str(data.get("kind", "comment"))
    return attrs.asdict(visiting.comment(sandbox, customer_id, kind, str(data.get("text", ""))))


def _recomment(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    return attrs.asdict(
        visiting.recomment(sandbox, customer_id, str(data.get("comment")), str(data.get("text", "")).strip())
    )


def _story(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    return {"id": visiting.story(sandbox, customer_id, str(data.get("text", "")).strip()).id}


def _share(sandbox: Sandbox, customer_id: str, _data: dict[str, Any]) -> Any:
    return {"id": visiting.share(sandbox, customer_id).id}


def _who(data: dict[str, Any]) -> str:
    """Return another app by its id, or another responder of WhatsApp by its role; "" for the native inbox."""
    return str(data.get("app_id") or data.get("role") or "")


def _answer(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    answer = phone_of(sandbox, customer_id).answer
    return {"id": answer(sandbox, customer_id, str(data.get("text", "")), _who(data)).id}


def _control(sandbox: Sandbox, customer_id: str, data: dict[str, Any]) -> Any:
    metadata = str(data.get("metadata", ""))
    control = phone_of(sandbox, customer_id).control
    return control(sandbox, customer_id, str(data.get("action")), _who(data), metadata)


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes."""
    one = "/sandbox/customers/{id}"
    return [
        Route(f"{one}/visits", answering(sandbox, _visit, 201), methods=["POST"]),
        Route(f"{one}/comments", answering(sandbox, _comments), methods=["GET"]),
        Route(f"{one}/comments", answering(sandbox, _comment, 201), methods=["POST"]),
        Route(f"{one}/comments", answering(sandbox, _recomment), methods=["PATCH"]),
        Route(f"{one}/stories", answering(sandbox, _story, 201), methods=["POST"]),
        Route(f"{one}/shares", answering(sandbox, _share, 201), methods=["POST"]),
        Route(f"{one}/inbox", answering(sandbox, _answer, 201), methods=["POST"]),
        Route(f"{one}/thread", answering(sandbox, _control), methods=["POST"]),
    ]
