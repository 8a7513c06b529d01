"""Files at sealed addresses: keeping them, fetching what a message links to, and answering downloads.

WhatsApp wants the token at the address, which is good for five minutes (WA/business-phone-numbers/media, 2025-12); what
a chat of Messenger or Instagram links to is open to whoever has the address.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from time import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import attrs
from starlette.responses import FileResponse

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store import catalogue
from connectors.meta.sandbox.store.catalogue import File
from connectors_core import Call
from connectors_core.model import Media, MediaKind

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox


@attrs.frozen
class Place:
    """A kind of addresses: whose, where they lie, for how many seconds one is good, and whether it needs a token."""

    product: str
    path: str
    seconds: int
    token: bool


WHATSAPP = Place("whatsapp", "lookaside/whatsapp_business/attachments/", 300, token=True)
MESSENGER = Place("messenger", "cdn/messaging/", 30 * 24 * 3600, token=False)
INSTAGRAM = Place("instagram", "lookaside/ig_messaging_cdn/", 24 * 3600, token=False)
PLACES = (WHATSAPP, MESSENGER, INSTAGRAM)


def plain(mime: str) -> str:
    """Return a type without its parameters."""
    return mime.partition(";")[0].strip().lower()


def keep(sandbox: Sandbox, chunks: Iterable[bytes], *, mime: str, name: str, most: int) -> File:
    """Keep a file; raise TooLarge above `most` bytes."""
    file = sandbox.files.keep(chunks, mime=mime or "application/octet-stream", name=name[:240], most=most)
    with sandbox.store.write() as db:
        catalogue.add_file(db, file)
    return file


def fetch(sandbox: Sandbox, link: str, kind: str, most: int) -> File:
    """Fetch a link: from this machine, where the gateway is, or from the public network; never from one between.

    Raise whatever goes wrong on the way, and TooLarge above `most` bytes.
    """
    if urlsplit(link).hostname in ("127.0.0.1", "localhost", "::1"):
        content = sandbox.http.stream(Call(method="GET", url=link, largest=most), verb="fetch a link")
    else:
        content = sandbox.http.open(Media(kind=MediaKind(kind), url=link), largest=most)
    return keep(sandbox, content.chunks, mime=content.mime, name=content.name, most=most)


def address(sandbox: Sandbox, file: File, place: Place, base: str = "") -> str:
    """Return where a file can be downloaded for a while."""
    expires = int(time()) + place.seconds
    query = urlencode({"mid": file.id, "ext": expires, "hash": _seal(sandbox, place, file.id, expires)})
    return f"{base or sandbox.url}/{place.path}?{query}"


def download(sandbox: Sandbox, place: Place, authorization: str, query: dict[str, str]) -> FileResponse:
    """Answer a download; raise GraphError."""
    token = f"Bearer {sandbox.settings.access_token.reveal()}"
    if place.token and not hmac.compare_digest(authorization.encode(), token.encode()):
        raise GraphError(190)
    file_id, expires = query.get("mid", ""), query.get("ext", "")
    good = expires.isascii() and expires.isdecimal() and int(expires) >= time()
    if not good or not hmac.compare_digest(_seal(sandbox, place, file_id, int(expires)), query.get("hash", "")):
        raise GraphError(100, "The address has expired.", subcode=33)
    with sandbox.store.read() as db:
        file = catalogue.file(db, file_id)
    if file is None:
        raise GraphError(100, "The media has been deleted.", subcode=33)
    return FileResponse(sandbox.files.path(file.id), media_type=file.mime)


def _seal(sandbox: Sandbox, place: Place, file_id: str, expires: int) -> str:
    key = sandbox.settings.app_secret.reveal().encode()
    return hmac.new(key, f"{place.path} {file_id} {expires}".encode(), hashlib.sha256).hexdigest()
