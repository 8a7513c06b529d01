"""`/debug_token` and `/refresh_access_token` (GA/guides/debugging; IP/instagram-api-with-instagram-login, 2026)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.tokens import SCOPES, holder

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

REFRESHED_SECONDS = 60 * 24 * 3600
"""How long a token of Instagram Login lives after it was refreshed (IP, 2026)."""


def _debug(sandbox: Sandbox, call: GraphCall) -> Any:
    """Tell what a token is good for."""
    settings, who = sandbox.settings, holder(sandbox.settings, call.needed("input_token"))
    if not who or sandbox.faults.always("token_revoked"):
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    own = {
        "number": settings.business_account_id,
        "page": settings.page_id,
        "instagram": settings.instagram_account_id,
    }[who]
    data = {
        "app_id": settings.app_id,
        "type": {"number": "SYSTEM_USER", "page": "PAGE", "instagram": "USER"}[who],
        "application": "Sandbox",
        "data_access_expires_at": 0,
        "expires_at": 0,
        "is_valid": True,
        "scopes": list(SCOPES[who]),
        "granular_scopes": [{"scope": one, "target_ids": [own]} for one in SCOPES[who] if one != "public_profile"],
        "user_id": "122100000000000001",
    }
    return {"data": {**data, "profile_id": own} if who == "page" else data}


def _refresh(_sandbox: Sandbox, call: GraphCall) -> Any:
    """Prolong a token of Instagram Login; the sandbox gives the same one back."""
    if call.holder != "instagram" or call.params.get("grant_type") != "ig_refresh_token":
        raise GraphError(100, "The parameter grant_type is ig_refresh_token, with a token of Instagram Login.")
    return {"access_token": call.params.get("access_token"), "token_type": "bearer", "expires_in": REFRESHED_SECONDS}


ROUTES: Routes = {("GET", "debug_token", ""): _debug, ("GET", "refresh", ""): _refresh}
