"""Files of messages: brought before (`/message_attachments`), or fetched from the address that a message names.

Source: MP/reference/attachment-upload-api (2026): an id is good for 90 days.
"""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox import downloads
from connectors.meta.sandbox.files import TooLarge
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.messaging import people
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.messaging.errors import Refusal
from connectors.meta.sandbox.messaging.validate.content import check_attachment
from connectors.meta.sandbox.messaging.window import DAY
from connectors.meta.sandbox.store import catalogue
from connectors.meta.sandbox.store.catalogue import File

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

KEPT_SECONDS = 90 * DAY
MEDIA_KINDS = {"file": "document"}
"""What is called otherwise elsewhere."""

Json = dict[str, Any]


def resolve(sandbox: Sandbox, channel: Channel, one: Json) -> Json:
    """Return an attachment with its file found; raise Refusal when that fails."""
    kind = channel.attachments.get(one["type"])
    if kind is None:
        return _template(sandbox, one) if one["type"] == "template" else one
    payload = one["payload"]
    if attachment_id := payload.get("attachment_id"):
        file = _known(sandbox, str(attachment_id))
    else:
        file = _fetched(sandbox, channel, one["type"], payload["url"])
    _check(channel, one["type"], file)
    return {"type": one["type"], "payload": {**payload, "file": file.id, "mime": file.mime, "name": file.name}}


def _known(sandbox: Sandbox, attachment_id: str) -> File:
    with sandbox.store.read() as db:
        file = catalogue.file(db, attachment_id)
    if file is None or file.at + KEPT_SECONDS < time():
        raise Refusal("not your attachment")
    return file


def _fetched(sandbox: Sandbox, channel: Channel, kind: str, url: str) -> File:
    try:
        return downloads.fetch(sandbox, url, MEDIA_KINDS.get(kind, kind), channel.attachments[kind].largest)
    except TooLarge:
        raise Refusal("too large") from None
    except Exception:  # noqa: BLE001 - whatever is wrong with an address, the message is refused for this reason
        raise Refusal("not fetched") from None


def _check(channel: Channel, kind: str, file: File) -> None:
    allowed = channel.attachments[kind]
    if not downloads.plain(file.mime).startswith(allowed.types):
        raise Refusal("wrong type")
    if file.size > allowed.largest:
        raise Refusal("too large")


def _template(sandbox: Sandbox, one: Json) -> Json:
    """Return a template with the pictures that could be fetched; one that could not is none that fails it."""
    payload: Json = one["payload"]
    found: dict[str, str] = {}
    rows = [row for row in payload.get("elements", []) if isinstance(row, dict)]
    links = [payload.get("image_url"), *(row.get("image_url") for row in rows)]
    links += [picture.get("url") for row in rows for picture in row.get("images", [])]
    for link in {str(link) for link in links if link}:
        try:
            found[link] = downloads.fetch(sandbox, link, "image", 8 * 1024 * 1024).id
        except Exception:  # noqa: BLE001, S112 - Meta shows a card without its picture then
            continue
    for row in rows:
        if attachment_id := row.get("attachment_id"):
            found[str(attachment_id)] = _known(sandbox, str(attachment_id)).id
    return {"type": "template", "payload": {**payload, "pictures": found}}


def _upload(sandbox: Sandbox, call: GraphCall) -> Any:
    """Keep a file: as multipart `filedata`, or from an address; `platform=instagram` on a page's edge."""
    asked = people.asked(call)
    of_page = call.object_id == sandbox.settings.page_id
    name = "messenger" if of_page and asked.data.get("platform") != "instagram" else "instagram"
    channel = sandbox.channels[name]
    given = asked.object("message").object("attachment")
    if call.file is None:
        check_attachment(channel, given, bare=True)
        found = resolve(sandbox, channel, given.data)
        return {"attachment_id": found["payload"]["file"]}
    kind = given.choice("type", tuple(channel.attachments))
    source, mime = call.file.file, str(call.file.content_type or "")
    chunks = iter(lambda: source.read(64 * 1024), b"")
    try:
        most = channel.attachments[kind].largest
        file = downloads.keep(sandbox, chunks, mime=mime, name=call.file.filename or "", most=most)
    except TooLarge:
        raise Refusal("too large") from None
    _check(channel, kind, file)
    return {"attachment_id": file.id}


def attached(content: Json) -> str:
    """Return the id under which an attachment may be sent again, "" when it may not; raise nothing."""
    for one in content.get("attachments", []):
        payload = one.get("payload", {})
        if payload.get("is_reusable"):
            return str(payload["file"])
    return ""


ROUTES: Routes = {
    ("POST", "page", "message_attachments"): _upload,
    ("POST", "instagram", "message_attachments"): _upload,
}
