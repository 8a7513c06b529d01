"""What Messenger takes (META's pages of 2026: MP/send-messages, 2026-05-05, and those below it)."""

from __future__ import annotations

from connectors.meta.messaging.outbound import MB, Dialect, Files
from connectors_core import Measure
from connectors_core.model import ChoiceKind, Scheme

LONGEST_TEXT = 2000
LARGEST = 25 * MB
MOST_PICTURES = 30

INBOX = "263902037430900"
"""The app id of the Page's own inbox (MP/conversation-routing, 2025-09-24)."""

DIALECT = Dialect(
    longest_text=LONGEST_TEXT,
    measure=Measure.CHARACTERS,
    files={
        "image": Files(largest=8 * MB, types=frozenset({"image/jpeg", "image/png", "image/gif"})),
        "video": Files(largest=LARGEST, types=frozenset({"video/mp4", "video/quicktime", "video/webm", "video/ogg"})),
        "audio": Files(
            largest=LARGEST,
            types=frozenset({"audio/aac", "audio/mpeg", "audio/mp4", "audio/wav", "audio/ogg", "audio/amr"}),
        ),
        "file": Files(largest=LARGEST),
    },
    album=MOST_PICTURES,
    asks=frozenset((ChoiceKind.REPLY, ChoiceKind.QUICK_REPLY, ChoiceKind.LIST_ROW, ChoiceKind.PHONE, ChoiceKind.EMAIL)),
    buttons=frozenset((ChoiceKind.REPLY, ChoiceKind.LINK, ChoiceKind.LOGIN, ChoiceKind.LOGOUT, ChoiceKind.CALL)),
    scheme=Scheme.PSID,
    inbox=INBOX,
    posts=True,
    echoes_metadata=True,
)
