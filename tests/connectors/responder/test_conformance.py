"""The promises of the responder."""

from connectors.responder.connector import Responder
from connectors_core.testing import Conformance


class TestResponder(Conformance):
    """A bot with a database of its own and no network."""

    connector = Responder
    settings = {"database": "sqlite:///{folder}/responder.db"}
