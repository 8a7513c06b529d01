"""Whether a token is still good: GET /debug_token (GA/reference/debug_token, 2026)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from connectors.meta.errors import explain_graph
from connectors.meta.graph import Graph
from connectors_core import ConnectorsError, Http, Secret
from connectors_core.model import Finding, wire

SOON = timedelta(days=14)
"""A token that ends within this time is worth a warning."""


def app_token(app_id: str, app_secret: Secret) -> Secret:
    """Return the token of an app itself (GA/guides/access-tokens)."""
    return Secret(f"{app_id}|{app_secret.reveal()}")


def check(http: Http, app: Graph, token: Secret, scopes: Iterable[str], app_id: str) -> Iterable[Finding]:
    """Say how long `token` lives and which of the permissions `scopes` it lacks; `app` has the token of the app."""
    call = app.call("GET", "debug_token", input_token=token.reveal())
    try:
        told = wire.obj(http.call(call, verb="check", explain=explain_graph).object(), "data")
        ends = wire.whole(told, "expires_at") or 0
        reading = wire.whole(told, "data_access_expires_at") or 0
        valid, owner = wire.flag(told, "is_valid"), wire.text(told, "app_id")
        given = {one for one in told.get("scopes") or () if isinstance(one, str)}
    except ConnectorsError as error:
        yield _finding("error", f"{error.text} (app_id and app_secret must be those of one app)")
        return
    if not valid:
        yield _finding("error", "the token is not valid any more: make a new one for the system user and put it here")
        return
    if owner and owner != app_id:
        yield _finding("error", f"the token belongs to the app {owner}, not to {app_id}: make one for this app")
    missing = sorted(set(scopes) - given)
    if missing:
        yield _finding("error", f"the token lacks {', '.join(missing)}: make a new one with these permissions")
    yield _life(ends, "the token")
    if reading:
        yield _life(reading, "its access to data")


def _life(ends: int, what: str) -> Finding:
    if not ends:
        return _finding("ok", f"{what} does not expire")
    end = datetime.fromtimestamp(ends, UTC)
    if end - datetime.now(UTC) < SOON:
        return _finding("warning", f"{what} ends on {end:%Y-%m-%d}: make a system user's token that does not expire")
    return _finding("ok", f"{what} is good until {end:%Y-%m-%d}")


def _finding(level: str, text: str) -> Finding:
    return Finding(level=level, text=text, path="access_token")
