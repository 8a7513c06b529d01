"""What goes out to Tryton: people, opportunities, files and words of the chat."""

from connectors.tryton.outbound.desk import Desk

__all__ = ["Desk"]
