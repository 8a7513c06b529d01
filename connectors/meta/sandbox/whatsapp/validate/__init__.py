"""Whether a message is one that WhatsApp takes, with the code and the words of the refusal."""

from connectors.meta.sandbox.whatsapp.validate.content import check
from connectors.meta.sandbox.whatsapp.validate.fields import Fields

__all__ = ["Fields", "check"]
