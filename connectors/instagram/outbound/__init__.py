"""Messages as requests of Instagram."""

from connectors.instagram.outbound.content import content
from connectors.instagram.outbound.dialect import DIALECT, LARGEST, LONGEST_TEXT, MOST_PICTURES, USERNAMES

__all__ = ["DIALECT", "LARGEST", "LONGEST_TEXT", "MOST_PICTURES", "USERNAMES", "content"]
