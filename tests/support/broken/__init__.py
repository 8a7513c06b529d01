"""Connectors that break one promise each, by the name of the promise."""

from broken import incoming, outgoing, wholes
from broken.registry import FAULTS, Fault

__all__ = ["FAULTS", "Fault", "incoming", "outgoing", "wholes"]
