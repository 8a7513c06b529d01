"""Files on their way: up to Meta, and down from where it keeps what people send.

Sources: MP/reference/attachment-upload-api, 2026; IG/changelog, 2026-03-13. Meta's addresses of files are signed and
expire; they want no token.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import attrs

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors_core import Call, Http, Malformed, NoCounterpart, Retry
from connectors_core.model import Content, Media, wire

LARGEST = 100 * 1024 * 1024
"""Bytes of a file that comes in. Nobody says how large one may be; people send 25 MB."""


def upload(http: Http, graph: Graph, node: str, kind: str, file: Content, platform: str = "") -> str:
    """Bring a file to Meta as a `kind` of attachment and return its id there, good for 90 days.

    `platform` is named where the file is for another product than the Page's own. Nobody sees a file that is brought
    twice.
    """
    told = {"attachment": {"type": kind, "payload": {"is_reusable": True}}}
    call = Call.form(
        "POST",
        graph.address(f"{node}/message_attachments"),
        {"message": json.dumps(told, separators=(",", ":")), **({"platform": platform} if platform else {})},
        file,
        graph.headers(),
        part="filedata",
    )
    reply = http.call(attrs.evolve(call, harmless=True), verb="upload", explain=explain_messaging)
    try:
        found = wire.text(reply.object(), "attachment_id")
    except Malformed:
        found = ""
    if not found:
        raise Retry(f"{http.endpoint} uploaded a file, and Meta answered without an id; it is tried again")
    return found


def fetch(http: Http, graph: Graph, media: Media) -> Content:
    """Return the bytes of a file that a person sent; raise Rejected when its address has expired.

    It is at an address from outside, so that it passes the guard; unless that is where the Graph API itself is, which
    the settings trust.
    """
    if not media.url:
        raise NoCounterpart(f"{http.endpoint} could not fetch: Meta told no address of the file")
    # The id is Meta's, and none of the gateway's own.
    media = attrs.evolve(media, id="")
    if urlsplit(media.url).netloc != urlsplit(graph.url).netloc:
        return http.open(media, largest=LARGEST)
    found = http.stream(Call(method="GET", url=media.url, largest=LARGEST))
    return attrs.evolve(found, mime=media.mime or found.mime, name=media.name or found.name)
