"""The promises of the Template connector, by the samples beside this file."""

from connectors_core.testing import Conformance, hmac_signed

from connectors_template.connector import Template


class TestTemplate(Conformance):
    """Every promise that the kit knows; a test that fails says which one is broken."""

    connector = Template
    settings = {
        "url": "{platform}",
        "token": {"env": "TEMPLATE_TOKEN"},
        "secret": {"env": "TEMPLATE_SECRET"},
    }
    signing = hmac_signed("x-signature", "secret")
