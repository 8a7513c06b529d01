"""Fetching one file of a message, once, and letting the messages go that waited for it."""

from __future__ import annotations

import logging
from time import time
from typing import Any

from connectors_core.errors import ConnectorsError, NeedsAttention, Refused, Rejected, Retry, Unreachable
from connectors_core.gateway import Gateway
from connectors_core.http import Http
from connectors_core.media import kept_row
from connectors_core.model import Content, Media, MediaKind
from connectors_core.pipeline.people import clean
from connectors_core.store import deliveries, lanes, media

log = logging.getLogger(__name__)

GIVE_UP_AFTER = 7 * 24 * 3600.0
"""Seconds: WhatsApp keeps what a person sent for seven days (WA/business-phone-numbers/media, 2025-12)."""
MOST_FAULTS = 5
"""Attempts after which an answer that makes no sense is believed."""
LONGEST_WAIT = 600.0
"""Seconds between two attempts, at most."""


def fetch(gateway: Gateway, row: Any) -> None:
    """Fetch the file of a claimed row and store how that ended; raise only what the store raises."""
    try:
        content = _open(gateway, row)
        kept = gateway.media.folder.keep(row.name, content, gateway.media.largest)
        if row.sha256 and kept.sha256 != row.sha256:
            gateway.media.folder.remove(row.name)
            raise Unreachable(f"{row.endpoint} gave a file whose checksum is wrong")
        values = kept_row(content, kept)
        values["mime"] = row.mime if not content.mime and row.mime else values["mime"]
        values["filename"] = row.filename or values["filename"]
    except Exception as error:  # noqa: BLE001 - a defect, a full disk and a refusal all end this attempt
        values = _after(gateway, row, error)
    with gateway.store.write() as db:
        media.settle(db, row.id, values)
        if values["state"] != media.WANTED and not media.is_wanted(db, row.event_id):
            lanes.wake(db, deliveries.stop_waiting(db, row.event_id), time())
            gateway.store.announce(db)


def _open(gateway: Gateway, row: Any) -> Content:
    part = Media(
        kind=MediaKind(row.kind),
        id=row.source_id,
        url=row.source_url,
        mime=row.mime,
        sha256=row.sha256,
        name=row.filename,
    )
    return open_at(gateway, row.endpoint, part)


def open_at(gateway: Gateway, name: str, part: Media) -> Content:
    """Open a file as an endpoint can, which knows the hosts of its platform, or as anybody could."""
    endpoint = gateway.endpoints.get(name)
    if endpoint is not None and "fetch" in endpoint.verbs:
        return endpoint.fetch(part)
    if part.url:
        return Http(name, redact=gateway.redact).open(part, largest=gateway.media.largest)
    raise Rejected(f"{name} has no way to fetch a file")


def _after(gateway: Gateway, row: Any, error: Exception) -> dict[str, Any]:
    """Return what a row is to be after an attempt that failed."""
    now = time()
    text = error.text if isinstance(error, ConnectorsError) else f"fetching failed with {type(error).__name__}"
    reason = clean(gateway.redact(text))[:1000]
    faulty = not isinstance(error, Retry | NeedsAttention | OSError) and row.attempts >= MOST_FAULTS
    wait = error.after if isinstance(error, Retry) and error.after is not None else 2.0 ** min(row.attempts, 10)
    wait = min(wait, LONGEST_WAIT)
    if isinstance(error, Refused) or faulty or now + wait - row.created_at > GIVE_UP_AFTER:
        log.warning("a file of a message is given up: %s", reason)
        return {"state": media.FAILED, "due": None, "reason": reason}
    return {"state": media.WANTED, "due": now + wait, "reason": reason}
