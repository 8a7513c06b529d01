"""What agents write in Tryton: asked for page by page, and read."""

from connectors.tryton.inbound.messages import receive
from connectors.tryton.inbound.polling import poll

__all__ = ["poll", "receive"]
