"""Messages as requests of Messenger."""

from connectors.messenger.outbound.content import content
from connectors.messenger.outbound.dialect import DIALECT, LARGEST, LONGEST_TEXT, MOST_PICTURES

__all__ = ["DIALECT", "LARGEST", "LONGEST_TEXT", "MOST_PICTURES", "content"]
