"""The promises of the inbox."""

from connectors.inbox.connector import Inbox
from connectors_core.testing import Conformance


class TestInbox(Conformance):
    """A CRM with a database of its own and no network."""

    connector = Inbox
    settings = {"database": "sqlite:///{folder}/inbox.db"}
