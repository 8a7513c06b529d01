"""Parts of a message as lines of a chat that holds words alone."""

from __future__ import annotations

import mimetypes
from datetime import UTC, datetime

from connectors_core.model import Media, Message, Origin, Part, Reaction, Referral, Revision, RevisionAction, Text

_EXCERPT = 80
"""Characters of a message that another one is about."""

_WRITERS = {
    Origin.AGENT: "agent",
    Origin.BOT: "bot",
    Origin.NATIVE_APP: "answered in the channel's own app",
    Origin.CAMPAIGN: "campaign",
    Origin.SYSTEM: "system",
}
_ENDINGS = {"audio/ogg": ".ogg", "image/jpeg": ".jpg", "image/webp": ".webp", "audio/mpeg": ".mp3", "audio/aac": ".aac"}


def content(message: Message, lines: list[str], quoted: str) -> str:
    """Return the words of a message: who wrote it, unless it was the customer, and what it answers, come first."""
    writer = _WRITERS.get(message.origin)
    answered = quoted and not isinstance(message.parts[0], Reaction | Revision)
    head = [f"[{writer}]"] if writer else []
    head += [f"> {excerpt(quoted)}"] if answered else []
    return "\n".join([*head, *(line for line in lines if line)]) or "[empty]"


def line(part: Part, quoted: str) -> str:
    """Return what stands in the chat for a part without a file; `quoted` is the message that it is about."""
    about = f" “{excerpt(quoted)}”" if quoted else " a message"
    match part:
        case Text(body=body):
            return body
        case Reaction(emoji=None):
            return f"[took back the reaction to{about}]"
        case Reaction(emoji=emoji):
            return f"[reacted {emoji} to{about}]"
        case Revision(action=RevisionAction.DELETE):
            return f"[deleted{about}]"
        case Revision():
            return f"[edited{about}]"
        case Referral():
            told = [part.source, part.title, part.ref, f"ad {part.ad_id}" if part.ad_id else "", part.url]
            return f"[came by {', '.join(one for one in told if one)}]"
    return ""


def excerpt(words: str) -> str:
    """Return the beginning of a message, in one line."""
    flat = " ".join(words.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[: _EXCERPT - 1]}…"


def file_name(media: Media, at: datetime, number: int) -> str:
    """Return the name of a file in Tryton: its own, or one made of its kind and moment."""
    clean = "".join(char for char in media.name if char.isprintable()).replace("[", "(").replace("]", ")").strip()
    mime = media.mime.split(";")[0].strip().lower()
    ending = _ENDINGS.get(mime) or mimetypes.guess_extension(mime) or ".bin"
    if clean:
        return clean if "." in clean else f"{clean}{ending}"
    again = f"-{number}" if number > 1 else ""
    return f"{media.kind}-{at.astimezone(UTC):%Y%m%d-%H%M%S}{again}{ending}"
