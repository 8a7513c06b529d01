"""The promises of every connector, kept by that of Tryton; its samples were recorded from a Tryton 8.2."""

from connectors.tryton.connector import Tryton
from connectors_core.testing import Conformance


class TestTryton(Conformance):
    """A CRM that is polled."""

    connector = Tryton
    settings = {
        "url": "{platform}",
        "database": "crm",
        "key": {"env": "TRYTON_KEY"},
        "company": 1,
    }
