"""The media store: files of messages in a folder, what is known of them in the store, and links that expire."""

from __future__ import annotations

import base64
import hashlib
import hmac
from time import time
from typing import Any

import attrs

from connectors_core.errors import NoCounterpart, Retry
from connectors_core.files import Folder, Kept, clean_filename, clean_mime, new_name
from connectors_core.model import Content, Media, MediaKind
from connectors_core.redact import Secret
from connectors_core.store import Store, media

COME_AGAIN = 5.0
"""Seconds after which a file that is being fetched may be asked for again."""

LINK_LIFE = 7 * 24 * 3600.0
"""Seconds that a link is good for: as long as WhatsApp itself keeps what a person sent."""


@attrs.frozen(eq=False)
class MediaStore:
    """What a gateway keeps of files. Links need `secret`, which signs them."""

    store: Store
    folder: Folder
    largest: int
    address: str
    secret: Secret | None = None

    def open(self, name: str) -> Content:
        """Return a kept file; raise NoCounterpart when there is none of this name, Retry while it is being fetched."""
        row = self.find(name)
        if row is None:
            raise NoCounterpart("the gateway keeps no such file")
        if row.state == media.WANTED:
            raise Retry(f"the file is still being fetched{f' ({row.reason})' if row.reason else ''}", after=COME_AGAIN)
        if row.state == media.FAILED:
            raise NoCounterpart(f"the file could not be had: {row.reason}")
        return Content(chunks=self.folder.read(name), mime=row.mime, name=row.filename, size=row.size)

    def find(self, name: str) -> Any:
        """Return what is known of a file, None for an unknown name."""
        with self.store.read() as db:
            return media.find(db, name)

    def keep(self, endpoint: str, content: Content, kind: MediaKind) -> Media:
        """Keep a file that somebody gave us; raise Rejected when it is larger than allowed."""
        name = new_name()
        kept = self.folder.keep(name, content, self.largest)
        row = kept_row(content, kept)
        with self.store.write() as db:
            number = next(self.store.ids(db, 1))
            media.add(
                db,
                [{"id": number, "name": name, "endpoint": endpoint, "kind": kind, "created_at": time(), **row}],
            )
        return Media(kind=kind, id=name, mime=row["mime"], size=kept.size, sha256=kept.sha256, name=row["filename"])

    def link(self, name: str) -> str:
        """Return an address for a file, for whoever cannot open it here; "" without a secret that could sign it."""
        if self.secret is None:
            return ""
        until = int(time() + LINK_LIFE)
        return f"{self.address.rstrip('/')}/media/{name}/{until}/{self._signature(name, until)}"

    def is_good(self, name: str, until: str, signature: str) -> bool:
        """Whether a link was made here and has not expired."""
        if self.secret is None or not until.isdecimal() or len(until) > 12:
            return False
        right = self._signature(name, int(until))
        return hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")) and int(until) > time()

    def _signature(self, name: str, until: int) -> str:
        assert self.secret is not None
        digest = hmac.new(self.secret.reveal().encode(), f"media\n{name}\n{until}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:24]).decode()


def kept_row(content: Content, kept: Kept) -> dict[str, Any]:
    """Return what the store is told of a file that is in the folder now."""
    return {
        "state": media.KEPT,
        "mime": clean_mime(content.mime),
        "size": kept.size,
        "sha256": kept.sha256,
        "filename": clean_filename(content.name),
        "due": None,
        "reason": "",
        "kept_at": time(),
    }
