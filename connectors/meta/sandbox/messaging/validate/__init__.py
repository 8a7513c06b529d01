"""Whether a message is one that the Send API takes, with the words of the refusal."""

from connectors.meta.sandbox.messaging.validate.content import check_message

__all__ = ["check_message"]
