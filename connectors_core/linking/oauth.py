"""A log-in at the CRM's authorization server: by authorization code, with PKCE (RFC 6749, 7636, 9700)."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote, urlsplit

from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient
from oauthlib.oauth2.rfc6749.parameters import parse_token_response, prepare_token_request

from connectors_core.errors import ConnectorsError, Rejected
from connectors_core.gateway import Gateway
from connectors_core.http import Call, Http, Reply
from connectors_core.login import Login
from connectors_core.model import Grant

BACK = "/link/back"
"""Where people come back to. One address for all: authorization servers compare it exactly (RFC 9700, 2.1)."""


def redirect_uri(gateway: Gateway) -> str:
    """Return the address that is registered at the authorization server."""
    return f"{gateway.settings.gateway.public_url.rstrip('/')}{BACK}"


def authorize(login: Login, back: str, state: str, verifier: str) -> str:
    """Return where a person is sent to log in."""
    challenge = WebApplicationClient(login.client_id).create_code_challenge(verifier, "S256")
    asked = {
        "response_type": "code",
        "client_id": login.client_id,
        "redirect_uri": back,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    asked |= {"scope": login.scope} if login.scope else {}
    found: str = add_params_to_uri(login.authorize_url, list(asked.items()))
    return found


def redeem(gateway: Gateway, endpoint: str, login: Login, code: str, verifier: str) -> Grant:
    """Change the code of a log-in for its grant; raise the errors of a call, Rejected for what is no grant."""
    http = Http(
        endpoint,
        hosts=frozenset({urlsplit(login.token_url).hostname or ""}),
        timeout=(5.0, 10.0),
        redact=gateway.redact,
    )
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    public = login.client_secret is None
    body = prepare_token_request(
        "authorization_code",
        code=code,
        redirect_uri=redirect_uri(gateway),
        client_id=login.client_id,
        include_client_id=public,
        code_verifier=verifier,
    )
    if login.client_secret is not None:
        pair = f"{quote(login.client_id, safe='')}:{quote(login.client_secret.reveal(), safe='')}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    call = Call(method="POST", url=login.token_url, headers=headers, body=body.encode())
    reply = http.call(call, verb="finish a log-in", explain=_explain)
    return _grant(endpoint, reply)


def _grant(endpoint: str, reply: Reply) -> Grant:
    try:
        found: Any = parse_token_response(reply.body.decode())
        token, kind, scope = found["access_token"], str(found.get("token_type", "bearer")), found.get("scope") or ()
    except (OAuth2Error, Warning, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Rejected(
            f"{endpoint} could not finish a log-in: the answer is no grant ({type(error).__name__})"
        ) from None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or kind.lower() != "bearer":
        raise Rejected(f"{endpoint} could not finish a log-in: the answer has no bearer token")
    return Grant(token=token, scope=" ".join(scope))


def _explain(reply: Reply) -> ConnectorsError | None:
    """Return what a server means that gives no grant: the log-in failed, whatever the reason (RFC 6749, 5.2)."""
    if reply.status not in (400, 401, 403):
        return None
    try:
        name = reply.object().get("error", "")
    except ConnectorsError:
        name = ""
    word = name if isinstance(name, str) and name.replace("_", "").isalpha() and len(name) < 40 else "no"
    return Rejected(f"{word}; look at client_id, client_secret and the address to come back to", code=word)
