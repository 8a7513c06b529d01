"""Files that people sent (Bot API 10.3, getFile): their address holds the token, so nobody but us may have it."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from connectors_core import Call, Http, Rejected
from connectors_core.model import Content, Media, wire
from connectors_telegram import bot
from connectors_telegram.errors import explain_download, named
from connectors_telegram.settings import TelegramSettings

LARGEST = 20 * 1024 * 1024
"""Bytes that a bot may fetch (Bot API 10.3, getFile)."""


def fetch(http: Http, settings: TelegramSettings, media: Media) -> Content:
    """Return the bytes of a file. Its address lives an hour, so it is asked for each time; its id lives for ever."""
    if not media.id:
        return http.open(media, largest=LARGEST)
    told = bot.told(http, bot.method(settings, "getFile", {"file_id": media.id}, harmless=True), "fetch")
    with named(http.endpoint, "fetch"):
        path, size = wire.text(told, "file_path"), wire.whole(told, "file_size")
    if not path or path.startswith("/"):
        # A Bot API server of one's own that was started with --local names a file of its machine.
        raise Rejected(f"{http.endpoint} could not fetch: the Bot API gave no address for the file")
    call = Call(method="GET", url=settings.file_address(quote(path)), largest=LARGEST)
    found = http.stream(call, verb="fetch", explain=explain_download)
    return Content(
        chunks=found.chunks,
        mime=media.mime or found.mime,
        name=media.name or PurePosixPath(path).name,
        size=found.size if found.size is not None else size,
    )
