"""The HTTP API: what a CRM tells the gateway. Every call is journaled as if a provider had pushed it."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors_core.errors import Malformed
from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.model import Event, Message, parse_json
from connectors_core.model.refs import clean_id
from connectors_core.operating import explaining
from connectors_core.pipeline.people import ref_keys
from connectors_core.pipeline.reading import dump
from connectors_core.pipeline.receipts import short
from connectors_core.policy.state import openings_of
from connectors_core.store import api_keys, events, is_unavailable, journal, people
from connectors_core.web.api_advice import Advice, verdict_json
from connectors_core.web.api_events import make_event, refuse_bad_parts, refuse_unrouted
from connectors_core.web.api_media import Files
from connectors_core.web.limits import TooLarge, TooSlow, read_body
from connectors_core.web.openapi import describe
from connectors_core.web.problems import UNAVAILABLE, Callers, Problem
from connectors_core.web.schemas import BODIES, BadBody, load
from connectors_core.web.status import message_status

LARGEST_BODY = 512 * 1024
"""Bytes. A message of 100,000 characters fits in every script."""

DEEPEST_BODY = 50
"""Levels of objects and lists in one body."""


class Api:
    """Answers under `/api/v1`. A bearer token says which endpoint speaks."""

    def __init__(self, gateway: Gateway) -> None:
        """Know the tokens."""
        self._gateway = gateway
        self._callers = Callers(gateway.settings)

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            Route("/api/v1/openapi.json", self._describe, methods=["GET"]),
            Route("/api/v1/messages/{id:path}", self._status, methods=["GET"]),
            *(Route(f"/api/v1/{noun}", self._taker(noun), methods=["POST"]) for noun in BODIES),
            *Advice(self._gateway, self._callers).routes(),
            *Files(self._gateway, self._callers).routes(),
        ]

    async def _describe(self, _request: HttpRequest) -> Response:
        return JSONResponse(describe(self._gateway.settings.gateway.public_url))

    def _taker(self, noun: str) -> Any:
        async def take(request: HttpRequest) -> Response:
            try:
                endpoint = self._callers.speaker(request)
                raw = await read_body(request, LARGEST_BODY, self._gateway.settings.gateway.body_timeout)
                key = request.headers.get("idempotency-key", "")
                status, content = await run_in_threadpool(self._take, noun, endpoint, raw, key)
            except Problem as problem:
                return problem.response()
            except TooLarge as error:
                return Problem(413, error.text).response()
            except TooSlow as error:
                return Problem(408, error.text).response()
            return JSONResponse(content, status)

        return take

    def _take(self, noun: str, endpoint: str, raw: bytes, key: str) -> tuple[int, dict[str, Any]]:
        if len(key) > 255 or not key.isprintable():
            raise Problem(400, "an Idempotency-Key has 1 to 255 printable characters")
        body = _checked(noun, raw)
        try:
            event = make_event(self._gateway, noun, endpoint, body, body.get("id") or str(uuid4()))
        except Malformed as error:
            raise Problem(422, "the body is not as it should be", errors=refuse_bad_parts(error)) from None
        # Without a key of its own, an id is one: the same id twice is the same message.
        keys = [one for one in (key, f"{noun}:{event.id}" if "id" in body or not key else "") if one]
        digest = hashlib.sha256(noun.encode() + b"\n" + raw).hexdigest()
        try:
            with self._gateway.store.write() as db:
                names = ref_keys(people.CONVERSATION, event.conversation) if event.conversation else []
                refusal = refuse_unrouted(self._gateway, event, bool(people.find_links(db, names)))
                if refusal:
                    raise Problem(409, refusal)
                held = [api_keys.take(db, endpoint, one, digest, event.id) for one in keys]
                if any(row.digest != digest for row in held):
                    raise Problem(422, "this Idempotency-Key, or this id, was used for another request")
                before = next((row for row in held if row.journal_id is not None), None)
                if before is not None:
                    return 200, {"id": before.external_id, "repeated": True}
                self._refuse_forbidden(db, event, names)
                arrival = journal.Arrival(source=endpoint, endpoint=endpoint, kind=journal.API, body=dump([event]))
                number = journal.append_one(db, arrival, PROGRAM)
                for row in held:
                    api_keys.stored(db, row, number)
                self._gateway.store.announce(db)
        except Exception as error:
            if is_unavailable(error):
                raise Problem(503, "the store cannot be used now; send it again") from None
            raise
        return 202, {"id": event.id, "repeated": False}

    def _refuse_forbidden(self, db: Any, event: Event, names: list[people.Key]) -> None:
        """Raise a Problem for a message that the channel's rules forbid now."""
        if not isinstance(event, Message) or event.conversation is None:
            return
        rows = people.conversations_by_id(db, people.find_links(db, names).values())
        home = next(iter(rows.values()), None)
        channel = home.endpoint if home is not None else event.conversation.endpoint
        if channel == event.endpoint:
            return
        opened = openings_of(db, [home], self._gateway.endpoints)[home.id] if home is not None else {}
        for part in event.parts:
            found = explaining.verdict_at(self._gateway, channel, part, opened, event.origin)
            if not found.allowed:
                raise Problem(409, found.reason, verdict=verdict_json(found))

    async def _status(self, request: HttpRequest) -> Response:
        try:
            endpoint = self._callers.speaker(request)
            found = await run_in_threadpool(self._look_up, endpoint, request.path_params["id"])
        except Problem as problem:
            return problem.response()
        except Exception as error:
            if is_unavailable(error):
                return Problem(503, UNAVAILABLE).response()
            raise
        return JSONResponse(found)

    def _look_up(self, endpoint: str, external_id: str) -> dict[str, Any]:
        try:
            external_id = clean_id(external_id)
        except Malformed:
            raise Problem(404, "there is no such message of this endpoint") from None
        with self._gateway.store.read() as db:
            once = short(f"message:{external_id}")
            event_id = events.known(db, [(endpoint, once)]).get((endpoint, once))
            if event_id is not None:
                return message_status(db, event_id)
            if api_keys.is_pending(db, endpoint, external_id):
                return {"id": external_id, "status": None, "deliveries": [], "queued": True}
        raise Problem(404, "there is no such message of this endpoint")


def _is_flat(value: Any, most: int) -> bool:
    """Whether JSON has at most so many levels: what comes later takes each of them by a call of its own."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most > 0 and all(_is_flat(one, most - 1) for one in inner)


def _checked(noun: str, raw: bytes) -> dict[str, Any]:
    try:
        parsed = parse_json(raw)
    except Malformed as error:
        raise Problem(400, error.text) from None
    if not isinstance(parsed, dict):
        raise Problem(400, "the body is not a JSON object")
    if not _is_flat(parsed, DEEPEST_BODY):
        raise Problem(400, "the body is nested too deeply")
    try:
        return load(noun, parsed)
    except BadBody as error:
        raise Problem(422, error.text, errors=error.errors) from None
