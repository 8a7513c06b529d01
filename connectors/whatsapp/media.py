"""Files on their way: up to WhatsApp and down from it, piece by piece (WA/business-phone-numbers/media, 2025-12-02)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from urllib.parse import quote

import attrs

from connectors.meta import checksums
from connectors.meta.errors import explain
from connectors.meta.errors.whatsapp import MEDIA
from connectors.meta.graph import graph
from connectors.whatsapp.outbound import LARGEST, Plan
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import Call, ConnectorsError, Http, Malformed, Reply, Retry, Unreachable
from connectors_core.model import Content, Media, wire

EXPLAIN = partial(explain, table=MEDIA)


def upload(http: Http, settings: WhatsAppSettings, file: Content, plan: Plan, name: str) -> str:
    """Bring a file to WhatsApp and return its id there, good for 30 days. Nobody sees a file that is brought twice."""
    name = name or file.name or f"file{_ENDINGS.get(plan.mime.partition(';')[0], '')}"
    call = Call.form(
        "POST",
        graph(settings).address(f"{settings.phone_number_id}/media"),
        {"messaging_product": "whatsapp", "type": plan.mime},
        attrs.evolve(file, mime=plan.mime, name=name),
        graph(settings).headers(),
    )
    reply = http.call(attrs.evolve(call, harmless=True), verb="upload", explain=EXPLAIN)
    try:
        found = wire.text(reply.object(), "id")
    except Malformed:
        found = ""
    if not found:
        raise Retry(f"{http.endpoint} uploaded a file, and WhatsApp answered without an id; it is tried again")
    return found


_ENDINGS = {
    "application/pdf": ".pdf",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "video/3gpp": ".3gp",
    "video/mp4": ".mp4",
}
"""WhatsApp compares the end of a name with the type (131053)."""


def fetch(http: Http, settings: WhatsAppSettings, media: Media) -> Content:
    """Return the bytes of a file that a person sent; raise Retry, at their end, when they are not what was announced.

    The address of a file lives 5 minutes, so it is asked for anew each time; the id lives 7 days. What has no id is
    at an address from outside, and is fetched like that.
    """
    if not media.id:
        return http.open(media, largest=LARGEST)
    ask = graph(settings).call("GET", quote(media.id, safe=""), phone_number_id=settings.phone_number_id)
    told = http.call(ask, verb="fetch", explain=EXPLAIN).object()
    size = wire.text(told, "file_size")
    load = Call(method="GET", url=wire.text(told, "url"), headers=graph(settings).headers(), largest=LARGEST)
    found = http.stream(load, verb="fetch", explain=_explain_download)
    digest = checksums.sha256(told, "sha256") or media.sha256
    announced = int(size) if size.isdecimal() and len(size) < 15 else None
    where = f"{http.endpoint} could not fetch: the file"
    return Content(
        chunks=_checked(found.chunks, announced, digest, where),
        mime=wire.text(told, "mime_type") or media.mime or found.mime,
        name=media.name,
        size=announced if announced is not None else found.size,
    )


def _explain_download(reply: Reply) -> ConnectorsError | None:
    """Read the refusal of a download: the address may just have expired, and the token was good a moment ago."""
    if reply.status in (401, 403, 404, 410):
        return Unreachable(f"{reply.status}: the address of the file is not good any more; a new one is asked for")
    return None


def _checked(chunks: Iterable[bytes], size: int | None, digest: str, where: str) -> Iterator[bytes]:
    """Pass pieces on, and compare them at their end with what was announced."""
    found, count = hashlib.sha256(), 0
    for chunk in chunks:
        found.update(chunk)
        count += len(chunk)
        yield chunk
    if size is not None and count != size:
        raise Retry(f"{where} has {count} bytes instead of {size}; it is tried again")
    if digest and found.hexdigest() != digest:
        raise Retry(f"{where} does not have the checksum that was announced; it is tried again")
