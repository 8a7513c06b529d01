"""The accounts that people have linked in the chat: MP/identity/account-linking, 2026; not in Europe and Japan."""

from __future__ import annotations

from urllib.parse import urlsplit

import attrs

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors_core import Http, NotSupported, Rejected
from connectors_core.model import Link, LinkStatus, wire

HOSTS = ("facebook.com", "messenger.com")
"""Where people are sent back to after they have logged in, at these hosts and below them."""


def person_of(http: Http, graph: Graph, token: str) -> str:
    """Return the PSID that an `account_linking_token` stands for; it lives 5 minutes and is used once."""
    call = graph.call("GET", "me", fields="recipient", account_linking_token=token)
    return wire.text(http.call(call, verb="link an account", explain=explain_messaging).object(), "recipient")


def refuse_elsewhere(endpoint: str, back: str, graph_url: str) -> None:
    """Raise Rejected for an address that is not Meta's, nor that of the stand-in which the settings name for it."""
    try:
        given, own = urlsplit(back), urlsplit(graph_url)
        host, port = given.hostname or "", given.port
    except ValueError:
        host, port, given, own = "", None, urlsplit(""), urlsplit("")
    is_meta = any(host == one or host.endswith(f".{one}") for one in HOSTS)
    if given.scheme == "https" and is_meta and port in (None, 443) and "@" not in given.netloc and "\\" not in back:
        return
    if own.scheme == "http" and given.scheme == "http" and given.netloc == own.netloc and "\\" not in back:
        return  # settings allow http to this machine alone
    raise Rejected(f"{endpoint} sends people back from a log-in to Meta's own pages alone, and this is elsewhere")


def hear(http: Http, graph: Graph, link: Link) -> None:
    """Take back at Meta what was taken back here; what was linked here, Meta knows by then."""
    if link.status is LinkStatus.WANTED or link.other is not None:
        raise NotSupported(f"{http.endpoint} makes nobody and merges nobody: people write first")
    if link.status is LinkStatus.UNLINKED and link.reason == "login" and link.conversation is not None:
        unlink(http, graph, link.conversation.id)


def unlink(http: Http, graph: Graph, person: str) -> None:
    """Undo the link of a person; doing so again changes nothing."""
    call = graph.call("POST", "me/unlink_accounts", {"psid": person})
    http.call(attrs.evolve(call, harmless=True), verb="unlink an account", explain=explain_messaging)
