"""One bubble of a chat, ready for the templates."""

from __future__ import annotations

from typing import Any

import attrs

from connectors.meta.sandbox.downloads import plain
from connectors.meta.sandbox.uploads import INLINE


@attrs.define(kw_only=True)
class Bubble:
    """One bubble. Empty means absent."""

    id: str
    seq: int
    mine: bool
    time: str
    iso: str
    tick: str = ""
    kind: str = ""
    text: str = ""
    header: str = ""
    footer: str = ""
    big: bool = False
    file: dict[str, Any] = attrs.field(factory=dict)
    place: dict[str, Any] = attrs.field(factory=dict)
    cards: list[dict[str, Any]] = attrs.field(factory=list)
    panels: list[dict[str, Any]] = attrs.field(factory=list)
    buttons: list[dict[str, Any]] = attrs.field(factory=list)
    rows: list[dict[str, Any]] = attrs.field(factory=list)
    rows_title: str = ""
    quote: dict[str, Any] = attrs.field(factory=dict)
    marks: list[str] = attrs.field(factory=list)
    label: str = ""
    gallery: list[dict[str, Any]] = attrs.field(factory=list)
    replies: list[dict[str, Any]] = attrs.field(factory=list)
    edited: bool = False
    chosen: bool = False
    deleted: bool = False


def file_of(kind: str, slot: dict[str, Any]) -> dict[str, Any]:
    """Return a file as the page shows it: what a browser should not show itself is a document."""
    mime = str(slot.get("mime") or slot.get("mime_type") or "")
    file_id = str(slot.get("file") or slot.get("id") or "")
    form = kind if plain(mime) in INLINE and kind != "document" else "document"
    return {
        "kind": form,
        "url": f"/sandbox/files/{file_id}",
        "name": slot.get("filename") or slot.get("name") or "",
        "mime": plain(mime),
        "voice": bool(slot.get("voice")),
        "alt": slot.get("caption") or slot.get("filename") or "",
    }
