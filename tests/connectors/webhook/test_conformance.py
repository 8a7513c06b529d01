"""The promises of the webhook connector."""

import base64

from connectors.webhook.connector import Webhook
from connectors_core.testing import Conformance


class TestWebhook(Conformance):
    """A CRM that gets everything and pushes nothing."""

    connector = Webhook
    settings = {"url": "{platform}/hook", "secret": {"env": "WEBHOOK_SECRET"}}
    environ = {"WEBHOOK_SECRET": "whsec_" + base64.b64encode(b"the key of the documentation").decode()}
