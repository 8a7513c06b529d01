"""What is attached to a message, as parts; what is not read is kept whole as `Unsupported`."""

from __future__ import annotations

from collections.abc import Callable

from connectors.meta.messaging.inbound import templates
from connectors_core.model import Location, Media, MediaKind, Part, Post, Story, Unsupported, wire
from connectors_core.model.wire import Json

_KINDS = {
    "image": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "file": MediaKind.DOCUMENT,
    "sticker": MediaKind.STICKER,
}

_POSTS = {"post": "post", "ig_post": "post", "share": "post", "reel": "reel", "ig_reel": "reel"}
_POST_IDS = ("ig_post_media_id", "reel_video_id", "id")


def parts(data: Json) -> list[Part]:
    """Return a part for each attachment of a message; what came twice in a time of transition comes once.

    A sticker had a copy of the type image beside it until 2026-08-30 (MP/changelog), a post of Instagram one of the
    type share until 2026-04-27 (IG/changelog).
    """
    given = wire.items(data, "attachments")
    kinds = {wire.text(one, "type") for one in given}
    stickers = {_place(one) for one in given if one.get("type") == "sticker"}
    found = []
    for one in given:
        kind = wire.text(one, "type") or "unknown"
        copy = kind == "image" and _place(one) in stickers
        if copy or (kind == "share" and kinds & {"ig_post", "ig_reel"}):
            continue
        found.append(_part(kind, one))
    return found


def sticker(data: Json) -> str:
    """Return the platform's number of the sticker that a message is, "" when it is none."""
    found = (wire.text(wire.obj(one, "payload"), "sticker_id") for one in wire.items(data, "attachments"))
    return next((one for one in found if one), "")


def _place(one: Json) -> str:
    """Return the address of a file without what signs it."""
    return wire.text(wire.obj(one, "payload"), "url").partition("?")[0]


def _part(kind: str, one: Json) -> Part:
    payload = wire.obj(one, "payload")
    if kind == "template":
        return templates.part(payload, one)
    if kind == "image" and "sticker_id" in payload:
        kind = "sticker"
    if kind in _KINDS:
        return _media(kind, payload, one)
    read = _READERS.get(kind)
    return read(kind, payload, one) if read is not None else Unsupported(kind=kind, raw=one)


def _media(kind: str, payload: Json, one: Json) -> Part:
    # as in {"type": "image", "payload": {"url": "https://..."}}; what may be seen once has no address
    url = wire.text(payload, "url")
    if not url:
        return Unsupported(kind=kind, raw=one)
    name = wire.text(payload, "title") if kind == "file" else ""
    return Media(kind=_KINDS[kind], url=url, name=name)


def _post(kind: str, payload: Json, _one: Json) -> Part:
    # as in {"type": "ig_post", "payload": {"ig_post_media_id": "179", "title": "Summer", "url": "https://..."}}
    name = next((found for key in _POST_IDS if (found := wire.text(payload, key))), "")
    return Post(kind=_POSTS[kind], id=name, url=wire.text(payload, "url"), title=wire.text(payload, "title"))


def _link(_kind: str, payload: Json, one: Json) -> Part:
    # as in {"type": "fallback", "payload": {"url": "https://...", "title": "..."}}, or both beside a null payload
    url = wire.text(payload, "url") or wire.text(one, "url")
    title = wire.text(payload, "title") or wire.text(one, "title")
    return Post(kind="link", url=url, title=title) if url or title else Unsupported(kind="fallback", raw=one)


def _location(kind: str, payload: Json, one: Json) -> Part:
    # as in {"type": "location", "payload": {"coordinates": {"lat": 37.44, "long": -122.16}}}, from apps of before 2020
    place = wire.obj(payload, "coordinates")
    if not place:
        return Unsupported(kind=kind, raw=one)
    return Location(
        latitude=wire.number(place, "lat"),
        longitude=wire.number(place, "long"),
        name=wire.text(one, "title"),
        url=wire.text(one, "url"),
    )


def _mention(_kind: str, payload: Json, _one: Json) -> Part:
    # as in {"type": "story_mention", "payload": {"url": "https://..."}}; the picture must not be kept (IG/webhook)
    return Story(kind="mention", id=wire.text(payload, "id"), url=wire.text(payload, "url"))


_READERS: dict[str, Callable[[str, Json, Json], Part]] = {
    **dict.fromkeys(_POSTS, _post),
    "fallback": _link,
    "location": _location,
    "story_mention": _mention,
}
