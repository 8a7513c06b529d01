"""Messages as requests, where Messenger and Instagram make them alike; what differs is a `Dialect`."""

from connectors.meta.messaging.outbound.actions import act, react
from connectors.meta.messaging.outbound.answers import sent
from connectors.meta.messaging.outbound.cards import template
from connectors.meta.messaging.outbound.content import Attach, album, attachment, content, only, quick_replies
from connectors.meta.messaging.outbound.dialect import Dialect, Files
from connectors.meta.messaging.outbound.envelope import completed, envelope, metadata, person
from connectors.meta.messaging.outbound.files import MB, ascii_name, attachment_type, mime_of

__all__ = [
    "MB",
    "Attach",
    "Dialect",
    "Files",
    "act",
    "album",
    "ascii_name",
    "attachment",
    "attachment_type",
    "completed",
    "content",
    "envelope",
    "metadata",
    "mime_of",
    "only",
    "person",
    "quick_replies",
    "react",
    "sent",
    "template",
]
