"""Files: what customers send becomes an attachment of the opportunity, what agents name in the chat is fetched."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from time import time

from connectors.tryton.outbound.rest import LARGEST_FILE, Json, Rest
from connectors.tryton.outbound.words import file_name
from connectors_core import NoCounterpart, Rejected, Retry
from connectors_core.model import Content, Media, Message

_MODEL = "ir.attachment"
_VERB = "attach a file"
_COME_AGAIN = 5.0
"""Seconds after which a file that is not attached yet is looked for again: some name it first and attach it then."""

_PATIENCE = 60.0
"""Seconds after which a file that was named is taken for one that does not exist."""


def attach(rest: Rest, opportunity: int, message: Message, key: str, number: int) -> list[str]:
    """Attach a file of a message, once, and return its lines in the chat: its name, and the words under it."""
    part = message.parts[number]
    assert isinstance(part, Media)
    name = file_name(part, message.at, number + 1)
    found = attached(rest, opportunity, message, key, number)
    if found:
        return found
    values = _values(rest, part)
    if not values:
        return [f"[{name}: the file could not be had]", part.caption]
    rest.create(_MODEL, {"name": name, **_about(opportunity, key, number), **values}, verb=_VERB)
    return [f"[{name}]", str(values.get("link", "")), part.caption]


def attached(rest: Rest, opportunity: int, message: Message, key: str, number: int) -> list[str]:
    """Return the lines of a file that is attached already, [] when it is not."""
    part = message.parts[number]
    assert isinstance(part, Media)
    domain = [[field, "=", value] for field, value in _about(opportunity, key, number).items()]
    row = rest.first(_MODEL, domain, ["name", "link"], verb=_VERB)
    return [f"[{row.get('name')}]", str(row.get("link") or ""), part.caption] if row else []


def _about(opportunity: int, key: str, number: int) -> Json:
    return {"resource": f"sale.opportunity,{opportunity}", "description": f"{key}#{number + 1}"}


def _values(rest: Rest, part: Media) -> Json:
    """Return the bytes of a file, or a link where it is too large or not here yet; {} when it will never be had."""
    most = rest.settings.largest_attachment
    if (part.size or 0) > most and part.url:
        return {"type": "link", "link": part.url}
    try:
        body = _read(rest.http.open(part), most)
    except Rejected:
        # The words under it are the customer's as well: they do not go down with the file.
        return {}
    except Retry:
        if not part.url:
            raise
        return {"type": "link", "link": part.url}
    if body is not None:
        return {"type": "data", "data": {"__class__": "bytes", "base64": base64.b64encode(body).decode()}}
    if part.url:
        return {"type": "link", "link": part.url}
    mend = "raise largest_attachment and Tryton's own limit, or put gateway.public_url and gateway.secret for links"
    raise Rejected(f"{rest.http.endpoint} could not attach a file: it has more than {most} bytes; {mend}")


def _read(content: Content, most: int) -> bytes | None:
    """Return the bytes of a file, None when there are more than `most`."""
    body = bytearray()
    for chunk in content.chunks:
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def fetch(rest: Rest, media: Media) -> Content:
    """Return the newest attachment of a name, `OPPORTUNITY/TIME/NAME`, with the time in Unix seconds.

    Raise Retry for a while when there is none, then NoCounterpart: the agent has to hear of a name that is wrong.
    """
    number, at, name = (*media.id.split("/", 2), "", "")[:3]
    if not number.isdecimal() or not at.isdecimal() or not name:
        raise NoCounterpart(f"{rest.http.endpoint} could not fetch a file: this is no name of an attachment")
    domain = [["resource", "=", f"sale.opportunity,{number}"], ["name", "=", name], ["type", "=", "data"]]
    rows = rest.find(
        _MODEL, domain, ["data"], verb="fetch a file", order=[["id", "DESC"]], most=1, largest=LARGEST_FILE
    )
    if not rows:
        text = f"{rest.http.endpoint} has no attachment of the name that the agent wrote at the opportunity {number}"
        if time() - int(at) > _PATIENCE:
            raise NoCounterpart(text)
        raise Retry(text, after=_COME_AGAIN)
    try:
        body = base64.b64decode(rows[0]["data"]["base64"])
    except (KeyError, TypeError, binascii.Error):
        raise Rejected(f"{rest.http.endpoint} could not fetch a file: the attachment is empty") from None
    return Content.of(body, media.mime or mimetypes.guess_type(name)[0] or "application/octet-stream", name)
