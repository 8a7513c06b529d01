"""A small authorization server on loopback: OAuth 2 by code, with PKCE, strict about everything."""

import base64
import hashlib
import threading
from secrets import token_urlsafe
from urllib.parse import parse_qs, unquote, urlencode

from gateways import wait_until
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from connectors_core.web.server import server


class Authorizer:
    """Whoever comes is logged in; `refuses` sends them back with an error, `token` is what `/token` answers instead."""

    def __init__(self, back, client="gate&way", secret="secret-of-the-client"):
        """Begin without grants. `back`: the one address that is registered."""
        self.back, self.client, self.secret = back, client, secret
        self.refuses = False
        self.answer = None
        self.asked = []
        self.codes = {}
        self.tokens = []
        routes = [Route("/authorize", self._authorize), Route("/token", self._token, methods=["POST"])]
        self._web = server(Starlette(routes=routes, lifespan=None), "127.0.0.1", 0)
        self._thread = threading.Thread(target=self._web.run)
        self._thread.start()
        wait_until(lambda: self._web.started)
        self.url = f"http://127.0.0.1:{self._web.servers[0].sockets[0].getsockname()[1]}"

    def close(self):
        """Stop."""
        self._web.should_exit = True
        self._thread.join(20)

    async def _authorize(self, request: Request):
        asked = dict(request.query_params)
        self.asked.append(asked)
        good = asked.get("client_id") == self.client and asked.get("redirect_uri") == self.back
        good = good and asked.get("response_type") == "code" and asked.get("code_challenge_method") == "S256"
        if not good or len(asked.get("code_challenge", "")) != 43 or len(asked.get("state", "")) < 22:
            return JSONResponse({"error": "invalid_request"}, 400)
        if self.refuses:
            told = {"error": "access_denied", "error_description": "<b>no</b>", "state": asked["state"]}
        else:
            code = token_urlsafe(16)
            self.codes[code] = asked["code_challenge"]
            told = {"code": code, "state": asked["state"]}
        return RedirectResponse(f"{self.back}?{urlencode(told)}", 302)

    async def _token(self, request: Request):
        form = {key: value[0] for key, value in parse_qs((await request.body()).decode()).items()}
        if not self._is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        challenge = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        made = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        good = form.get("grant_type") == "authorization_code" and form.get("redirect_uri") == self.back
        if challenge is None or made != challenge or not good:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.answer is not None:
            return self.answer
        self.tokens.append(token_urlsafe(16))
        return JSONResponse({"access_token": self.tokens[-1], "token_type": "Bearer", "scope": "openid"})

    def _is_client(self, request, form):
        if self.secret is None:
            return form.get("client_id") == self.client and "authorization" not in request.headers
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        name, _, secret = base64.b64decode(given).decode().partition(":")
        return scheme == "Basic" and (unquote(name), unquote(secret)) == (self.client, self.secret)
