"""The accounts that people have linked in the chat: MP/identity/account-linking, 2026; not in Europe and Japan."""

from __future__ import annotations

import attrs

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors_core import Http
from connectors_core.model import wire


def person_of(http: Http, graph: Graph, token: str) -> str:
    """Return the PSID that an `account_linking_token` stands for; it lives 5 minutes and is used once."""
    call = graph.call("GET", "me", fields="recipient", account_linking_token=token)
    return wire.text(http.call(call, verb="link an account", explain=explain_messaging).object(), "recipient")


def unlink(http: Http, graph: Graph, person: str) -> None:
    """Undo the link of a person; doing so again changes nothing."""
    call = graph.call("POST", "me/unlink_accounts", {"psid": person})
    http.call(attrs.evolve(call, harmless=True), verb="unlink an account", explain=explain_messaging)
