"""The Graph API's way in: version, token, proof, the object that is meant, and errors in Meta's envelope."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.meta.sandbox import tokens
from connectors.meta.sandbox.errors import GraphError, trace, unknown_object
from connectors.meta.sandbox.faults import answers, calls
from connectors.meta.sandbox.settings import NEWEST, OLDEST
from connectors.meta.sandbox.signing import proof
from connectors.meta.sandbox.store import catalogue, customers, facts

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

LARGEST_BODY = 4 * 1024 * 1024
LARGEST_UPLOAD = 101 * 1024 * 1024
"""Bytes of a request; documents may have 100 MB (WA/business-phone-numbers/media, 2025-12)."""

_VERSION = re.compile(r"v(\d{1,3})\.(\d{1,2})")
_PHONE_EDGES = frozenset(
    (
        "messages",
        "media",
        "marketing_messages",
        "register",
        "block_users",
        "thread_control",
        "conversational_automation",
    )
)
_OF_WHATSAPP = frozenset(("number", "account", "media", "template"))
_BEARER = "bearer "


@attrs.frozen(kw_only=True)
class GraphCall:
    """One call: `edge` is what follows the id of the object. `params`: query, form and JSON together.

    `holder`: whose token it came with: number, page, instagram or app.
    """

    method: str
    object_id: str
    edge: str
    params: dict[str, Any] = attrs.field(repr=False)
    file: UploadFile | None = None
    url: str = ""
    holder: str = ""

    def needed(self, name: str) -> str:
        """Return a parameter that must be there, as text."""
        value = self.params.get(name)
        if not isinstance(value, str) or not value:
            raise GraphError(100, f"The parameter {name} is required.")
        return value


Handler = Callable[["Sandbox", GraphCall], Any]
"""Returns the JSON of the answer, or a whole response; raises GraphError."""

Routes = dict[tuple[str, str, str], Handler]
"""The handler of each method, kind of object and edge."""


class Graph:
    """Answers `/vNN.N/…`."""

    def __init__(self, sandbox: Sandbox, routes: Routes) -> None:
        """Answer with `routes`."""
        self._sandbox = sandbox
        self._routes = routes

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        version = f"v{OLDEST}.0"
        try:
            version, segments = _path(request.url.path)
            params, file = await _params(request)
            response = await run_in_threadpool(self._answer, request, segments, params, file)
        except GraphError as error:
            response = JSONResponse(error.envelope(), error.status)
            response.headers["www-authenticate"] = 'OAuth "Facebook Platform"' if error.code == 190 else "none"
        finally:
            await request.close()
        response.headers["facebook-api-version"] = version
        response.headers["x-fb-trace-id"] = trace()
        return response

    def _answer(
        self, request: Request, segments: list[str], params: dict[str, Any], file: UploadFile | None
    ) -> Response:
        object_id, edge = segments[0], "/".join(segments[1:])
        app_call = (object_id, edge) == (self._sandbox.settings.app_id, "subscriptions")
        try:
            who = self._trust(request, params, app_call=app_call)
        except GraphError as error:
            settings = self._sandbox.settings
            error.whatsapp = object_id in (settings.phone_number_id, settings.business_account_id)
            raise
        call = GraphCall(
            method=request.method,
            object_id=self._me(who) if object_id == "me" else object_id,
            edge=edge,
            params=params,
            file=file,
            url=_base(request),
            holder=who,
        )
        kind = self._kind(call)
        tokens.refuse_foreign(who, kind, call.object_id)
        try:
            return self._answer_call(request, call, kind)
        except GraphError as error:
            error.whatsapp = kind in _OF_WHATSAPP and who in ("number", "app")
            raise

    def _answer_call(self, request: Request, call: GraphCall, kind: str) -> Response:
        about = calls.about(self._sandbox, call, kind)
        ending = self._sandbox.faults.ends(about)
        answer = answers.around(ending, lambda: self._act(call, kind), about)
        if answer is not None and ending is None and (early := self._sandbox.faults.early(about)):
            answers.after_receipts(self._sandbox, early, about.customer)
        return answers.unread(self._sandbox, request) if answer is None else answer

    def _act(self, call: GraphCall, kind: str) -> Response:
        handler = self._routes.get((call.method, kind, call.edge))
        if handler is None:
            known = any((kind, call.edge) == route[1:] for route in self._routes)
            raise GraphError(100, f"Unsupported {call.method} request.") if known else unknown_object(call.object_id)
        if kind in ("account", "template"):
            self._sandbox.limits.manage()
        answer = handler(self._sandbox, call)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    def _kind(self, call: GraphCall) -> str:
        """Return what an id names."""
        settings, object_id = self._sandbox.settings, call.object_id
        fixed = {
            settings.phone_number_id: "number",
            settings.business_account_id: "account",
            settings.page_id: "page",
            settings.instagram_account_id: "instagram",
            settings.app_id: "app",
            "debug_token": "debug_token",
            "refresh_access_token": "refresh",
        }
        if object_id in fixed:
            return fixed[object_id]
        if call.edge in _PHONE_EDGES and call.holder == "number":
            raise GraphError(33)
        with self._sandbox.store.read() as db:
            if catalogue.file(db, object_id) is not None:
                return "media"
            if catalogue.template(db, object_id) is not None:
                return "template"
            if object_id in (facts.get(db, "personas") or {}):
                return "persona"
            if any(customers.find(db, one, object_id) for one in (settings.page_id, settings.instagram_account_id)):
                return "person"
        raise unknown_object(object_id)

    def _me(self, who: str) -> str:
        """Return the object that a token speaks for."""
        return {"page": self._sandbox.settings.page_id, "instagram": self._sandbox.settings.instagram_account_id}.get(
            who, "me"
        )

    def _trust(self, request: Request, params: dict[str, Any], *, app_call: bool) -> str:
        """Return whose token it is; raise GraphError for one that is not good."""
        settings = self._sandbox.settings
        header = request.headers.get("authorization", "")
        given = header[len(_BEARER) :] if header.lower().startswith(_BEARER) else str(params.get("access_token", ""))
        if not given:
            raise GraphError(190, "An access token is required to request this resource.")
        of_app = f"{settings.app_id}|{settings.app_secret.reveal()}"
        is_app = hmac.compare_digest(given.encode(), of_app.encode())
        who = "app" if is_app else tokens.holder(settings, given)
        if not who:
            raise GraphError(190)
        if app_call and not is_app:
            raise GraphError(15)
        if is_app:
            return who
        shown = params.get("appsecret_proof")
        if shown is None and settings.require_proof:
            raise GraphError(100, "API calls from the server require an appsecret_proof argument.")
        if shown is not None and not hmac.compare_digest(
            str(shown).encode(), proof(settings.app_secret, given).encode()
        ):
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument.")
        return who


def _path(path: str) -> tuple[str, list[str]]:
    """Return the version that answers, and the rest of the path: dead versions are answered by the oldest live one."""
    segments = [segment for segment in path.split("/") if segment]
    found = _VERSION.fullmatch(segments[0]) if segments else None
    version = OLDEST
    if found:
        if int(found[1]) > NEWEST or found[2] != "0":
            raise GraphError(2500, f"Unknown path components: /{found[0]}")
        version = max(OLDEST, int(found[1]))
        segments = segments[1:]
    if not segments:
        raise GraphError(2500)
    return f"v{version}.0", segments


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


async def _params(request: Request) -> tuple[dict[str, Any], UploadFile | None]:
    """Return query, form and JSON together, and the file of an upload."""
    params: dict[str, Any] = dict(request.query_params)
    if request.method in ("GET", "HEAD"):
        return params, None
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    declared = request.headers.get("content-length", "0")
    most = LARGEST_UPLOAD if kind == "multipart/form-data" else LARGEST_BODY
    if not declared.isdecimal() or int(declared) > most:
        raise GraphError(131053 if kind == "multipart/form-data" else 100, "The request is too large.")
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        form = await request.form(max_files=1, max_fields=50)
        file = form.get("file") or form.get("filedata")
        params |= {name: value for name, value in form.items() if isinstance(value, str)}
        return params, file if isinstance(file, UploadFile) else None
    body = await _body(request)
    if body:
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError):
            raise GraphError(100, "The body is not valid JSON.") from None
        if not isinstance(parsed, dict):
            raise GraphError(100, "The body is no JSON object.")
        params |= parsed
    return params, None


async def _body(request: Request) -> bytes:
    """Return the body; a chunked one has no length to believe, and is counted."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise GraphError(100, "The request is too large.")
    return bytes(body)
