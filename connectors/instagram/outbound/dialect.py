"""What Instagram takes (IG/send-message and IG/features/attachment-upload, 2026-06-30)."""

from __future__ import annotations

from connectors.meta.messaging.outbound import MB, Dialect, Files
from connectors_core import Measure
from connectors_core.model import ChoiceKind, Scheme

LONGEST_TEXT = 1000
"""Bytes of UTF-8, not characters."""

LARGEST = 25 * MB
MOST_PICTURES = 10
"""Of one message (IG/changelog, 2026-05-06)."""

INBOX = "1217981644879628"
"""The app id of Instagram's own inbox (IG/features/conversation-routing, 2026-06-30)."""

USERNAMES = "instagram"
"""What a user name is unique in."""

_HEART = "love"
"""The only reaction that a business can give (IG/send-message, 2026-06-30)."""

DIALECT = Dialect(
    longest_text=LONGEST_TEXT,
    measure=Measure.BYTES,
    files={
        "image": Files(largest=8 * MB, types=frozenset({"image/jpeg", "image/png", "image/gif"})),
        "video": Files(
            largest=LARGEST,
            types=frozenset({"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"}),
        ),
        "audio": Files(largest=LARGEST, types=frozenset({"audio/aac", "audio/mp4", "audio/wav"})),
        "file": Files(largest=LARGEST, types=frozenset({"application/pdf"})),
    },
    album=MOST_PICTURES,
    # What asks for a number or an address was switched off for all versions (IP/changelog, 2026-10-05).
    asks=frozenset((ChoiceKind.REPLY, ChoiceKind.QUICK_REPLY, ChoiceKind.LIST_ROW)),
    buttons=frozenset((ChoiceKind.REPLY, ChoiceKind.LINK)),
    scheme=Scheme.IGSID,
    inbox=INBOX,
    # The heart is written with and without the sign that makes it red.
    reactions={"\u2764\ufe0f": _HEART, "\u2764": _HEART},
    platform="instagram",
    # IG/features/attachment-upload, 2026-06-30.
    ascii_names=True,
)
