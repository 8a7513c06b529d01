"""What a CRM may ask before it writes: whether it may, until when, and with which templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors_core.errors import Malformed, NoCounterpart
from connectors_core.gateway import Gateway
from connectors_core.model import ConversationRef, TemplateInfo, Verdict
from connectors_core.operating import explaining
from connectors_core.store import is_unavailable
from connectors_core.web.problems import UNAVAILABLE, Callers, Problem


class Advice:
    """Answers `/api/v1/verdict` and `/api/v1/templates`; `endpoint`, `account` and `id` name the conversation."""

    def __init__(self, gateway: Gateway, callers: Callers) -> None:
        """Know who may ask."""
        self._gateway = gateway
        self._callers = callers

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            Route("/api/v1/verdict", self._answer(self._verdict), methods=["GET"]),
            Route("/api/v1/templates", self._answer(self._templates), methods=["GET"]),
        ]

    def _answer(self, look: Callable[[ConversationRef], Any]) -> Any:
        async def answer(request: HttpRequest) -> Response:
            try:
                ref = self._conversation(self._callers.speaker(request), request)
                return JSONResponse(await run_in_threadpool(look, ref))
            except Problem as problem:
                return problem.response()
            except NoCounterpart as error:
                return Problem(404, error.text).response()
            except Exception as error:
                if is_unavailable(error):
                    return Problem(503, UNAVAILABLE).response()
                raise

        return answer

    def _conversation(self, speaker: str, request: HttpRequest) -> ConversationRef:
        """Return the conversation that is asked about; one of the caller's own, or of an endpoint routed to it."""
        given = request.query_params
        endpoint = given.get("endpoint") or speaker
        if endpoint not in self._gateway.endpoints or (
            endpoint != speaker and self._gateway.router.between(speaker, endpoint) is None
        ):
            raise Problem(404, f"no route joins {speaker} and an endpoint of this name")
        account = given.get("account") or self._gateway.settings.endpoints[endpoint].account or endpoint
        try:
            return ConversationRef(endpoint=endpoint, account=account, id=given.get("id", ""))
        except Malformed:
            raise Problem(400, "name the conversation by its id") from None

    def _verdict(self, ref: ConversationRef) -> dict[str, Any]:
        return verdict_json(explaining.explain(self._gateway, ref))

    def _templates(self, ref: ConversationRef) -> dict[str, Any]:
        return {"templates": [_template(one) for one in explaining.templates_for(self._gateway, ref)]}


def verdict_json(found: Verdict) -> dict[str, Any]:
    """Return a verdict as the API writes it."""
    return {
        "decision": found.decision,
        "rule": found.rule,
        "reason": found.reason,
        "deadline": found.deadline.isoformat() if found.deadline else None,
        "alternatives": list(found.alternatives),
        "source": found.source,
    }


def _template(info: TemplateInfo) -> dict[str, Any]:
    slots = [{"key": one.key, "kind": one.kind, "label": one.label, "example": one.example} for one in info.slots]
    return {
        "name": info.name,
        "language": info.language,
        "usable": info.usable,
        "reason": info.reason,
        "category": info.category,
        "body": info.body,
        "slots": slots,
    }
